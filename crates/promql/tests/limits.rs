//! What ends a query early, and how that is reported.

#[cfg(test)]
#[path = "support/store.rs"]
mod store;

#[cfg(test)]
mod tests {
    use promql::{Context, EvalError, Interrupt, Value};
    use series::Labels;

    use super::store::MemoryStore;

    fn filled() -> MemoryStore {
        let mut store = MemoryStore::default();
        for series in 0..100 {
            let labels = Labels::from_pairs([("__name__", "m"), ("i", &series.to_string())]);
            store.add(labels, (0..100).map(|at| (at * 1000, 1.0)));
        }
        store
    }

    fn query(text: &str, change: impl Fn(&mut Context<'_>)) -> Result<Value, EvalError> {
        let store = filled();
        let interrupt = Interrupt::default();
        let mut context = Context::new(&store, &interrupt);
        change(&mut context);
        let expr = promql::parse(text).unwrap();
        promql::range(&expr, 0, 99_000, 1000, &context).map(|answer| answer.value)
    }

    fn check_error(result: Result<Value, EvalError>, error_type: &str, text: &str) {
        let error = result.unwrap_err();
        assert_eq!(
            (error.error_type(), error.to_string().as_str()),
            (error_type, text)
        );
    }

    #[test]
    fn too_many_samples_in_memory_are_refused() {
        let text = "query processing would load too many samples into memory in query execution";
        let few = |context: &mut Context<'_>| context.limits.max_samples = 5_000;
        check_error(query("m", few), "execution", text);
        check_error(query("max_over_time(m[5m])", few), "execution", text);
        check_error(query("sum_over_time(m[1y:1ms])", |_| ()), "execution", text);
        // What is folded while it is read is not held.
        let block = |context: &mut Context<'_>| context.limits.max_samples = 15_000;
        assert!(query("sum(rate(m[1m]))", block).is_ok());
    }

    #[test]
    fn too_many_series_and_points_are_refused() {
        let few = |context: &mut Context<'_>| context.limits.max_series = 10;
        let text = "query selects 100 series, more than the limit of 10; narrow its selectors";
        check_error(query("count(m)", few), "execution", text);
        let few = |context: &mut Context<'_>| context.limits.max_points = 11;
        let text = "exceeded maximum resolution of 11 points per timeseries. Try decreasing the query resolution (?step=XX)";
        check_error(query("m", few), "bad_data", text);
    }

    #[test]
    fn whoever_leaves_or_waits_too_long_ends_the_query() {
        let store = filled();
        let expr = promql::parse("sum(quantile_over_time(0.5, m[1m]))").unwrap();
        let interrupt = Interrupt::default();
        let context = Context::new(&store, &interrupt);
        interrupt.cancel();
        let canceled = promql::instant(&expr, 0, &context).unwrap_err();
        assert_eq!(canceled.error_type(), "canceled");
        interrupt.time_out();
        let timed_out = promql::instant(&expr, 0, &context).unwrap_err();
        assert_eq!(
            timed_out.to_string(),
            "query timed out in expression evaluation"
        );
    }

    #[test]
    fn range_queries_need_a_grid_and_a_vector() {
        let text = "invalid expression type \"range vector\" for range query, must be Scalar or instant Vector";
        check_error(query("m[5m]", |_| ()), "bad_data", text);
        let store = filled();
        let interrupt = Interrupt::default();
        let context = Context::new(&store, &interrupt);
        let expr = promql::parse("m").unwrap();
        for (start, end, step) in [(0, 1, 0), (0, 1, -1), (1, 0, 1)] {
            let error = promql::range(&expr, start, end, step, &context).unwrap_err();
            assert_eq!(error.error_type(), "bad_data");
        }
    }
}
