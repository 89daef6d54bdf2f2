//! Where to listen, as people write it, to an address: `127.0.0.1:3000`,
//! `[::]:3000`, `localhost:3000`, and `:3000` for every address of the machine.

use std::net::{SocketAddr, ToSocketAddrs};

/// The address that `text` means.
///
/// # Errors
/// What would be right.
pub fn parse_listen(text: &str) -> Result<SocketAddr, String> {
    let everywhere = text.strip_prefix(':').map(|port| format!("0.0.0.0:{port}"));
    let written = everywhere.as_deref().unwrap_or(text);
    let found = written.to_socket_addrs();
    let found = found.ok().and_then(|mut addresses| addresses.next());
    found.ok_or_else(|| {
        format!(
            "{text:?} is no address of this machine; write host and port, \
             such as 127.0.0.1:3000, or :3000 for every address"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&str, &str>) {
        match (parse_listen(text), expected) {
            (Ok(address), Ok(expected)) => assert_eq!(address.to_string(), expected),
            (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
            (got, _) => panic!("{text} became {got:?}"),
        }
    }

    #[test]
    fn addresses_are_written_in_several_ways() {
        check("127.0.0.1:3000", Ok("127.0.0.1:3000"));
        check("[::]:3000", Ok("[::]:3000"));
        check(":3000", Ok("0.0.0.0:3000"));
        check("3000", Err("host and port"));
        check(":99999", Err("host and port"));
        check("127.0.0.1", Err("host and port"));
    }
}
