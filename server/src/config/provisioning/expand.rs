//! Texts of provisioning files with what Grafana fills in: `$NAME`, `${NAME}`
//! and `$__env{NAME}` from the environment, `$__file{PATH}` from a file; `$$`
//! is a `$`.

use serde_json::Value;

/// Where values are taken from.
pub struct Values<'a> {
    /// A variable of the environment.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file, or why it cannot be read.
    pub file: &'a dyn Fn(&str) -> Result<String, String>,
}

impl Values<'_> {
    /// Fills in every text of a document. A variable that is not set is
    /// empty, as in Grafana.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn fill(&self, document: &mut Value) -> Result<(), String> {
        match document {
            Value::String(text) => *text = self.text(text)?,
            Value::Array(items) => items.iter_mut().try_for_each(|item| self.fill(item))?,
            Value::Object(map) => map.values_mut().try_for_each(|value| self.fill(value))?,
            _ => {}
        }
        Ok(())
    }

    fn text(&self, text: &str) -> Result<String, String> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find('$') {
            filled.push_str(&rest[..start]);
            rest = &rest[start + 1..];
            rest = self.reference(rest, &mut filled)?;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn variable(&self, name: &str) -> String {
        (self.env)(name).unwrap_or_default()
    }

    /// Fills in what stands behind a `$`; returns what is left.
    fn reference<'t>(&self, text: &'t str, filled: &mut String) -> Result<&'t str, String> {
        if let Some(rest) = text.strip_prefix('$') {
            filled.push('$');
            return Ok(rest);
        }
        for (prefix, is_file) in [("__file{", true), ("__env{", false), ("{", false)] {
            let enclosed = text.strip_prefix(prefix);
            if let Some((inside, rest)) = enclosed.and_then(|text| text.split_once('}')) {
                let value = if is_file {
                    (self.file)(inside)?
                } else {
                    self.variable(inside)
                };
                filled.push_str(&value);
                return Ok(rest);
            }
        }
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        match text.split_at(end.unwrap_or(text.len())) {
            ("", rest) => {
                filled.push('$');
                Ok(rest)
            }
            (name, rest) => {
                filled.push_str(&self.variable(name));
                Ok(rest)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_files_are_filled_in() {
        let values = Values {
            env: &|name| (name == "HOST").then(|| "db".to_owned()),
            file: &|path| match path {
                "/run/secret" => Ok("s3".to_owned()),
                other => Err(format!("{other}: not there")),
            },
        };
        let check = |text: &str, expected: &str| {
            let mut document = serde_json::json!({"a": [text, 1]});
            values.fill(&mut document).unwrap();
            assert_eq!(document["a"][0], expected, "{text}");
        };
        check("http://$HOST:9090/${HOST}", "http://db:9090/db");
        check("$__env{HOST}-$__file{/run/secret}", "db-s3");
        check("pa$$word $ 5$", "pa$word $ 5$");
        check("[$UNSET]${UNSET}", "[]");
        assert!(values.fill(&mut "$__file{/x}".into()).is_err());
    }
}
