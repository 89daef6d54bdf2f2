//! Functions that change each float by itself; they give nothing for a histogram.

use super::super::column::ColumnMut;
use super::super::evaluator::{EvalResult, Evaluator};
use super::super::grid::{ABSENT, Grid, is_absent};
use super::super::vector::ColumnFn;
use crate::ast::Expr;
use crate::function::Func;

/// Applies `of` to every float there is.
pub(in super::super) fn each<'a>(of: impl Fn(f64) -> f64 + Send + Sync + 'a) -> ColumnFn<'a> {
    Box::new(move |column| {
        for value in floats(column).filter(|value| !is_absent(**value)) {
            *value = of(*value);
        }
    })
}

/// What the function does to a column of its first argument; `None` where it
/// is none of these functions.
pub(in super::super) fn elementwise<'a>(
    evaluator: &Evaluator<'a>,
    func: Func,
    args: &[Expr],
    grid: &Grid,
) -> EvalResult<Option<ColumnFn<'a>>> {
    if let Some(of) = plain(func) {
        return Ok(Some(each(of)));
    }
    let (lowest, highest) = match func {
        Func::Round => {
            let to_nearest = match args.len() {
                1 => vec![1.0; grid.len],
                _ => evaluator.scalar_argument(args, 1, grid)?,
            };
            return Ok(Some(with(to_nearest, round)));
        }
        Func::ClampMin => {
            let lowest = evaluator.scalar_argument(args, 1, grid)?;
            return Ok(Some(with(lowest, max)));
        }
        Func::ClampMax => {
            let highest = evaluator.scalar_argument(args, 1, grid)?;
            return Ok(Some(with(highest, min)));
        }
        Func::Clamp => (
            evaluator.scalar_argument(args, 1, grid)?,
            evaluator.scalar_argument(args, 2, grid)?,
        ),
        _ => return Ok(None),
    };
    Ok(Some(Box::new(move |column| {
        for ((value, &lowest), &highest) in floats(column).zip(&lowest).zip(&highest) {
            if highest < lowest {
                *value = ABSENT;
            } else if !is_absent(*value) {
                *value = max(min(*value, highest), lowest);
            }
        }
    })))
}

/// The values of the column once its histograms are gone.
fn floats<'c>(column: &'c mut ColumnMut<'_>) -> impl Iterator<Item = &'c mut f64> {
    column.drop_histograms();
    column.floats.iter_mut()
}

/// Applies `of` to every float there is and the step's parameter.
fn with<'a>(parameters: Vec<f64>, of: fn(f64, f64) -> f64) -> ColumnFn<'a> {
    Box::new(move |column| {
        for (value, &parameter) in floats(column).zip(&parameters) {
            if !is_absent(*value) {
                *value = of(*value, parameter);
            }
        }
    })
}

fn plain(func: Func) -> Option<fn(f64) -> f64> {
    Some(match func {
        Func::Abs => f64::abs,
        Func::Acos => f64::acos,
        Func::Acosh => f64::acosh,
        Func::Asin => f64::asin,
        Func::Asinh => f64::asinh,
        Func::Atan => f64::atan,
        Func::Atanh => f64::atanh,
        Func::Ceil => f64::ceil,
        Func::Cos => f64::cos,
        Func::Cosh => cosh,
        Func::Deg => |value| value * 180.0 / std::f64::consts::PI,
        Func::Exp => f64::exp,
        Func::Floor => f64::floor,
        Func::Ln => f64::ln,
        Func::Log10 => f64::log10,
        Func::Log2 => f64::log2,
        Func::Rad => |value| value * std::f64::consts::PI / 180.0,
        Func::Sgn => sign,
        Func::Sin => f64::sin,
        Func::Sinh => sinh,
        Func::Sqrt => f64::sqrt,
        Func::Tan => f64::tan,
        Func::Tanh => f64::tanh,
        _ => return None,
    })
}

fn sign(value: f64) -> f64 {
    if value < 0.0 {
        -1.0
    } else if value > 0.0 {
        1.0
    } else {
        value
    }
}

/// From here on `e^-x` does not count beside `e^x`.
const LARGE_HYPERBOLIC: f64 = 21.0;

/// As Go's `math.Cosh`: infinite as soon as `e^x` is, not twice as far out.
fn cosh(value: f64) -> f64 {
    if value.abs() > LARGE_HYPERBOLIC {
        value.abs().exp() * 0.5
    } else {
        value.cosh()
    }
}

/// As Go's `math.Sinh`, see [`cosh`].
fn sinh(value: f64) -> f64 {
    if value.abs() > LARGE_HYPERBOLIC {
        cosh(value).copysign(value)
    } else {
        value.sinh()
    }
}

/// To the nearest multiple, ties upwards.
fn round(value: f64, to_nearest: f64) -> f64 {
    let inverse = 1.0 / to_nearest;
    (value * inverse + 0.5).floor() / inverse
}

/// As Go's `math.Min`: NaN where either is, but for an infinity that decides.
fn min(a: f64, b: f64) -> f64 {
    if a == f64::NEG_INFINITY || b == f64::NEG_INFINITY {
        f64::NEG_INFINITY
    } else if a.is_nan() || b.is_nan() {
        f64::NAN
    } else {
        a.min(b)
    }
}

/// As Go's `math.Max`.
fn max(a: f64, b: f64) -> f64 {
    -min(-a, -b)
}
