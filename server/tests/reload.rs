//! Reloading the real binary's configuration: all of it or nothing, and what is
//! configured as before goes on.

#![expect(clippy::unwrap_used, reason = "a failure is the test's message")]

mod support;

use std::path::PathBuf;
use std::time::Duration;

use support::Andon;

/// A server with a configuration file that a test changes, and what it scrapes.
struct Rig {
    andon: Andon,
    exporter: Andon,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Rig {
    async fn start() -> Self {
        let exporter = Andon::start(&[]).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("andon.toml");
        std::fs::write(&file, jobs(&exporter, &["kept", "other"])).unwrap();
        let andon = Andon::start(&["--config", file.to_str().unwrap()]).await;
        Self {
            andon,
            exporter,
            file,
            _folder: folder,
        }
    }

    fn write(&self, jobs_of: &[&str], more: &str) {
        let text = format!("{more}\n{}", jobs(&self.exporter, jobs_of));
        std::fs::write(&self.file, text).unwrap();
    }

    /// Status and text of the answer to a reload.
    async fn reload(&self) -> (u16, String) {
        let url = format!("{}/-/reload", self.andon.url);
        let answer = reqwest::Client::new().post(url).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The names of the jobs that `expr` has a series of.
    async fn jobs_of(&self, expr: &str) -> Vec<String> {
        let path = format!("/api/v1/query?query=group by(job)({expr})");
        let data = self.andon.data(&path).await;
        let found = data["result"].as_array().unwrap().iter();
        let mut names: Vec<String> = found
            .map(|one| one["metric"]["job"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }

    async fn until_up(&self, expected: &[&str]) {
        while self.jobs_of("up==1").await != expected {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn metric(&self, name: &str) -> f64 {
        let url = format!("{}/metrics", self.andon.url);
        let text = reqwest::get(url).await.unwrap().text().await.unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

/// Scrape jobs of these names, all of one target.
fn jobs(exporter: &Andon, names: &[&str]) -> String {
    let address = exporter.url.trim_start_matches("http://");
    let jobs = names.iter().map(|name| {
        format!(
            "[[scrape_configs]]\njob_name = '{name}'\nscrape_interval = '200ms'\n\
             static_configs = [{{ targets = ['{address}'] }}]\n"
        )
    });
    jobs.collect()
}

#[tokio::test]
async fn jobs_come_go_and_stay_without_a_gap() {
    let rig = Rig::start().await;
    rig.until_up(&["kept", "other"]).await;
    let before = rig.jobs_of("count_over_time(up[1h])").await;
    assert_eq!(before, ["kept", "other"]);
    rig.write(&["kept", "new"], "");
    assert_eq!(rig.reload().await, (200, "reloaded\n".to_owned()));
    rig.until_up(&["kept", "new"]).await;
    assert_eq!(rig.jobs_of("up").await, ["kept", "new"], "`other` is stale");
    // A job that is configured anew goes on as the same series.
    let changed = jobs(&rig.exporter, &["kept", "new"]).replace("200ms", "300ms");
    std::fs::write(&rig.file, changed).unwrap();
    assert_eq!(rig.reload().await.0, 200);
    for _ in 0..40 {
        assert_eq!(rig.jobs_of("up==1").await, ["kept", "new"]);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_broken_file_changes_nothing_and_is_named_with_its_place() {
    let rig = Rig::start().await;
    rig.until_up(&["kept", "other"]).await;
    assert_eq!(rig.metric("andon_config_last_reload_successful").await, 1.0);
    let name = "andon_config_last_reload_success_timestamp_seconds";
    let before = rig.metric(name).await;
    for (text, place) in [
        ("lsten = '127.0.0.1:1'\n", "andon.toml:1:1: lsten: "),
        (
            "[[sources]]\nname = 'a'\nurl = 'nowhere'\n",
            "andon.toml:3:7: sources[0].url: ",
        ),
        ("packs = ['no/such/folder']\n", "no/such/folder"),
    ] {
        std::fs::write(&rig.file, text).unwrap();
        let (status, answer) = rig.reload().await;
        assert_eq!(status, 500, "{answer}");
        assert!(answer.starts_with("failed to reload config: "), "{answer}");
        assert!(answer.contains(place), "{answer}");
        assert_eq!(rig.metric("andon_config_last_reload_successful").await, 0.0);
        assert_eq!(rig.metric(name).await, before);
        assert_eq!(rig.jobs_of("up==1").await, ["kept", "other"]);
    }
    rig.write(&["kept"], "");
    assert_eq!(rig.reload().await.0, 200);
    assert_eq!(rig.metric("andon_config_last_reload_successful").await, 1.0);
    assert!(rig.metric(name).await > before);
}

#[tokio::test]
async fn what_needs_a_restart_is_said_and_the_rest_is_taken_over() {
    let rig = Rig::start().await;
    let playlist = "[[playlist]]\nname = 'hall'\nboards = [{ board = 'overview' }]\n";
    rig.write(&["kept"], &format!("retention = '1d'\n{playlist}"));
    let said = "reloaded\nretention changed: needs a restart\n";
    assert_eq!(rig.reload().await, (200, said.to_owned()));
    let shown = rig.andon.json("/api/kiosk/hall").await;
    assert_eq!(shown["theme"], "dark", "{shown}");
    let runtime = rig.andon.data("/api/v1/status/runtimeinfo").await;
    assert_eq!(runtime["storageRetention"], "15d", "as it runs");
}

#[tokio::test]
async fn sighup_reloads_and_many_at_once_end_in_what_the_file_says() {
    let mut rig = Rig::start().await;
    rig.write(&["new"], "");
    for _ in 0..200 {
        rig.andon.send("-HUP");
    }
    rig.until_up(&["new"]).await;
    let both = tokio::join!(rig.reload(), rig.reload());
    assert_eq!((both.0.0, both.1.0), (200, 200));
    assert_eq!(rig.andon.signal("-TERM"), Some(0));
}

#[tokio::test]
async fn sources_come_and_go() {
    let rig = Rig::start().await;
    let source = format!("[[sources]]\nname = 'far'\nurl = '{}'\n", rig.exporter.url);
    rig.write(&["kept"], &source);
    assert_eq!(rig.reload().await.0, 200);
    let ready = rig.andon.json("/readyz").await;
    assert_eq!(ready["sources"][0]["name"], "far", "{ready}");
    assert_eq!(ready["sources"][1]["name"], "andon", "{ready}");
    rig.write(&["kept"], "");
    assert_eq!(rig.reload().await.0, 200);
    let ready = rig.andon.json("/readyz").await;
    assert_eq!(ready["sources"].as_array().unwrap().len(), 1, "{ready}");
}

#[tokio::test]
async fn a_page_of_another_site_reloads_nothing() {
    let rig = Rig::start().await;
    let url = format!("{}/-/reload", rig.andon.url);
    let request = reqwest::Client::new().post(url);
    let answer = request.header("Sec-Fetch-Site", "cross-site").send().await;
    assert_eq!(answer.unwrap().status(), 403);
}
