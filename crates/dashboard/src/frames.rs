//! The answers of a source to the tables that a panel's transformations take,
//! and which series the panel shows of them.

use frame::{Cell, Column, TIME, Table, VALUE};
use series::LabeledSeries;
use transform::{Pattern, SeriesOf};

use crate::kind::Kind;
use crate::legend_format::legend;
use crate::panel::Panel;
use crate::panel_query::{Format, PanelQuery};

/// What a source answered to one query of a panel.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// The query.
    pub query: &'a PanelQuery,
    /// Its series; of an instant query with one sample each.
    pub series: &'a [LabeledSeries],
}

/// One series over time: a column of times, and one of values under the
/// name that the query's legend gives it.
fn series_table(query: &PanelQuery, series: &LabeledSeries) -> Table {
    let times = series.samples.timestamps_ms.iter().copied();
    let values = series.samples.values.iter().copied();
    let value = Column {
        name: VALUE.to_owned(),
        shown_as: legend(&query.legend, &series.labels),
        labels: series.labels.clone(),
        query: Some(query.ref_id),
        cells: values.map(Cell::Number).collect(),
    };
    Table {
        query: Some(query.ref_id),
        columns: vec![Column::new(TIME, times.map(Cell::Time).collect()), value],
    }
}

/// A row a sample: its time, a column for each label, its value under
/// `value`, which tells several queries' columns apart.
fn rows_table(query: &PanelQuery, series: &[LabeledSeries], value: &str) -> Table {
    let mut names: Vec<&str> = series
        .iter()
        .flat_map(|series| series.labels.iter().map(|label| label.name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let times = samples(series).map(|(_, sample)| Cell::Time(sample.timestamp_ms));
    let values = samples(series).map(|(_, sample)| Cell::Number(sample.value));
    let mut columns = vec![Column::new(TIME, times.collect())];
    for name in names {
        let cells = samples(series).map(|(series, _)| {
            let value = series.labels.get(name);
            value.map_or(Cell::Empty, Cell::from)
        });
        columns.push(Column::new(name, cells.collect()));
    }
    columns.push(Column::new(value, values.collect()));
    for column in &mut columns {
        column.query = Some(query.ref_id);
    }
    Table {
        query: Some(query.ref_id),
        columns,
    }
}

/// Every sample, with its series.
fn samples(series: &[LabeledSeries]) -> impl Iterator<Item = (&LabeledSeries, series::Sample)> {
    series
        .iter()
        .flat_map(|series| series.samples.iter().map(move |sample| (series, sample)))
}

/// The answers to a panel's queries as tables: one a series, and one for each
/// query whose answer is asked for as a table.
pub fn tables(answers: &[Answer]) -> Vec<Table> {
    let several = answers.len() > 1;
    let mut tables = Vec::new();
    for answer in answers {
        let query = answer.query;
        if query.format == Format::Table {
            let value = if several {
                format!("{VALUE} #{}", query.ref_id)
            } else {
                VALUE.to_owned()
            };
            tables.push(rows_table(query, answer.series, &value));
        } else {
            let series = answer.series.iter();
            tables.extend(series.map(|series| series_table(query, series)));
        }
    }
    tables
}

impl Panel {
    /// Whether its answers are made tables of before they are shown.
    pub fn needs_tables(&self) -> bool {
        let is_table = matches!(self.kind, Kind::Table(_) | Kind::BarChart(_));
        let mut queries = self.queries.iter();
        is_table
            || self.shows_columns().is_some()
            || !self.transformations.is_empty()
            || queries.any(|query| query.format == Format::Table)
    }

    /// Which columns of tables are figures, where the panel says it.
    pub fn shows_columns(&self) -> Option<&Pattern> {
        match &self.kind {
            Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => {
                options.columns.as_ref()
            }
            Kind::Pie(options) => options.columns.as_ref(),
            _ => None,
        }
    }

    /// Whether what it shows is in its tables, and not in its series.
    pub fn shows_tables(&self) -> bool {
        let is_stat = matches!(self.kind, Kind::Stat(_));
        matches!(self.kind, Kind::Table(_)) || is_stat && self.shows_columns().is_some()
    }

    /// Which series it shows of its tables.
    pub fn series_of_tables(&self) -> SeriesOf<'_> {
        SeriesOf {
            each_row: self.shows_rows(),
            columns: self.shows_columns(),
        }
    }

    /// Whether each row of a table is shown, in place of one value a column.
    fn shows_rows(&self) -> bool {
        match &self.kind {
            Kind::Stat(options) | Kind::Gauge(options) | Kind::BarGauge(options) => {
                options.each_row
            }
            Kind::Pie(options) => options.each_row,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use series::{Labels, SampleColumns};
    use transform::to_series;
    use wire::id::RefId;

    use super::*;

    fn series(labels: &[(&str, &str)], samples: &[(i64, f64)]) -> LabeledSeries {
        let mut columns = SampleColumns::default();
        samples
            .iter()
            .for_each(|&(ms, value)| columns.push(ms, value));
        LabeledSeries {
            labels: Labels::from_pairs(labels.iter().copied()),
            samples: columns,
        }
    }

    fn query(ref_id: RefId, format: Format, legend: &str) -> PanelQuery {
        PanelQuery {
            ref_id,
            format,
            legend: legend.to_owned(),
            ..PanelQuery::default()
        }
    }

    fn titles(table: &Table) -> Vec<String> {
        table
            .columns
            .iter()
            .map(|column| column.title().into_owned())
            .collect()
    }

    #[test]
    fn a_series_is_a_table_of_times_and_values_and_comes_back() {
        let answered = [series(&[("job", "a")], &[(0, 1.0), (1_000, 2.0)])];
        let query = query(RefId('A'), Format::Series, "{{job}}!");
        let tables = tables(&[Answer {
            query: &query,
            series: &answered,
        }]);
        assert_eq!(titles(&tables[0]), [TIME, "a!"]);
        let back = to_series(&tables[0]);
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].1, answered[0].samples);
        assert_eq!(back[0].0.labels, answered[0].labels);
    }

    #[test]
    fn an_answer_as_a_table_has_a_column_for_each_label() {
        let a = [
            series(&[("__name__", "up"), ("job", "a")], &[(5, 1.0)]),
            series(&[("pod", "p")], &[(5, 0.0)]),
        ];
        let (one, two) = (
            query(RefId('A'), Format::Table, ""),
            query(RefId('B'), Format::Table, ""),
        );
        let alone = tables(&[Answer {
            query: &one,
            series: &a,
        }]);
        assert_eq!(titles(&alone[0]), [TIME, "__name__", "job", "pod", VALUE]);
        assert_eq!(alone[0].columns[3].cells, [Cell::Empty, Cell::from("p")]);
        let both = tables(&[
            Answer {
                query: &one,
                series: &a,
            },
            Answer {
                query: &two,
                series: &[],
            },
        ]);
        assert_eq!(titles(&both[0])[4], "Value #A");
        assert_eq!(titles(&both[1]), [TIME, "Value #B"]);
    }
}
