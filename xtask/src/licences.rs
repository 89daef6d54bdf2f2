//! Every dependency's licence is one of those that `deny.toml` allows.

use crate::{paths, shell};
use spdx::{Expression, LicenseReq, ParseMode};

#[test]
fn every_dependency_has_an_allowed_licence() {
    let deny: toml::Table = std::fs::read_to_string(paths::root().join("deny.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let allowed: Vec<String> = deny["licenses"]["allow"].clone().try_into().unwrap();
    let metadata = shell::read(shell::cargo().args(["metadata", "--format-version", "1"])).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let wrong: Vec<String> = metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "licences that deny.toml does not allow:\n  {}",
        wrong.join("\n  ")
    );
}

/// Whether the SPDX expression `licence` can be met by `allowed` ones alone.
fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let is_ours = |required: &LicenseReq| {
        let name = required.to_string();
        allowed.contains(&name)
    };
    Expression::parse_mode(licence, ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(is_ours))
}

#[test]
fn an_expression_is_met_by_allowed_licences_alone() {
    let allowed = [
        "MIT".to_owned(),
        "Apache-2.0 WITH LLVM-exception".to_owned(),
        "Zlib".to_owned(),
    ];
    let check = |licence: &str, expected: bool| {
        assert_eq!(is_allowed(licence, &allowed), expected, "{licence}");
    };
    check("MIT", true);
    check("MIT/Apache-2.0", true);
    check("GPL-3.0-only OR MIT", true);
    check("MIT AND Zlib", true);
    check("MIT AND GPL-3.0-only", false);
    check("Apache-2.0 WITH LLVM-exception", true);
    check("Apache-2.0", false);
    check("LGPL-3.0-only", false);
    check("", false);
}
