//! What a source answered to tables, and tables to what a panel shows of them.
//!
//! Contract: pure functions over tables; no transformation fails, what it does
//! not find it leaves as it is.

mod table;

pub use table::{Answer, AnswerSeries, Cell, Column, TIME, Table, VALUE, tables, to_series};
