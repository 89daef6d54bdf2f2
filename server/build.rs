//! The bundle in `target/site` → `site.rs`, a table that `src/http/assets.rs` includes: of each file its name, its
//! bytes, and the same in Brotli and gzip where the folder holds them. Without a bundle the table is empty.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let site = Path::new(&variable("CARGO_MANIFEST_DIR")).join("../target/site");
    // Cargo would run this at every build where the folder it watches is missing.
    std::fs::create_dir_all(&site)?;
    let site = site.canonicalize()?;
    println!("cargo::rerun-if-changed={}", site.display());
    let table = Path::new(&variable("OUT_DIR")).join("site.rs");
    std::fs::write(table, table_of(&site)?)
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// `&[("NAME", plain, Some(brotli), Some(gzip)), …]`, by name.
fn table_of(site: &Path) -> std::io::Result<String> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(site)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // Trunk's page is not served: the server writes its own.
        let is_served = ![".br", ".gz", ".html"]
            .iter()
            .any(|end| name.ends_with(end));
        if is_served && file.is_file() {
            let packed = |end: &str| {
                let packed = PathBuf::from(format!("{}.{end}", file.display()));
                if packed.exists() {
                    format!("Some({})", bytes(&packed))
                } else {
                    "None".to_owned()
                }
            };
            let (brotli, gzip) = (packed("br"), packed("gz"));
            let _ = writeln!(table, "    ({name:?}, {}, {brotli}, {gzip}),", bytes(file));
        }
    }
    table.push_str("]\n");
    Ok(table)
}

fn bytes(file: &Path) -> String {
    format!(
        "include_bytes!({:?}).as_slice()",
        file.display().to_string()
    )
}
