//! Prometheus' ways to find targets that we have not: such keys of a job are noted,
//! whatever they hold, so that the rest of the file serves.
//!
//! A job is read through a deserializer that hands on every other key, so that
//! unknown keys stay errors, and errors keep their places.

use std::fmt;

use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::ScrapeConfig;

/// Every one that Prometheus 3 knows and we do not.
const OTHER_DISCOVERIES: [&str; 28] = [
    "aws_sd_configs",
    "azure_sd_configs",
    "consul_sd_configs",
    "digitalocean_sd_configs",
    "docker_sd_configs",
    "dockerswarm_sd_configs",
    "ec2_sd_configs",
    "eureka_sd_configs",
    "gce_sd_configs",
    "hetzner_sd_configs",
    "ionos_sd_configs",
    "kubernetes_sd_configs",
    "kuma_sd_configs",
    "lightsail_sd_configs",
    "linode_sd_configs",
    "marathon_sd_configs",
    "nerve_sd_configs",
    "nomad_sd_configs",
    "openstack_sd_configs",
    "ovhcloud_sd_configs",
    "puppetdb_sd_configs",
    "scaleway_sd_configs",
    "serverset_sd_configs",
    "stackit_sd_configs",
    "triton_sd_configs",
    "uyuni_sd_configs",
    "vultr_sd_configs",
    "msk_sd_configs",
];

/// Reads `scrape_configs`; none where the key has no value.
///
/// # Errors
/// Those of the deserializer.
pub fn scrape_configs<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<ScrapeConfig>, D::Error> {
    let jobs: Option<Vec<JobKeys>> = Option::deserialize(deserializer)?;
    Ok(jobs
        .unwrap_or_default()
        .into_iter()
        .map(|job| job.0)
        .collect())
}

/// A job with what is noted of it.
struct JobKeys(ScrapeConfig);

impl<'de> Deserialize<'de> for JobKeys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut noted = Vec::new();
        let mut job = ScrapeConfig::deserialize(Noting {
            inner: deserializer,
            noted: &mut noted,
        })?;
        job.other_discoveries = noted;
        Ok(Self(job))
    }
}

/// A deserializer, a visitor, a map or a key, of which the keys of
/// [`OTHER_DISCOVERIES`] are noted and not handed on.
struct Noting<'a, T> {
    inner: T,
    noted: &'a mut Vec<&'static str>,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Noting<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = Noting {
            inner: visitor,
            noted: self.noted,
        };
        self.inner.deserialize_struct(name, fields, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Noting<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Noting {
            inner: map,
            noted: self.noted,
        })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Noting<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let key = Key {
                seed: &mut seed,
                noted: self.noted,
            };
            match self.inner.next_key_seed(key)? {
                Some(None) => drop(self.inner.next_value::<IgnoredAny>()?),
                Some(handed_on) => return Ok(handed_on),
                None => return Ok(None),
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

/// A key, which is handed on to `seed` unless it is noted: then it is `None`.
struct Key<'a, K> {
    seed: &'a mut Option<K>,
    noted: &'a mut Vec<&'static str>,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, K> {
    type Value = Option<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Key<'_, K> {
    type Value = Option<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        if let Some(other) = OTHER_DISCOVERIES.iter().find(|other| **other == key) {
            self.noted.push(other);
            return Ok(None);
        }
        let seed = self.seed.take();
        let seed = seed.ok_or_else(|| E::custom("a key is read once"))?;
        seed.deserialize(StrDeserializer::new(key)).map(Some)
    }
}

/// What is said of such a key.
pub fn not_done(key: &str) -> String {
    format!(
        "{key}: Andon does not find targets this way; let a Prometheus or vmagent do so and \
         send the samples here with remote_write, or name targets in static_configs, \
         file_sd_configs, http_sd_configs or dns_sd_configs"
    )
}
