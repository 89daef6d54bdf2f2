//! Values out of loosely typed JSON: what is absent or of another type is empty.

use serde_json::Value;

/// Access by a path with dots: `fieldConfig.defaults.unit`, `y_formats.0`.
pub(super) trait Json {
    /// What is there; `null` counts as absent.
    fn at(&self, path: &str) -> Option<&Value>;

    /// A text.
    fn str(&self, path: &str) -> &str;

    /// A number, also one written as a text.
    fn number(&self, path: &str) -> Option<f64>;

    /// Whether it is `true`.
    fn flag(&self, path: &str) -> bool;

    /// The items of a list.
    fn list(&self, path: &str) -> &[Value];

    /// The texts of a list.
    fn texts(&self, path: &str) -> Vec<String>;
}

impl Json for Value {
    fn at(&self, path: &str) -> Option<&Value> {
        let mut value = self;
        for key in path.split('.') {
            value = match key.parse::<usize>() {
                Ok(index) => value.get(index)?,
                Err(_) => value.get(key)?,
            };
        }
        (!value.is_null()).then_some(value)
    }

    fn str(&self, path: &str) -> &str {
        self.at(path).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, path: &str) -> Option<f64> {
        let value = self.at(path)?;
        value
            .as_f64()
            .or_else(|| value.as_str()?.trim().parse().ok())
    }

    fn flag(&self, path: &str) -> bool {
        self.at(path).and_then(Value::as_bool).unwrap_or_default()
    }

    fn list(&self, path: &str) -> &[Value] {
        self.at(path)
            .and_then(Value::as_array)
            .map_or(&[], Vec::as_slice)
    }

    fn texts(&self, path: &str) -> Vec<String> {
        let texts = self.list(path).iter().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    }
}
