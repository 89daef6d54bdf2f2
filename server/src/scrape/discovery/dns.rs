//! Targets that DNS names.

use std::collections::BTreeMap;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, RecordType};
use series::Labels;

use super::{Changes, TargetGroup, labels_with};
use crate::scrape::config::discovery::{DnsDiscovery, DnsRecord};

pub(super) async fn run(config: &DnsDiscovery, mut changes: Changes) {
    loop {
        // Name servers change with networks, so they are read anew.
        let resolver = TokioResolver::builder_tokio().and_then(|builder| builder.build());
        let found = match resolver {
            Ok(resolver) => look_up_all(&resolver, config).await,
            Err(error) => Err(format!("the system's DNS configuration: {error}")),
        };
        changes.send(found).await;
        tokio::time::sleep(config.refresh_interval.0).await;
    }
}

/// The targets of every name; one failed lookup fails all of them, so that
/// the targets found before stay.
async fn look_up_all(
    resolver: &TokioResolver,
    config: &DnsDiscovery,
) -> Result<Vec<Labels>, String> {
    let mut found = Vec::new();
    for name in &config.names {
        let records = look_up(resolver, name, config.record)
            .await
            .map_err(|error| format!("{name}: {error}"))?;
        for record in records {
            found.extend(target(name, &record, config.port));
        }
    }
    // Name servers answer in changing order.
    found.sort_unstable();
    Ok(found)
}

async fn look_up(
    resolver: &TokioResolver,
    name: &str,
    record: DnsRecord,
) -> Result<Vec<RData>, NetError> {
    let record_type = match record {
        DnsRecord::Srv => RecordType::SRV,
        DnsRecord::A => RecordType::A,
        DnsRecord::Aaaa => RecordType::AAAA,
    };
    match resolver.lookup(name, record_type).await {
        Ok(lookup) => {
            let answers = lookup.answers().iter();
            Ok(answers.map(|answer| answer.data.clone()).collect())
        }
        // A name without records is a name without targets.
        Err(error) if error.is_no_records_found() => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The target that a record names, with the labels that say so.
fn target(name: &str, record: &RData, port: Option<u16>) -> Option<Labels> {
    let mut meta = BTreeMap::from([("__meta_dns_name".to_owned(), name.to_owned())]);
    let address = match (record, port) {
        (RData::A(address), Some(port)) => format!("{address}:{port}"),
        (RData::AAAA(address), Some(port)) => format!("[{address}]:{port}"),
        (RData::SRV(service), _) => {
            let host = service.target.to_string();
            let port = service.port.to_string();
            meta.insert("__meta_dns_srv_record_target".to_owned(), host.clone());
            meta.insert("__meta_dns_srv_record_port".to_owned(), port.clone());
            format!("{}:{port}", host.trim_end_matches('.'))
        }
        _ => return None,
    };
    let group = TargetGroup {
        targets: vec![address],
        labels: BTreeMap::new(),
    };
    labels_with(&group, &meta).pop()
}
