//! What formulas do with one number, or two.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is done with two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `^`
    Power,
    /// `%`
    Modulo,
    /// 1 where they are equal, else 0.
    Equal,
    /// 1 where they are not.
    NotEqual,
    /// 1 where the first is greater.
    Greater,
    /// 1 where the first is greater, or equal.
    GreaterOrEqual,
    /// 1 where the first is less.
    Less,
    /// 1 where the first is less, or equal.
    LessOrEqual,
}

/// What is done with one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Without its sign.
    Abs,
    /// e to its power.
    Exp,
    /// Its natural logarithm.
    Ln,
    /// The whole number below.
    Floor,
    /// The whole number above.
    Ceil,
    /// The nearest whole number.
    Round,
}

impl Operator {
    /// The sign that a formula is written with.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "**",
            Self::Modulo => "%",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }

    /// What it makes of two numbers.
    pub(crate) fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            Self::Power => left.powf(right),
            Self::Modulo => left % right,
            Self::Equal => flag(left == right),
            Self::NotEqual => flag(left != right),
            Self::Greater => flag(left > right),
            Self::GreaterOrEqual => flag(left >= right),
            Self::Less => flag(left < right),
            Self::LessOrEqual => flag(left <= right),
        }
    }
}

fn flag(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

impl Function {
    /// As a formula writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abs => "abs",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Floor => "floor",
            Self::Ceil => "ceil",
            Self::Round => "round",
        }
    }

    /// What it makes of a number.
    pub(crate) fn of(self, number: f64) -> f64 {
        match self {
            Self::Abs => number.abs(),
            Self::Exp => number.exp(),
            Self::Ln => number.ln(),
            Self::Floor => number.floor(),
            Self::Ceil => number.ceil(),
            Self::Round => number.round(),
        }
    }
}
