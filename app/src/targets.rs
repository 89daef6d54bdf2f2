//! The page of scrape targets: what is scraped, how it went, why not.
//!
//! A table a job, drawn by the server alone; the document asks for itself anew
//! every few seconds, so it needs no script.

use leptos::prelude::*;
use wire::board::Health;

use crate::board::{Icons, TopBar};
use crate::document::head;
use crate::page::{BoardLink, BundleFiles, Theme};
use crate::text::{age, health};

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
    let summary = Summary::of(&page.jobs, page.nothing);
    let jobs = page.jobs.into_iter().map(|job| view! { <Job job/> });
    view! {
        <html lang="en" data-theme=page.theme.attribute()>
            <head>
                {head("Targets", &page.bundle)}
                <meta http-equiv="refresh" content=REFRESH_S/>
            </head>
            <body>
                <Icons/>
                <div class="page">
                    <TopBar boards=page.boards current=None/>
                    <main>
                        <div class="headline">
                            <h1>"Targets"</h1>
                            <p class=["state state-", health::class(summary.health)].concat()>
                                <span class="state-word">
                                    <Mark health=summary.health/>
                                    {summary.text}
                                </span>
                            </p>
                        </div>
                        <div class="jobs">{jobs.collect_view()}</div>
                    </main>
                </div>
            </body>
        </html>
    }
}

/// The page in one sentence.
struct Summary {
    health: Health,
    text: String,
}

impl Summary {
    fn of(jobs: &[JobTargets], nothing: &str) -> Self {
        if jobs.is_empty() {
            return Self {
                health: Health::Unknown,
                text: nothing.to_owned(),
            };
        }
        let [mut up, mut down, mut unknown] = [0, 0, 0];
        for target in jobs.iter().flat_map(|job| &job.targets) {
            match target.is_up {
                Some(true) => up += 1,
                Some(false) => down += 1,
                None => unknown += 1,
            }
        }
        let has_problems = jobs.iter().any(|job| !job.problems.is_empty());
        let health = match (down, unknown) {
            (0, _) if has_problems => Health::Warning,
            (0, 0) => Health::Good,
            (0, _) => Health::Unknown,
            _ => Health::Bad,
        };
        let all = up + down + unknown;
        let verb = if all == 1 { "target is" } else { "targets are" };
        let text = format!("{up} of {all} {verb} up");
        Self { health, text }
    }
}

/// A health's shape, beside its word.
#[component]
fn Mark(health: Health) -> impl IntoView {
    view! { <span class=["mark mark-", health::class(health)].concat() aria-hidden="true"></span> }
}

#[component]
fn Job(job: JobTargets) -> impl IntoView {
    let up = job.targets.iter();
    let up = up.filter(|target| target.is_up == Some(true)).count();
    let count = format!("{up} of {} up", job.targets.len());
    let problems = job.problems.into_iter().map(|problem| {
        view! { <p class="problem"><Mark health=Health::Warning/> " " {problem}</p> }
    });
    let dropped = (job.dropped > 0).then(
        || view! { <p>{format!("{} more were dropped by relabel_configs.", job.dropped)}</p> },
    );
    let rows = job
        .targets
        .into_iter()
        .map(|target| view! { <Row target/> });
    view! {
        <section class="job">
            <h2>{job.name} " " <small>{count}</small></h2>
            {problems.collect_view()}
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Target"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Last scrape"</th>
                        <th scope="col" class="number">"Took"</th>
                        <th scope="col" class="number">"Samples"</th>
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
    let (word, health) = match target.is_up {
        None => ("Not yet", Health::Unknown),
        Some(true) => ("Up", Health::Good),
        Some(false) => ("Down", Health::Bad),
    };
    let age = target.age_ms.map(|age_ms| age::short(age_ms) + " ago");
    let took = target
        .age_ms
        .map(|_| format!("{:.0}\u{a0}ms", target.duration_ms.ceil()));
    let address = target.url.clone();
    view! {
        <tr>
            <th scope="row">
                <a href=address>{target.url}</a>
                <small>{target.labels}</small>
            </th>
            <td class=(health == Health::Bad).then_some("is-down")>
                <Mark health/> " " {word}
            </td>
            <td>{age}</td>
            <td class="number">{took}</td>
            <td class="number samples">{target.samples}</td>
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
                "0 of 1 target is up",
                "http://node:9100/metrics",
                "Down",
                "mark-bad",
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
