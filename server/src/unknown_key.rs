//! serde's message about a key that is not known -> which keys there are, or
//! which one was probably meant.

/// Prometheus' ways to find targets that we have not: no slips of the pen.
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

/// A parser's message in words for people: on one line, and of an unknown key
/// with the one that was probably meant.
pub fn friendlier_error(message: &str) -> String {
    match UnknownKey::parse(message) {
        Some(unknown) => unknown.message(),
        None => message.lines().collect::<Vec<_>>().join(" "),
    }
}

/// serde's words for a key that is not in the table, taken apart.
pub struct UnknownKey<'a> {
    /// The key as it was written.
    pub key: &'a str,
    known: Vec<&'a str>,
}

impl<'a> UnknownKey<'a> {
    /// Takes the message apart; `None` where it is about something else.
    pub fn parse(message: &'a str) -> Option<Self> {
        let rest = message.strip_prefix("unknown field `")?;
        let (key, rest) = rest.split_once('`')?;
        // TOML's reader puts the known keys into backticks, YAML's does not.
        let known = rest
            .trim_start_matches(", expected one of ")
            .trim_start_matches(", expected ")
            .split(", ")
            .flat_map(|names| names.split(" or "))
            .map(|name| name.trim_matches('`'))
            .collect();
        Some(Self { key, known })
    }

    /// What to say instead.
    pub fn message(&self) -> String {
        if OTHER_DISCOVERIES.contains(&self.key) {
            return format!(
                "`{}`: Andon does not find targets this way; let a Prometheus or vmagent do so \
                 and send the samples here with remote_write, or name targets in \
                 static_configs, file_sd_configs, http_sd_configs or dns_sd_configs",
                self.key
            );
        }
        let nearest = self
            .known
            .iter()
            .map(|known| (strsim::damerau_levenshtein(self.key, known), known))
            .min();
        match nearest {
            Some((distance, known)) if distance <= self.key.len().div_ceil(3) => {
                format!("unknown key `{}`; did you mean `{known}`?", self.key)
            }
            _ => format!(
                "unknown key `{}`; the keys here are {}",
                self.key,
                self.known.join(", ")
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_unknown_key_the_nearest_known_one_is_named() {
        let check = |message: &str, expected: &str| assert_eq!(friendlier_error(message), expected);
        check(
            "unknown field `lsten`, expected one of `listen`, `data_dir`",
            "unknown key `lsten`; did you mean `listen`?",
        );
        check(
            "unknown field `colour`, expected `level` or `format`",
            "unknown key `colour`; the keys here are level, format",
        );
        check(
            "unknown field `docker_sd_configs`, expected `dns_sd_configs` or `job_name`",
            "`docker_sd_configs`: Andon does not find targets this way; let a Prometheus or \
             vmagent do so and send the samples here with remote_write, or name targets in \
             static_configs, file_sd_configs, http_sd_configs or dns_sd_configs",
        );
        check("no number\n of seconds", "no number  of seconds");
    }
}
