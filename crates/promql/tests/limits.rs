//! What ends a query early, and how that is reported.

#[cfg(test)]
#[path = "support/store.rs"]
mod store;

#[cfg(test)]
mod tests {
    use promql::{Context, EvalError, Interrupt, Value};
    use series::histogram::Buckets;
    use series::{
        Histogram, Labels, Matcher, SampleColumns, SeriesReader, SeriesStore, StoreError, TimeRange,
    };

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
    fn histograms_count_by_what_they_take_in_memory() {
        let mut store = MemoryStore::default();
        let histogram = std::sync::Arc::new(Histogram {
            positive: Buckets::contiguous(0, vec![1.0; 100]),
            ..Histogram::default()
        });
        let labels = Labels::from_pairs([("__name__", "h")]);
        store.add_histograms(labels, (0..10).map(|at| (at * 1000, histogram.clone())));
        let interrupt = Interrupt::default();
        let mut context = Context::new(&store, &interrupt);
        let expr = promql::parse("rate(h[5s])").unwrap();
        let answer = promql::instant(&expr, 9_000, &context).unwrap();
        assert!((250..600).contains(&answer.stats.queryable_samples));
        context.limits.max_samples = 250;
        for text in ["h[10s]", "h", "rate(h[5s])", "sum(h)"] {
            let expr = promql::parse(text).unwrap();
            let result = match expr.value_type() {
                promql::ast::ValueType::Matrix => promql::instant(&expr, 9_000, &context),
                _ => promql::range(&expr, 0, 9_000, 1000, &context),
            };
            assert!(matches!(result, Err(EvalError::TooManySamples)), "{text}");
        }
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

    #[test]
    fn operators_in_a_row_do_not_nest() {
        let store = filled();
        let interrupt = Interrupt::default();
        let context = Context::new(&store, &interrupt);
        // What is selected by each operand, the operator, and the first value.
        let chains = [
            ("m{i=\"%\"}", " or ", 1.0, 100),
            ("sum(m)", " + ", 100_000.0, 1),
            ("1", " + ", 1_000.0, 1),
            ("m", " - ", -998.0, 100),
            ("m", " and ", 1.0, 100),
            ("m @ 5", " + ", 1_000.0, 100),
        ];
        for (operand, operator, expected, count) in chains {
            let operands = (0..1_000).map(|i| operand.replace('%', &i.to_string()));
            let text = operands.collect::<Vec<_>>().join(operator);
            let expr = promql::parse(&text).unwrap();
            let value = promql::range(&expr, 5_000, 7_000, 1_000, &context);
            let Value::Matrix(series) = value.unwrap().value else {
                panic!("{text}");
            };
            assert_eq!(series.len(), count, "{operator}");
            for one in &series {
                assert_eq!(one.samples.values, [expected; 3], "{operator}");
            }
        }
    }

    #[test]
    fn whatever_is_parsed_fits_an_ordinary_stack() {
        let text = vec!["m"; promql::MAX_HEIGHT].join(" + ");
        let expr = promql::parse(&text).unwrap();
        assert_eq!(expr.clone(), expr);
        assert_eq!(expr.to_string(), text);
        assert_eq!(expr.usages().len(), promql::MAX_HEIGHT);
        assert!(expr.pretty().len() > text.len());
        let narrowed = expr.narrowed(&[Matcher::equal("job", "a")]);
        assert_eq!(narrowed.to_string(), text.replace('m', "m{job=\"a\"}"));
        let error = promql::parse(&format!("{text} + m")).unwrap_err();
        let expected = "expression has more than 1250 operators in a row";
        assert_eq!(error.message, expected);
    }

    #[test]
    fn nesting_is_refused_clearly() {
        for (open, close) in [("(", ")"), ("abs(", ")"), ("-", ""), ("1 + (", ")")] {
            let text = [&open.repeat(10_000), "m", &close.repeat(10_000)].concat();
            let error = promql::parse(&text).unwrap_err();
            let expected = "expression is nested deeper than 128 levels";
            assert_eq!(error.message, expected, "{open}");
        }
    }

    #[test]
    fn an_or_keeps_what_the_operands_before_lack() {
        let mut store = MemoryStore::default();
        for (name, at) in [("a", 0..2), ("b", 0..4), ("c", 0..6)] {
            for job in ["x", "y"] {
                let labels = Labels::from_pairs([("__name__", name), ("job", job)]);
                store.add(labels, at.clone().map(|step| (step * 400_000, 1.0)));
            }
        }
        let interrupt = Interrupt::default();
        let context = Context::new(&store, &interrupt);
        let check = |text: &str, expected: &[(&str, usize)]| {
            let expr = promql::parse(text).unwrap();
            let value = promql::range(&expr, 0, 2_400_000, 400_000, &context);
            let Value::Matrix(series) = value.unwrap().value else {
                panic!("{text}");
            };
            let found: Vec<_> = series
                .iter()
                .map(|one| (one.labels.metric_name(), one.samples.len()))
                .collect();
            assert_eq!(found, expected, "{text}");
        };
        let each = [("a", 2), ("a", 2), ("b", 2), ("b", 2), ("c", 2), ("c", 2)];
        check("a or on (job) b or on (job) c", &each);
        let all = [("a", 2), ("a", 2), ("b", 4), ("b", 4), ("c", 6), ("c", 6)];
        check("a or on (__name__) b or on (__name__) c", &all);
        check(
            "a or on (job) b or on (__name__) c",
            &[&each[..4], &all[4..]].concat(),
        );
    }

    /// A store that can read all samples but the first ten seconds'.
    struct Damaged(MemoryStore);

    struct DamagedReader(Box<dyn SeriesReader>);

    impl SeriesReader for DamagedReader {
        fn labels(&self) -> &Labels {
            self.0.labels()
        }

        fn read(&self, range: TimeRange, out: &mut SampleColumns) -> Result<(), StoreError> {
            let start_ms = range.start_ms.max(10_000);
            self.0.read(TimeRange { start_ms, ..range }, out)?;
            let labels = self.labels();
            Err(StoreError::Partial(format!(
                "{labels}: nothing before 10 s"
            )))
        }
    }

    impl SeriesStore for Damaged {
        fn select(
            &self,
            matchers: &[Matcher],
            range: TimeRange,
        ) -> Result<Vec<Box<dyn SeriesReader>>, StoreError> {
            let readers = self.0.select(matchers, range)?.into_iter();
            Ok(readers
                .map(|one| Box::new(DamagedReader(one)) as _)
                .collect())
        }

        fn label_names(
            &self,
            _: &[Matcher],
            _: TimeRange,
            _: usize,
        ) -> Result<Vec<String>, StoreError> {
            Ok(Vec::new())
        }

        fn label_values(
            &self,
            _: &str,
            _: &[Matcher],
            _: TimeRange,
            _: usize,
        ) -> Result<Vec<String>, StoreError> {
            Ok(Vec::new())
        }
    }

    #[test]
    fn what_the_store_cannot_read_is_a_warning() {
        let store = Damaged(filled());
        let interrupt = Interrupt::default();
        let context = Context::new(&store, &interrupt);
        for (text, expected) in [
            ("m{i=\"7\"}", vec![1.0; 10]),
            (
                "count_over_time(m{i=\"7\"}[5s])",
                vec![1.0, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0],
            ),
        ] {
            let expr = promql::parse(text).unwrap();
            let answer = promql::range(&expr, 0, 19_000, 1_000, &context).unwrap();
            let warning = "m{i=\"7\"}: nothing before 10 s";
            assert_eq!(answer.warnings, [warning], "{text}");
            let Value::Matrix(series) = answer.value else {
                panic!("{text}");
            };
            assert_eq!(series[0].samples.values, expected, "{text}");
        }
    }
}
