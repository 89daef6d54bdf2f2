//! The schema of an id in a board file: that of its bare value.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::RefId;

impl JsonSchema for RefId {
    fn inline_schema() -> bool {
        char::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        char::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        char::json_schema(generator)
    }
}
