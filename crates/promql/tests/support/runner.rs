//! Runs the cases of a file.

use super::compare;
use super::features::is_stable;
use super::format::{Cell, Command, Eval, Load, parse};
use super::store::MemoryStore;
use promql::ast::{At, Expr, ExprKind, Shift};
use promql::{Answer, Context, Func, Interrupt, NameRemoval, Value};

/// How the cases of a file went.
#[derive(Default)]
pub struct Report {
    pub passed: usize,
    pub skipped: usize,
    pub failures: Vec<String>,
}

/// Runs all cases of a text that are stable.
pub fn run(name: &str, text: &str, name_removal: NameRemoval) -> Report {
    let mut report = Report::default();
    let mut store = MemoryStore::default();
    for command in parse(text) {
        match command {
            Command::Clear => store = MemoryStore::default(),
            Command::Load(load) => fill(&mut store, load),
            Command::Eval(eval) if is_stable(&eval) => match case(&eval, &store, name_removal) {
                Ok(()) => report.passed += 1,
                Err(why) => report
                    .failures
                    .push(format!("{name}:{}: {}\n    {why}", eval.line, eval.expr)),
            },
            Command::Eval(_) => report.skipped += 1,
        }
    }
    report
}

fn fill(store: &mut MemoryStore, load: Load) {
    for (labels, cells) in load.series {
        let cells = cells.into_iter().enumerate();
        let timed = cells.map(|(step, cell)| (step as i64 * load.step_ms, cell));
        let (mut floats, mut histograms) = (Vec::new(), Vec::new());
        for (time, cell) in timed {
            match cell {
                Cell::Value(value) => floats.push((time, value)),
                Cell::Histogram(histogram) => histograms.push((time, histogram)),
                Cell::Omitted => {}
            }
        }
        store.add(labels.clone(), floats);
        store.add_histograms(labels, histograms);
    }
}

struct Runner<'s> {
    eval: &'s Eval,
    context: Context<'s>,
}

fn case(eval: &Eval, store: &MemoryStore, name_removal: NameRemoval) -> Result<(), String> {
    let interrupt = Interrupt::default();
    let mut context = Context::new(store, &interrupt);
    context.name_removal = name_removal;
    let runner = Runner { eval, context };
    let parsed = promql::parse(&eval.expr).map_err(|error| error.to_string());
    if eval.fails {
        return runner.fails(parsed);
    }
    let expr = parsed?;
    runner.canonical_text_is_stable(&expr)?;
    if eval.is_range {
        let answer = runner.range(&expr, eval.start_ms, eval.end_ms, eval.step_ms)?;
        runner.annotations(&answer)?;
        return match &answer.value {
            Value::Matrix(matrix) => compare::matrix(eval, matrix),
            other => Err(format!("expected a matrix, found {other:?}")),
        };
    }
    runner.instant(&expr, eval.end_ms)?;
    runner.in_range(&expr)?;
    runner.pinned(&expr)
}

impl Runner<'_> {
    fn fails(&self, parsed: Result<Expr, String>) -> Result<(), String> {
        let eval = self.eval;
        let result = parsed.and_then(|expr| match eval.is_range {
            true => self.range(&expr, eval.start_ms, eval.end_ms, eval.step_ms),
            false => promql::instant(&expr, eval.end_ms, &self.context).map_err(|e| e.to_string()),
        });
        match (result, &eval.fail_message) {
            (Ok(answer), _) => Err(format!("expected an error, found {:?}", answer.value)),
            (Err(found), Some(expected)) if found != *expected => {
                Err(format!("expected the error {expected:?}, found {found:?}"))
            }
            _ => Ok(()),
        }
    }

    fn canonical_text_is_stable(&self, expr: &Expr) -> Result<(), String> {
        for text in [expr.to_string(), expr.pretty()] {
            let again = promql::parse(&text).map_err(|error| format!("{error} in {text}"))?;
            if again.to_string() != expr.to_string() {
                return Err(format!("{text} is read as {again}"));
            }
        }
        Ok(())
    }

    fn range(&self, expr: &Expr, start: i64, end: i64, step: i64) -> Result<Answer, String> {
        promql::range(expr, start, end, step, &self.context).map_err(|error| error.to_string())
    }

    fn annotations(&self, answer: &Answer) -> Result<(), String> {
        for (expected, found) in [
            (self.eval.warns, &answer.warnings),
            (self.eval.informs, &answer.infos),
        ] {
            if expected == found.is_empty() {
                return Err(format!(
                    "annotations expected: {expected:?}, found {found:?}"
                ));
            }
        }
        let all = [answer.warnings.clone(), answer.infos.clone()].concat();
        for message in &self.eval.messages {
            // A name that went at once cannot be named.
            let message = match self.context.name_removal {
                NameRemoval::Eager => message.split(" for metric name").next().unwrap_or(message),
                NameRemoval::Delayed => message,
            };
            if !all.iter().any(|found| found.starts_with(message)) {
                return Err(format!("expected the remark {message:?}, found {all:?}"));
            }
        }
        Ok(())
    }

    fn instant(&self, expr: &Expr, at_ms: i64) -> Result<(), String> {
        let eval = self.eval;
        let answer = promql::instant(expr, at_ms, &self.context).map_err(|e| e.to_string())?;
        self.annotations(&answer)?;
        match &answer.value {
            Value::Scalar { value, .. } => match eval.scalar {
                Some(expected) if compare::almost_equal(expected, *value) => Ok(()),
                expected => Err(format!("expected {expected:?}, found {value}")),
            },
            Value::Text { text, .. } if eval.text.as_ref() == Some(text) => Ok(()),
            Value::Text { text, .. } => Err(format!("expected {:?}, found {text:?}", eval.text)),
            Value::Matrix(matrix) => compare::matrix(eval, matrix),
            Value::Vector(_) if eval.scalar.is_some() => Err("expected a scalar".to_owned()),
            Value::Vector(samples) => compare::vector(eval, &compare::pairs(samples), eval.ordered),
        }
    }

    /// The same at the middle of three steps.
    fn in_range(&self, expr: &Expr) -> Result<(), String> {
        let eval = self.eval;
        let absolute = ["start()", "end()"]
            .iter()
            .any(|word| eval.expr.contains(word));
        if eval.range_vector || eval.text.is_some() || absolute {
            return Ok(());
        }
        let at = eval.end_ms;
        let answer = self.range(expr, at - 60_000, at + 60_000, 60_000)?;
        let Value::Matrix(matrix) = &answer.value else {
            return Err("expected a matrix".to_owned());
        };
        let mut found = Vec::new();
        for series in matrix {
            let samples = compare::points(&series.samples).into_iter();
            let samples = samples.filter(|(time, _)| *time == at);
            found.extend(samples.map(|(_, cell)| (series.labels.clone(), cell)));
        }
        let result = match eval.scalar {
            Some(expected) => match found.as_slice() {
                [(_, Cell::Value(value))] if compare::almost_equal(expected, *value) => Ok(()),
                _ => Err(format!("expected {expected}, found {found:?}")),
            },
            None => compare::vector(eval, &found, false),
        };
        result.map_err(|why| format!("as a range: {why}"))
    }

    /// The same at other times, with the case's time pinned by `@`.
    fn pinned(&self, expr: &Expr) -> Result<(), String> {
        let mut pinned = expr.clone();
        if !pin(&mut pinned, self.eval.end_ms) {
            return Ok(());
        }
        let at = self.eval.end_ms;
        let times = if at == 0 {
            vec![-1000, 1000]
        } else {
            vec![-10 * at, 0, at / 5, 10 * at]
        };
        for time in times {
            self.instant(&pinned, time)
                .map_err(|why| format!("{pinned} at {time} ms: {why}"))?;
        }
        Ok(())
    }
}

/// Pins every selector and outermost subquery to a time; whether the
/// expression then no longer depends on when it is evaluated.
fn pin(expr: &mut Expr, at_ms: i64) -> bool {
    let pin_shift = |shift: &mut Shift| {
        shift.at.get_or_insert(At::Instant(at_ms));
        true
    };
    match &mut expr.kind {
        ExprKind::Number { .. } | ExprKind::Text(_) => true,
        ExprKind::Selector(selector) => pin_shift(&mut selector.shift),
        ExprKind::Range(range) => pin_shift(&mut range.selector.shift),
        ExprKind::Subquery(subquery) => {
            let mut unsafe_inside = false;
            subquery
                .expr
                .walk(&mut |inner| unsafe_inside |= is_unsafe(inner));
            !unsafe_inside && pin_shift(&mut subquery.shift)
        }
        ExprKind::Call(call) => {
            let safe = !is_unsafe_func(call.function.func);
            safe && call.args.iter_mut().all(|arg| pin(arg, at_ms))
        }
        ExprKind::Aggregate(aggregate) => {
            let param = aggregate
                .param
                .as_mut()
                .is_none_or(|param| pin(param, at_ms));
            param && pin(&mut aggregate.expr, at_ms)
        }
        ExprKind::Binary(binary) => pin(&mut binary.lhs, at_ms) && pin(&mut binary.rhs, at_ms),
        ExprKind::Unary { expr, .. } | ExprKind::Paren(expr) => pin(expr, at_ms),
    }
}

fn is_unsafe(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if is_unsafe_func(call.function.func))
}

fn is_unsafe_func(func: Func) -> bool {
    matches!(
        func,
        Func::DayOfMonth
            | Func::DayOfWeek
            | Func::DayOfYear
            | Func::DaysInMonth
            | Func::Hour
            | Func::Minute
            | Func::Month
            | Func::Year
            | Func::PredictLinear
            | Func::Time
            | Func::Timestamp
    )
}
