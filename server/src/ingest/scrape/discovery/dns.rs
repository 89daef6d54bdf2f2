//! Targets that DNS names.

use std::collections::BTreeMap;

use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, RecordType};
use series::Labels;

use super::{Changes, TargetGroup, labels_with};
use crate::ingest::scrape::config::discovery::{DnsDiscovery, DnsRecord};

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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_resolver::config::{
        ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig,
    };
    use hickory_resolver::net::runtime::TokioRuntimeProvider;
    use hickory_resolver::proto::op::{Message, ResponseCode};
    use hickory_resolver::proto::rr::rdata::{A, AAAA, SRV};
    use hickory_resolver::proto::rr::{Name, Record};
    use tokio::net::UdpSocket;

    use super::*;

    /// A resolver before a name server that knows `here.test.` alone.
    async fn resolver() -> TokioResolver {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let mut connection = ConnectionConfig::new(ProtocolConfig::Udp);
        connection.port = socket.local_addr().unwrap().port();
        tokio::spawn(serve(socket));
        let server = NameServerConfig::new(Ipv4Addr::LOCALHOST.into(), true, vec![connection]);
        let config = ResolverConfig::from_name_servers(vec![server]);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            .build()
            .unwrap()
    }

    async fn serve(socket: UdpSocket) {
        let mut buffer = [0; 4096];
        loop {
            let (length, asker) = socket.recv_from(&mut buffer).await.unwrap();
            let mut message = Message::from_vec(&buffer[..length]).unwrap();
            let query = message.queries[0].clone();
            message = message.into_response();
            if query.name().to_string().eq_ignore_ascii_case("here.test.") {
                for record in records(query.query_type()) {
                    message.add_answer(Record::from_rdata(query.name().clone(), 60, record));
                }
            } else {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
            let answer = message.to_vec().unwrap();
            socket.send_to(&answer, asker).await.unwrap();
        }
    }

    fn records(record_type: RecordType) -> Vec<RData> {
        let host = |name| Name::from_ascii(name).unwrap();
        match record_type {
            RecordType::A => vec![RData::A(A::new(10, 0, 0, 2)), RData::A(A::new(10, 0, 0, 1))],
            RecordType::AAAA => vec![RData::AAAA(AAAA::new(0xfd00, 0, 0, 0, 0, 0, 0, 1))],
            _ => vec![RData::SRV(SRV::new(0, 0, 9100, host("node.test.")))],
        }
    }

    async fn check(name: &str, record: DnsRecord, port: Option<u16>, expected: &[&str]) {
        let config = DnsDiscovery {
            names: vec![format!("{name}.")],
            record,
            port,
            refresh_interval: crate::ingest::scrape::config::PromDuration(
                std::time::Duration::ZERO,
            ),
        };
        let found = look_up_all(&resolver().await, &config).await.unwrap();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{name} {record:?}");
    }

    #[tokio::test]
    async fn finds_targets_in_each_kind_of_record() {
        check(
            "here.test",
            DnsRecord::A,
            Some(80),
            &[
                r#"{__address__="10.0.0.1:80", __meta_dns_name="here.test."}"#,
                r#"{__address__="10.0.0.2:80", __meta_dns_name="here.test."}"#,
            ],
        )
        .await;
        check(
            "here.test",
            DnsRecord::Aaaa,
            Some(80),
            &[r#"{__address__="[fd00::1]:80", __meta_dns_name="here.test."}"#],
        )
        .await;
        check(
            "here.test",
            DnsRecord::Srv,
            None,
            &[
                r#"{__address__="node.test:9100", __meta_dns_name="here.test.", __meta_dns_srv_record_port="9100", __meta_dns_srv_record_target="node.test."}"#,
            ],
        )
        .await;
    }

    #[tokio::test]
    async fn a_name_that_is_not_there_has_no_targets() {
        check("gone.test", DnsRecord::A, Some(80), &[]).await;
    }
}
