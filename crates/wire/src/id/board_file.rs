//! The schema of an id in a board file: that of its bare value.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::{PanelId, RefId};

macro_rules! schema_of_bare_value {
    ($id:ty, $bare:ty) => {
        impl JsonSchema for $id {
            fn inline_schema() -> bool {
                <$bare>::inline_schema()
            }

            fn schema_name() -> Cow<'static, str> {
                <$bare>::schema_name()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                <$bare>::json_schema(generator)
            }
        }
    };
}

schema_of_bare_value!(PanelId, u32);
schema_of_bare_value!(RefId, char);
