//! Starting and ending the real binary: one clear line and status 2 for what
//! is wrong, and an end in good order.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;

use support::{Andon, announced, command, wait_for};

/// A folder that goes with its handle.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("andon-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The command fails with `status` and one line that holds all of `words`.
fn check(args: &[&str], status: i32, words: &[&str]) {
    let output = command(args).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = text.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {text}");
    for word in words {
        assert!(line.contains(word), "{args:?}: no {word:?} in {text}");
    }
    let errors = text.lines().filter(|line| !line.contains(" INFO "));
    assert_eq!(errors.count(), 1, "{args:?}: more than one line: {text}");
}

/// A configuration that is wrong at `place`, about `words`.
fn check_config(text: &str, place: &str, words: &[&str]) {
    let folder = Folder::new(&format!("config-{}", place.replace(':', "-")));
    let file = folder.file("andon.toml", text);
    let place = format!("{file}:{place}: ");
    let words: Vec<&str> = [place.as_str()].iter().chain(words).copied().collect();
    let listen = ["--listen", "127.0.0.1:0"];
    check(&[&["--config", &file][..], &listen].concat(), 2, &words);
    // What the file alone shows, `check` finds as well.
    if !text.contains("data_dir") {
        check(&["check", &file], 1, &words);
    }
}

#[test]
fn a_wrong_key_is_named_with_what_was_meant() {
    check_config(
        "lsten = \"127.0.0.1:3000\"\n",
        "1:1",
        &["lsten", "did you mean `listen`?"],
    );
    check_config(
        "\n[[sources]]\nname = \"a\"\nurl = \"http://h\"\n[sources.tls]\n  ca_flie = \"x\"\n",
        "6:3",
        &["sources[0].tls.ca_flie", "did you mean `ca_file`?"],
    );
    check_config(
        "[log]\ncolour = true\n",
        "2:1",
        &["log.colour", "the keys here are level, format"],
    );
}

#[test]
fn a_wrong_value_is_named_with_its_place() {
    check_config(
        "listen = \"everywhere\"\n",
        "1:10",
        &["listen", "127.0.0.1:3000"],
    );
    check_config("listen = [\n", "1:11", &["unclosed array"]);
    check_config("retention = \"5x\"\n", "1:13", &["retention", "15s"]);
    check_config(
        "[[sources]]\nname = \"a\"\nurl = \"prometheus:9090\"\n",
        "3:7",
        &["sources[0].url", "http://HOST:PORT"],
    );
    check_config(
        "[[sources]]\nname = \"a\"\nurl = \"http://h\"\nproxy_url = \"proxy:3128\"\n",
        "4:13",
        &["sources[0].proxy_url", "http://HOST:PORT"],
    );
    check_config(
        "embed_origins = [\"https://a.example/page\"]\n",
        "1:18",
        &["embed_origins", "no origin"],
    );
}

#[test]
fn what_is_scraped_is_checked_with_its_place() {
    check_config(
        "[[scrape_configs]]\njob_name = \"a\"\nscrape_intervall = \"5s\"\n",
        "3:1",
        &[
            "scrape_configs[0].scrape_intervall",
            "did you mean `scrape_interval`?",
        ],
    );
    check_config(
        "\n[[scrape_configs]]\njob_name = \"a\"\nscheme = \"gopher\"\n",
        "4:10",
        &["scrape_configs[0].scheme", "gopher"],
    );
}

/// `check` finds in a file of this name and text what `words` say.
fn check_file(name: &str, text: &str, words: &[&str]) {
    let folder = Folder::new(name);
    folder.file(name, text);
    check(&["check", folder.0.to_str().unwrap()], 1, words);
}

#[test]
fn files_of_others_and_boards_are_checked() {
    check_file(
        "prometheus.yml",
        "scrape_configs:\n- job_name: a\n  metrics_pth: /x\n",
        &["prometheus.yml:3:3: ", "did you mean `metrics_path`?"],
    );
    check_file(
        "board.yml",
        "title: A\npanels:\n- titel: x\n",
        &["board.yml:3:3: ", "did you mean `title`?"],
    );
}

#[test]
fn an_unreadable_certificate_is_named() {
    let source = "[[sources]]\nname = \"a\"\nurl = \"https://h\"\n[sources.tls]\n";
    check_config(
        &format!("{source}ca_file = \"missing.pem\"\n"),
        "5:11",
        &["sources[0].tls.ca_file", "missing.pem", "No such file"],
    );
    check_config(
        &format!("{source}ca_file = \"andon.toml\"\n"),
        "5:11",
        &["sources[0].tls.ca_file", "holds no certificate"],
    );
    check_config(
        &format!("{source}cert_file = \"andon.toml\"\n"),
        "5:13",
        &["sources[0].tls.cert_file", "add key_file"],
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(
        &["--listen", &address],
        2,
        &["--listen", &address, "in use"],
    );
}

#[test]
fn an_unwritable_data_dir_is_named() {
    check(
        &["--data-dir", "/proc/andon", "--listen", "127.0.0.1:0"],
        2,
        &["--data-dir", "/proc/andon"],
    );
    check_config(
        "data_dir = \"/proc/andon\"\n",
        "1:12",
        &["data_dir", "/proc/andon"],
    );
}

#[tokio::test]
async fn andon_starts_before_what_it_looks_at_and_says_that_it_is_away() {
    // A port that no system gives out.
    for (url, page) in [
        ("127.0.0.1:9", "/"),
        ("http://127.0.0.1:9/metrics", "/targets"),
    ] {
        let mut andon = command(&[url, "--listen", "127.0.0.1:0"])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let page = format!("{}{page}", announced(&mut andon).unwrap());
        let said = async || reqwest::get(&page).await.unwrap().text().await.unwrap();
        while !said().await.contains("refused") {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        andon.kill().unwrap();
        andon.wait().unwrap();
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    check(
        &["ftp://host:9090"],
        2,
        &["ftp://host:9090", "http://HOST:PORT"],
    );
    check(
        &["--config", "/missing.toml"],
        2,
        &["/missing.toml", "--config"],
    );
}

#[tokio::test]
async fn signals_end_the_server_while_streams_are_open() {
    for signal in ["-TERM", "-INT"] {
        let mut andon = Andon::start(&[]).await;
        let stream = reqwest::get(format!("{}/api/live", andon.url))
            .await
            .unwrap();
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let status = tokio::task::spawn_blocking(move || andon.signal(signal))
            .await
            .unwrap();
        assert_eq!(status, Some(0), "{signal}");
        let whole = stream.bytes().await;
        assert!(whole.is_ok(), "{signal}: the stream was cut off: {whole:?}");
    }
}

#[tokio::test]
async fn variables_stand_for_flags_and_flags_win() {
    let folder = Folder::new("variables");
    let data_dir = folder.0.join("data").display().to_string();
    let output = command(&["--listen", "127.0.0.1:x"])
        .env("ANDON_LISTEN", "127.0.0.1:0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let andon = Andon::start(&["--data-dir", &data_dir]).await;
    assert_eq!(
        andon.data("/api/v1/status/flags").await["data-dir"],
        data_dir
    );
}

#[tokio::test]
async fn the_proxies_of_the_environment_are_not_asked() {
    let exporter = Andon::start(&["--demo"]).await;
    let page = format!("{}/demo/metrics", exporter.url);
    let listen = ["--listen", "127.0.0.1:0"];
    for url in [&exporter.url, &page] {
        let mut child = command(&[&[url.as_str()][..], &listen].concat())
            .env("http_proxy", "http://127.0.0.1:1")
            .env_remove("no_proxy")
            .env_remove("NO_PROXY")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert!(announced(&mut child).is_some(), "{url}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Started with `args`, the server says a URL of `host`, where it answers.
async fn check_announced(args: &[&str], host: &str) {
    let mut child = command(args).stderr(Stdio::null()).spawn().unwrap();
    let url = announced(&mut child).unwrap_or_default();
    wait_for(&format!("{url}/healthz")).await;
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(
        url.starts_with(&format!("http://{host}:")),
        "{args:?}: {url}"
    );
}

#[tokio::test]
async fn the_url_that_is_said_is_where_it_listens() {
    let folder = Folder::new("announced");
    let file = folder.file("andon.toml", "listen = \"127.0.0.1:0\"\n");
    check_announced(&["--config", &file], "127.0.0.1").await;
    let quiet = ["--log-level", "error", "--log-format", "json"];
    check_announced(
        &[&quiet[..], &["--listen", "0.0.0.0:0"]].concat(),
        "127.0.0.1",
    )
    .await;
}

#[test]
fn the_documented_configuration_is_in_order() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/andon.toml");
    let output = command(&["check", file]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}
