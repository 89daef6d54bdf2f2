//! The signatures of all functions, as data.
//!
//! Contract: [`Function::find`] knows exactly the stable functions of
//! Prometheus 3.5; [`is_experimental`] those that need a feature flag there
//! and are refused here.

use crate::ast::ValueType::{self, Matrix, Scalar, String as Text, Vector};

/// Which function; the evaluator matches on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named as PromQL names it")]
pub enum Func {
    Abs,
    Absent,
    AbsentOverTime,
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    AvgOverTime,
    Ceil,
    Changes,
    Clamp,
    ClampMax,
    ClampMin,
    Cos,
    Cosh,
    CountOverTime,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    DaysInMonth,
    Deg,
    Delta,
    Deriv,
    Exp,
    Floor,
    HistogramAvg,
    HistogramCount,
    HistogramFraction,
    HistogramQuantile,
    HistogramStddev,
    HistogramStdvar,
    HistogramSum,
    Hour,
    Idelta,
    Increase,
    Irate,
    LabelJoin,
    LabelReplace,
    LastOverTime,
    Ln,
    Log10,
    Log2,
    MaxOverTime,
    MinOverTime,
    Minute,
    Month,
    Pi,
    PredictLinear,
    PresentOverTime,
    QuantileOverTime,
    Rad,
    Rate,
    Resets,
    Round,
    Scalar,
    Sgn,
    Sin,
    Sinh,
    Sort,
    SortDesc,
    Sqrt,
    StddevOverTime,
    StdvarOverTime,
    SumOverTime,
    Tan,
    Tanh,
    Time,
    Timestamp,
    Vector,
    Year,
}

/// How many arguments a function takes beyond the required ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variadic {
    /// None.
    No,
    /// The last listed argument may be left out.
    LastOptional,
    /// The last listed argument may be left out or repeated.
    LastRepeated,
}

/// The signature of a function.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// The name as PromQL writes it.
    pub name: &'static str,
    /// Which function.
    pub func: Func,
    /// The types of its arguments.
    pub args: &'static [ValueType],
    /// What may be left out or repeated.
    pub variadic: Variadic,
    /// What it gives.
    pub returns: ValueType,
}

impl Function {
    /// All there are, by their names.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        FUNCTIONS.iter()
    }

    /// The function of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS
            .binary_search_by(|function| function.name.cmp(name))
            .ok()
            .map(|index| &FUNCTIONS[index])
    }

    /// The fewest arguments it takes.
    pub fn min_args(&self) -> usize {
        match self.variadic {
            Variadic::No => self.args.len(),
            Variadic::LastOptional | Variadic::LastRepeated => self.args.len() - 1,
        }
    }

    /// The most arguments it takes, where there is such a bound.
    pub fn max_args(&self) -> Option<usize> {
        (self.variadic != Variadic::LastRepeated).then_some(self.args.len())
    }

    /// The type of the argument at `index`; the last one repeats.
    pub fn arg_type(&self, index: usize) -> ValueType {
        let last = self.args.len().saturating_sub(1);
        self.args.get(index.min(last)).copied().unwrap_or(Scalar)
    }
}

/// Whether Prometheus 3.5 knows the function only behind a feature flag.
pub fn is_experimental(name: &str) -> bool {
    EXPERIMENTAL.contains(&name)
}

const EXPERIMENTAL: &[&str] = &[
    "double_exponential_smoothing",
    "info",
    "mad_over_time",
    "sort_by_label",
    "sort_by_label_desc",
    "ts_of_last_over_time",
    "ts_of_max_over_time",
    "ts_of_min_over_time",
];

const fn vector(name: &'static str, func: Func, args: &'static [ValueType]) -> Function {
    Function {
        name,
        func,
        args,
        variadic: Variadic::No,
        returns: Vector,
    }
}

const fn optional(name: &'static str, func: Func, args: &'static [ValueType]) -> Function {
    Function {
        variadic: Variadic::LastOptional,
        ..vector(name, func, args)
    }
}

const fn scalar(name: &'static str, func: Func, args: &'static [ValueType]) -> Function {
    Function {
        returns: Scalar,
        ..vector(name, func, args)
    }
}

/// Sorted by name.
#[rustfmt::skip]
static FUNCTIONS: [Function; 72] = [
    vector("abs", Func::Abs, &[Vector]),
    vector("absent", Func::Absent, &[Vector]),
    vector("absent_over_time", Func::AbsentOverTime, &[Matrix]),
    vector("acos", Func::Acos, &[Vector]),
    vector("acosh", Func::Acosh, &[Vector]),
    vector("asin", Func::Asin, &[Vector]),
    vector("asinh", Func::Asinh, &[Vector]),
    vector("atan", Func::Atan, &[Vector]),
    vector("atanh", Func::Atanh, &[Vector]),
    vector("avg_over_time", Func::AvgOverTime, &[Matrix]),
    vector("ceil", Func::Ceil, &[Vector]),
    vector("changes", Func::Changes, &[Matrix]),
    vector("clamp", Func::Clamp, &[Vector, Scalar, Scalar]),
    vector("clamp_max", Func::ClampMax, &[Vector, Scalar]),
    vector("clamp_min", Func::ClampMin, &[Vector, Scalar]),
    vector("cos", Func::Cos, &[Vector]),
    vector("cosh", Func::Cosh, &[Vector]),
    vector("count_over_time", Func::CountOverTime, &[Matrix]),
    optional("day_of_month", Func::DayOfMonth, &[Vector]),
    optional("day_of_week", Func::DayOfWeek, &[Vector]),
    optional("day_of_year", Func::DayOfYear, &[Vector]),
    optional("days_in_month", Func::DaysInMonth, &[Vector]),
    vector("deg", Func::Deg, &[Vector]),
    vector("delta", Func::Delta, &[Matrix]),
    vector("deriv", Func::Deriv, &[Matrix]),
    vector("exp", Func::Exp, &[Vector]),
    vector("floor", Func::Floor, &[Vector]),
    vector("histogram_avg", Func::HistogramAvg, &[Vector]),
    vector("histogram_count", Func::HistogramCount, &[Vector]),
    vector("histogram_fraction", Func::HistogramFraction, &[Scalar, Scalar, Vector]),
    vector("histogram_quantile", Func::HistogramQuantile, &[Scalar, Vector]),
    vector("histogram_stddev", Func::HistogramStddev, &[Vector]),
    vector("histogram_stdvar", Func::HistogramStdvar, &[Vector]),
    vector("histogram_sum", Func::HistogramSum, &[Vector]),
    optional("hour", Func::Hour, &[Vector]),
    vector("idelta", Func::Idelta, &[Matrix]),
    vector("increase", Func::Increase, &[Matrix]),
    vector("irate", Func::Irate, &[Matrix]),
    Function { variadic: Variadic::LastRepeated, ..vector("label_join", Func::LabelJoin, &[Vector, Text, Text, Text]) },
    vector("label_replace", Func::LabelReplace, &[Vector, Text, Text, Text, Text]),
    vector("last_over_time", Func::LastOverTime, &[Matrix]),
    vector("ln", Func::Ln, &[Vector]),
    vector("log10", Func::Log10, &[Vector]),
    vector("log2", Func::Log2, &[Vector]),
    vector("max_over_time", Func::MaxOverTime, &[Matrix]),
    vector("min_over_time", Func::MinOverTime, &[Matrix]),
    optional("minute", Func::Minute, &[Vector]),
    optional("month", Func::Month, &[Vector]),
    scalar("pi", Func::Pi, &[]),
    vector("predict_linear", Func::PredictLinear, &[Matrix, Scalar]),
    vector("present_over_time", Func::PresentOverTime, &[Matrix]),
    vector("quantile_over_time", Func::QuantileOverTime, &[Scalar, Matrix]),
    vector("rad", Func::Rad, &[Vector]),
    vector("rate", Func::Rate, &[Matrix]),
    vector("resets", Func::Resets, &[Matrix]),
    optional("round", Func::Round, &[Vector, Scalar]),
    scalar("scalar", Func::Scalar, &[Vector]),
    vector("sgn", Func::Sgn, &[Vector]),
    vector("sin", Func::Sin, &[Vector]),
    vector("sinh", Func::Sinh, &[Vector]),
    vector("sort", Func::Sort, &[Vector]),
    vector("sort_desc", Func::SortDesc, &[Vector]),
    vector("sqrt", Func::Sqrt, &[Vector]),
    vector("stddev_over_time", Func::StddevOverTime, &[Matrix]),
    vector("stdvar_over_time", Func::StdvarOverTime, &[Matrix]),
    vector("sum_over_time", Func::SumOverTime, &[Matrix]),
    vector("tan", Func::Tan, &[Vector]),
    vector("tanh", Func::Tanh, &[Vector]),
    scalar("time", Func::Time, &[]),
    vector("timestamp", Func::Timestamp, &[Vector]),
    vector("vector", Func::Vector, &[Scalar]),
    optional("year", Func::Year, &[Vector]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_found_by_its_name() {
        for function in &FUNCTIONS {
            assert_eq!(Function::find(function.name), Some(function));
        }
        assert_eq!(Function::find("holt_winters"), None);
    }
}
