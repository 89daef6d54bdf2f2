//! The form of board files to a reference for people, in Markdown: a section a
//! type, a row a key.

use serde_json::{Map, Value};

/// The reference of all types that `schema` defines.
pub fn reference(schema: &Value) -> String {
    let mut out = String::from(
        "# Board files, key by key\n\nMade of the types by `andon schema --reference`. \
         How boards are written is told in [boards.md](boards.md).\n",
    );
    section(&mut out, "Board", schema);
    let types = schema.get("$defs").and_then(Value::as_object);
    for (name, of) in types.into_iter().flatten() {
        section(&mut out, name, of);
    }
    out
}

fn section(out: &mut String, name: &str, of: &Value) {
    out.push_str(&format!("\n## {name}\n\n{}\n", description(of)));
    let alternatives = of.get("oneOf").or_else(|| of.get("anyOf"));
    if let Some(keys) = properties(of) {
        out.push_str("\n| key | value | |\n|---|---|---|\n");
        for (key, value) in keys {
            let needed = of.get("required").and_then(Value::as_array);
            let is_needed = needed.is_some_and(|needed| needed.iter().any(|name| name == key));
            let mark = if is_needed { ", needed" } else { "" };
            let said = [description(value), default(value)].concat();
            out.push_str(&format!("| `{key}` | {}{mark} | {said} |\n", form(value)));
        }
    } else if let Some(alternatives) = alternatives.and_then(Value::as_array) {
        let lines: Vec<String> = alternatives.iter().map(alternative).collect();
        out.push_str(&format!("\nOne of\n\n{}\n", lines.join("\n")));
    }
}

fn properties(of: &Value) -> Option<&Map<String, Value>> {
    of.get("properties")?.as_object()
}

/// `- name: what it means`, of a word, or of a map with one key.
fn alternative(of: &Value) -> String {
    let only = properties(of).and_then(|keys| keys.iter().next());
    let written = match only {
        Some((key, value)) => format!("`{key}:` {}", form(value)),
        None => form(of),
    };
    match description(of) {
        said if said.is_empty() => format!("- {written}"),
        said => format!("- {written}: {said}"),
    }
}

fn description(of: &Value) -> String {
    let said = of.get("description").and_then(Value::as_str);
    let lines = said.unwrap_or_default().split_whitespace();
    lines.collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

/// What holds where the key is left out, where that is a plain value.
fn default(of: &Value) -> String {
    match of.get("default") {
        Some(Value::String(text)) if !text.is_empty() => format!(" Left out: `{text}`."),
        Some(Value::Number(number)) => format!(" Left out: {number}."),
        _ => String::new(),
    }
}

/// What may stand there: a word of JSON Schema, or another type.
fn form(of: &Value) -> String {
    if let Some(name) = of.get("$ref").and_then(Value::as_str) {
        let name = name.rsplit('/').next().unwrap_or_default();
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(word) = of.get("const") {
        return format!("`{}`", word.as_str().unwrap_or_default());
    }
    for several in ["enum", "oneOf", "anyOf"] {
        if let Some(choices) = of.get(several).and_then(Value::as_array) {
            let choices = choices.iter().filter(|choice| !is_null(choice));
            let forms = choices.map(|choice| match choice {
                Value::String(word) => format!("`{word}`"),
                other => form(other),
            });
            return forms.collect::<Vec<_>>().join(", ");
        }
    }
    of_word(of, word(of))
}

/// What a word of JSON Schema stands for.
fn of_word(of: &Value, word: &str) -> String {
    match word {
        "array" => {
            let item = of.get("items").map(form).unwrap_or_default();
            format!("list of {item}")
                .trim_end_matches(" of ")
                .to_owned()
        }
        "object" => {
            let inside = of
                .get("additionalProperties")
                .filter(|inside| inside.is_object());
            inside.map_or_else(
                || "map".to_owned(),
                |inside| format!("map of names to {}", form(inside)),
            )
        }
        "string" if of.get("format").is_some_and(|format| format == "regex") => {
            "regular expression".to_owned()
        }
        "string" if of.get("maxLength").is_some_and(|length| length == 1) => "letter".to_owned(),
        "string" => "text".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" => "whole number".to_owned(),
        other => other.to_owned(),
    }
}

fn is_null(of: &Value) -> bool {
    of.get("type").is_some_and(|word| word == "null")
}

/// The type's word; that which is not `null` of two.
fn word(of: &Value) -> &str {
    match of.get("type") {
        Some(Value::String(word)) => word,
        Some(Value::Array(words)) => {
            let mut words = words.iter().filter_map(Value::as_str);
            words.find(|word| *word != "null").unwrap_or_default()
        }
        _ => "anything",
    }
}
