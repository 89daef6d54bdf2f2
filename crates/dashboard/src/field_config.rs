//! A panel and one of its series or columns to how that is shown and judged: the
//! panel's field, and what the overrides that match say in its place.

use crate::field::Field;
use crate::kind::StatColor;
use crate::overrides::Override;
use crate::panel::Panel;
use frame::Column;
use wire::id::RefId;

impl Panel {
    /// How the values of a series are written and judged.
    pub fn field_of(&self, name: &str, query: RefId) -> Field {
        let overrides = self.overrides.iter();
        self.field_with(overrides.filter(|over| over.of.is(name, query)))
    }

    /// How the values of a table's column are written and judged.
    pub fn field_of_column(&self, column: &Column) -> Field {
        self.field_with(self.overrides_of(column))
    }

    /// What a status colours in a table's column, where an override says it.
    pub fn color_of_column(&self, column: &Column) -> Option<StatColor> {
        self.overrides_of(column)
            .filter_map(|over| over.cells)
            .last()
    }

    /// Whether a table's column is shown.
    pub fn shows_column(&self, column: &Column) -> bool {
        !self.overrides_of(column).any(|over| over.hidden)
    }

    fn overrides_of<'a>(&'a self, column: &'a Column) -> impl Iterator<Item = &'a Override> {
        let query = column.query.unwrap_or_default();
        self.overrides.iter().filter(move |over| {
            over.of.is(&column.title(), query) || over.of.is(&column.name, query)
        })
    }

    fn field_with<'a>(&self, overrides: impl Iterator<Item = &'a Override>) -> Field {
        let mut field = self.field.clone();
        overrides.for_each(|over| field.take(&over.field));
        field
    }
}
