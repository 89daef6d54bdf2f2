//! Secrets planted wherever a configuration may hold them, and looked for
//! wherever Andon shows anything.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use support::{announced, command};

/// What is planted; nothing listens on the ports.
const CONFIG: &str = r#"
[log]
level = "debug"

[[sources]]
name = "upstream"
url = "http://me:hush@127.0.0.1:9/prometheus?api_key=hush"
headers = { X-Key = "hush" }
http_headers = { X-Other = { values = ["hush"], secrets = ["hush"] } }

[[scrape_configs]]
job_name = "a"
scrape_interval = "100ms"
basic_auth = { username = "me", password = "hush" }
http_headers = { X-Key = { values = ["hush"], secrets = ["hush"] } }
params = { api_key = ["hush"], module = ["http_2xx"] }
proxy_url = "http://me:hush@127.0.0.1:9"
static_configs = [{ targets = ["me:hush@127.0.0.1:9"] }]
relabel_configs = [{ source_labels = ["__address__"], regex = ".*drop", action = "drop" }]
http_sd_configs = [{ url = "http://me:hush@127.0.0.1:9/sd?token=hush" }]

[[scrape_configs]]
job_name = "b"
scrape_interval = "100ms"
static_configs = [{ targets = ["127.0.0.1:9", "me:hush@drop"] }]
relabel_configs = [{ source_labels = ["__address__"], regex = ".*drop", action = "drop" }]

[scrape_configs.oauth2]
client_id = "me"
client_secret = "hush"
token_url = "http://me:hush@127.0.0.1:9/token?client_secret=hush"
endpoint_params = { audience = "hush" }
"#;

/// Starts Andon with [`CONFIG`], waits until every target has failed, and gives
/// all that can be seen of it.
async fn seen(folder: &Path) -> String {
    let config = folder.join("andon.toml");
    let log = folder.join("log");
    std::fs::write(&config, CONFIG).unwrap();
    let mut child = command(&["--config", config.to_str().unwrap()])
        .args(["--listen", "127.0.0.1:0"])
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let url = announced(&mut child).unwrap();
    let fetch = async |path: &str| {
        let answer = reqwest::get(format!("{url}{path}")).await.unwrap();
        answer.text().await.unwrap()
    };
    while fetch("/targets").await.matches("oauth2").count() == 0
        || fetch("/targets").await.matches("refused").count() < 3
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut all = String::new();
    for path in [
        "/targets",
        "/api/v1/status/config",
        "/api/v1/query?query=up",
        "/api/v1/series?match[]=up",
        "/metrics",
        "/",
        "/readyz",
    ] {
        all.push_str(&fetch(path).await);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    all + &std::fs::read_to_string(log).unwrap()
}

#[tokio::test]
async fn no_secret_is_ever_shown() {
    let folder = tempfile::tempdir().unwrap();
    let seen = seen(folder.path()).await;
    if let Some(line) = seen.lines().find(|line| line.contains("hush")) {
        let start = line.find("hush").unwrap();
        let from = line.floor_char_boundary(start.saturating_sub(200));
        panic!("a secret is shown: {}", &line[from..]);
    }
    assert!(seen.contains("http_2xx"), "what is no secret is shown");
}

/// Neither the start nor `andon check` says a secret when they refuse `text`.
fn check_refused(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("andon.toml");
    std::fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    for args in [&["--config", config][..], &["check", config]] {
        let output = command(args).output().unwrap();
        assert!(!output.status.success(), "{text}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains("hush"), "{said}");
    }
}

#[test]
fn what_is_wrong_is_said_without_its_secrets() {
    let source = "[[sources]]\nname = \"a\"\nurl = ";
    let job = "[[scrape_configs]]\njob_name = \"a\"\n";
    let url = "\"http://me:hush@host:port/\"";
    check_refused(&format!("{source}{url}\n"));
    check_refused(&format!("{source}\"ftp://me:hush@host/\"\n"));
    check_refused(&format!("{source}\"http://h\"\nproxy_url = {url}\n"));
    check_refused(&format!("{job}http_sd_configs = [{{ url = {url} }}]\n"));
    check_refused(&format!(
        "{job}oauth2 = {{ client_id = \"a\", client_secret = \"hush\", token_url = {url} }}\n"
    ));
    let said = command(&["http://me:hush@127.0.0.1:port/"]).output();
    let said = String::from_utf8(said.unwrap().stderr).unwrap();
    assert!(!said.contains("hush"), "{said}");
    let at = serve_no_metrics();
    let said = command(&[&format!("http://me:hush@{at}/?api_key=hush")]).output();
    let said = String::from_utf8(said.unwrap().stderr).unwrap();
    assert!(
        said.contains("nor is it an exporter's page") && !said.contains("hush"),
        "{said}"
    );
}

/// A server of something else, and its address.
fn serve_no_metrics() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(
                b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello",
            );
        }
    });
    at
}
