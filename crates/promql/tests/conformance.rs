//! Prometheus' own way of testing PromQL, on our cases and, where they are at
//! hand, on Prometheus' 3.5.3.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::support::runner::{Report, run};
    use promql::NameRemoval;

    fn run_folder(folder: &Path, name_removal: NameRemoval) -> Report {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "test")
            })
            .collect();
        files.sort();
        let mut total = Report::default();
        for path in files {
            let text = std::fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_string_lossy();
            let report = run(&name, &text, name_removal);
            println!(
                "{name}: {} passed, {} failed, {} skipped",
                report.passed,
                report.failures.len(),
                report.skipped
            );
            total.passed += report.passed;
            total.skipped += report.skipped;
            total.failures.extend(report.failures);
        }
        total
    }

    #[test]
    fn answers_our_own_cases() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
        let report = run_folder(&folder, NameRemoval::Delayed);
        assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
        assert!(report.passed > 0 && report.skipped == 0);
    }

    fn check_prometheus(name_removal: NameRemoval, passes: usize) {
        let Some(folder) = testdata::path("promqltest") else {
            return;
        };
        let report = run_folder(&folder, name_removal);
        for failure in &report.failures {
            println!("{failure}");
        }
        assert_eq!(report.passed, passes);
        let all = report.passed + report.failures.len();
        assert_eq!(all, 1_394, "stable cases");
    }

    /// All but one, which wants a name that is no UTF-8 refused by the function:
    /// here the parser refuses it, in its own words.
    #[test]
    fn answers_all_stable_cases_of_prometheus() {
        check_prometheus(NameRemoval::Delayed, 1_393);
    }

    #[test]
    fn answers_as_prometheus_does_where_names_go_at_once() {
        check_prometheus(NameRemoval::Eager, 1_384);
    }
}
