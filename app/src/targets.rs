//! The page of scrape targets: what is scraped, how it went, why not.
//!
//! A table a job, drawn by the server alone; the document asks for itself anew
//! every few seconds, so it needs no script.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use wire::url;

use crate::page::{BoardLink, BundleFiles, Theme};
use crate::words::age;

/// How often the document asks for itself anew.
const REFRESH_S: &str = "10";

/// All that the page is made from.
#[derive(Clone, Debug)]
pub struct TargetsContext {
    /// The jobs in the order of the configuration.
    pub jobs: Vec<JobTargets>,
    /// Why there are no jobs, where there are none.
    pub nothing: &'static str,
    /// Every board there is, for the navigation.
    pub boards: Vec<BoardLink>,
    /// Dark or light.
    pub theme: Theme,
    /// The bundle's URLs.
    pub bundle: BundleFiles,
}

/// One job.
#[derive(Clone, Debug, Default)]
pub struct JobTargets {
    /// Its name.
    pub name: String,
    /// What is wrong with its discovery.
    pub problems: Vec<String>,
    /// How many targets relabelling dropped.
    pub dropped: usize,
    /// Its targets.
    pub targets: Vec<TargetRow>,
}

/// One target.
#[derive(Clone, Debug)]
pub struct TargetRow {
    /// Where its page is.
    pub url: String,
    /// What its series get, as PromQL writes it.
    pub labels: String,
    /// Whether the latest scrape brought a page; `None` before the first.
    pub is_up: Option<bool>,
    /// How long ago the latest scrape was.
    pub age_ms: Option<i64>,
    /// How long it took.
    pub duration_ms: f64,
    /// How many samples its page had.
    pub samples: usize,
    /// Why it failed, or what was strange about it.
    pub remark: String,
}

/// The whole document of the page, from `<!DOCTYPE html>` on.
pub fn targets_document(page: TargetsContext) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <Document page/>
    }
}

#[component]
fn Document(page: TargetsContext) -> impl IntoView {
    let boards = page.boards.into_iter().map(|board| {
        let address = match board.id.as_str() {
            "" => url::OVERVIEW.to_owned(),
            id => url::BOARD.replace("{board}", &url::encode(id)),
        };
        view! { <a href=address>{board.title}</a> }
    });
    let headline = headline(&page.jobs, page.nothing);
    let jobs = page.jobs.into_iter().map(|job| view! { <Job job/> });
    view! {
        <html lang="en" data-theme=page.theme.attribute()>
            <head>
                <title>"Targets · Andon"</title>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="dark light"/>
                <meta http-equiv="refresh" content=REFRESH_S/>
                <style nonce=use_nonce() inner_html=page.bundle.style></style>
                <link rel="icon" type="image/svg+xml" href=page.bundle.icon/>
            </head>
            <body>
                <div class="page">
                    <header class="topbar">
                        <a class="wordmark" href=url::OVERVIEW>"Andon"</a>
                        <nav class="boards" aria-label="Boards">{boards.collect_view()}</nav>
                    </header>
                    <main class="targets">
                        <h1>"Targets"</h1>
                        <p>{headline}</p>
                        {jobs.collect_view()}
                    </main>
                </div>
            </body>
        </html>
    }
}

/// The page in one sentence.
fn headline(jobs: &[JobTargets], nothing: &str) -> String {
    let targets = || jobs.iter().flat_map(|job| &job.targets);
    match targets().count() {
        0 if jobs.is_empty() => nothing.to_owned(),
        all => {
            let up = targets()
                .filter(|target| target.is_up == Some(true))
                .count();
            format!("{up} of {all} targets are up.")
        }
    }
}

#[component]
fn Job(job: JobTargets) -> impl IntoView {
    let problems = job
        .problems
        .into_iter()
        .map(|problem| view! { <li class="target-bad">{problem}</li> });
    let dropped = (job.dropped > 0).then(
        || view! { <p>{format!("{} more were dropped by relabel_configs.", job.dropped)}</p> },
    );
    let rows = job
        .targets
        .into_iter()
        .map(|target| view! { <Row target/> });
    view! {
        <section class="list">
            <h2>{job.name}</h2>
            <ul>{problems.collect_view()}</ul>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Target"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last scrape"</th>
                        <th scope="col">"Took"</th>
                        <th scope="col">"Samples"</th>
                        <th scope="col">"Remark"</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {dropped}
        </section>
    }
}

#[component]
fn Row(target: TargetRow) -> impl IntoView {
    let (state, class) = match target.is_up {
        None => ("not scraped yet", None),
        Some(true) => ("up", None),
        Some(false) => ("down", Some("target-bad")),
    };
    let age = target.age_ms.map(|age_ms| age::short(age_ms) + " ago");
    let took = target
        .age_ms
        .map(|_| format!("{:.0}\u{a0}ms", target.duration_ms.ceil()));
    let address = target.url.clone();
    view! {
        <tr class=class>
            <th scope="row">
                <a href=address>{target.url}</a>
                <small>{target.labels}</small>
            </th>
            <td>{state}</td>
            <td>{age}</td>
            <td>{took}</td>
            <td>{target.samples}</td>
            <td>{target.remark}</td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(jobs: Vec<JobTargets>, expected: &[&str]) {
        let page = TargetsContext {
            jobs,
            nothing: "Nothing is scraped.",
            boards: Vec::new(),
            theme: Theme::Dark,
            bundle: BundleFiles::default(),
        };
        let html = Owner::new_root(None).with(|| targets_document(page).to_html());
        for part in expected {
            assert!(html.contains(part), "{part} is not in {html}");
        }
    }

    #[test]
    fn says_what_is_scraped_and_what_is_wrong() {
        let target = TargetRow {
            url: "http://node:9100/metrics".to_owned(),
            labels: "{job=\"node\"}".to_owned(),
            is_up: Some(false),
            age_ms: Some(4_200),
            duration_ms: 0.4,
            samples: 0,
            remark: "the page is <none>".to_owned(),
        };
        let job = JobTargets {
            name: "node".to_owned(),
            problems: vec!["a.json: no list".to_owned()],
            dropped: 2,
            targets: vec![target],
        };
        check(
            vec![job],
            &[
                "0 of 1 targets are up.",
                "http://node:9100/metrics",
                "down",
                "4\u{a0}s ago",
                "1\u{a0}ms",
                "the page is &lt;none&gt;",
                "a.json: no list",
                "2 more were dropped",
            ],
        );
    }

    #[test]
    fn says_that_nothing_is_scraped() {
        check(Vec::new(), &["Nothing is scraped."]);
    }
}
