//! Grafana's provisioning folder -> sources, and folders of boards.
//!
//! `datasources/*.yaml` name the Prometheus servers, `dashboards/*.yaml` where
//! the dashboards lie. What Andon does not read is said, and changes nothing.

mod expand;
mod source;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use query::SourceName;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::boards::folders::BoardFolder;
use crate::config::error::ConfigError;
use crate::source::SourceConfig;
use expand::Values;
use source::DataSource;

/// What a folder says.
#[derive(Debug, Default)]
pub struct Provisioned {
    /// The sources that Andon reads, the default one first.
    pub sources: Vec<SourceConfig>,
    /// The names of sources by their uids, by which dashboards call them.
    pub aliases: BTreeMap<String, SourceName>,
    /// Where boards lie.
    pub folders: Vec<BoardFolder>,
    /// What is not read, a sentence each.
    pub warnings: Vec<String>,
}

#[derive(Deserialize)]
struct SourcesFile {
    #[serde(default)]
    datasources: Vec<DataSource>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ProvidersFile {
    Versioned {
        #[serde(default)]
        providers: Vec<Provider>,
    },
    /// Before the format had a version.
    Bare(Vec<Provider>),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Provider {
    name: String,
    folder: String,
    r#type: String,
    options: ProviderOptions,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ProviderOptions {
    /// Called `folder` before the format had a version.
    #[serde(alias = "folder")]
    path: PathBuf,
    folders_from_files_structure: bool,
}

/// Reads a folder.
///
/// # Errors
/// The first file that cannot be read, or says what cannot be.
pub fn read(folder: &Path) -> Result<Provisioned, ConfigError> {
    if !folder.is_dir() {
        let message =
            "this is no folder: name Grafana's, with `datasources` and `dashboards` in it";
        return Err(error(folder, "", message));
    }
    let mut provisioned = Provisioned::default();
    for path in yaml_files(&folder.join("datasources"))? {
        let file: SourcesFile = read_yaml(&path)?;
        for (source, index) in file.datasources.iter().zip(0..) {
            provisioned
                .add_source(source, &path)
                .map_err(|message| error(&path, &format!("datasources[{index}]"), &message))?;
        }
    }
    for path in yaml_files(&folder.join("dashboards"))? {
        let providers = match read_yaml(&path)? {
            ProvidersFile::Versioned { providers } | ProvidersFile::Bare(providers) => providers,
        };
        for provider in providers {
            provisioned.add_provider(provider, folder, &path);
        }
    }
    Ok(provisioned)
}

impl Provisioned {
    fn add_source(&mut self, source: &DataSource, path: &Path) -> Result<(), String> {
        if !source.is_prometheus() {
            let path = path.display();
            self.warnings.push(format!("{path}: {}", source.unread()));
            return Ok(());
        }
        let name = SourceName::from(source.name.as_str());
        if self.sources.iter().any(|other| other.name == name) {
            return Err(format!("there is another source `{name}` before it"));
        }
        if !source.uid.is_empty() {
            self.aliases.insert(source.uid.clone(), name);
        }
        let place = if source.is_default {
            0
        } else {
            self.sources.len()
        };
        self.sources.insert(place, source.config()?);
        Ok(())
    }

    /// A relative path begins in the folder of the provisioning.
    fn add_provider(&mut self, provider: Provider, base: &Path, path: &Path) {
        let is_file = provider.r#type.is_empty() || provider.r#type == "file";
        if !is_file || provider.options.path.as_os_str().is_empty() {
            self.warnings.push(format!(
                "{}: the provider `{}` names no path of files, and is left out",
                path.display(),
                provider.name
            ));
            return;
        }
        self.folders.push(BoardFolder {
            path: base.join(&provider.options.path),
            title: provider.folder,
            by_subfolder: provider.options.folders_from_files_structure,
        });
    }
}

/// The YAML files of a folder by their names; none where there is no folder.
fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, ConfigError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).map_err(|reason| unreadable(folder, &reason))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            matches!(
                path.extension().and_then(OsStr::to_str),
                Some("yaml" | "yml")
            )
        })
        .collect();
    files.sort();
    Ok(files)
}

fn read_yaml<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text =
        crate::regular_file::read_to_string(path).map_err(|reason| unreadable(path, &reason))?;
    let mut document: serde_json::Value = serde_saphyr::from_str(&text)
        .map_err(|reason| error(path, "", &format!("no YAML: {reason}")))?;
    let values = Values {
        env: &|name| std::env::var(name).ok(),
        file: &|file| match std::fs::read_to_string(file) {
            Ok(text) => Ok(text.trim().to_owned()),
            Err(reason) => Err(format!("cannot read {file}: {reason}")),
        },
    };
    values
        .fill(&mut document)
        .map_err(|reason| error(path, "", &reason))?;
    drop_nulls(&mut document);
    serde_path_to_error::deserialize(document).map_err(|reason| {
        error(
            path,
            &reason.path().to_string(),
            &reason.inner().to_string(),
        )
    })
}

/// Drops the keys without a value (`database:`), which to Grafana are as if they
/// were not there.
fn drop_nulls(document: &mut serde_json::Value) {
    match document {
        serde_json::Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        serde_json::Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        _ => {}
    }
}

fn unreadable(path: &Path, reason: &std::io::Error) -> ConfigError {
    error(path, "", &format!("cannot read it: {reason}"))
}

fn error(path: &Path, key: &str, message: &str) -> ConfigError {
    ConfigError {
        file: path.to_owned(),
        place: None,
        key: key.trim_start_matches('.').to_owned(),
        message: message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::SecretSource;

    fn provision(files: &[(&str, &str)]) -> Result<Provisioned, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut read = read(folder.path())?;
        for found in &mut read.folders {
            if let Ok(relative) = found.path.strip_prefix(folder.path()) {
                found.path = relative.to_owned();
            }
        }
        Ok(read)
    }

    const SOURCES: &str = "
apiVersion: 1
datasources:
  - {name: Edge, type: prometheus, uid: P2, url: 'http://edge:9090', access: proxy}
  - {name: PG, type: postgres, url: 'db:5432', jsonData: {database: shop}}
  - {name: Old, type: mysql, url: 'db:3306', database: legacy, user: null, jsonData: {version: null}}
  - name: Main
    type: prometheus
    uid: P1
    url: http://main:9090/prom
    isDefault: true
    database:
    user:
    basicAuth: true
    basicAuthUser: me
    jsonData: {httpHeaderName1: X-Scope-OrgID, tlsSkipVerify: true}
    secureJsonData: {basicAuthPassword: pa$$word, httpHeaderValue1: team-1}
";

    #[test]
    fn data_sources_become_sources_the_default_one_first() {
        let got = provision(&[("datasources/all.yaml", SOURCES)]).unwrap();
        let names: Vec<&str> = got
            .sources
            .iter()
            .map(|source| source.name.as_str())
            .collect();
        assert_eq!(names, ["Main", "Edge"]);
        assert_eq!(got.aliases["P1"], "Main".into());
        let main = &got.sources[0].upstream;
        assert_eq!(main.url.as_str(), "http://main:9090/prom");
        let (header, value) = &main.http.headers[0];
        assert_eq!(header, "x-scope-orgid");
        assert_eq!(*value, SecretSource::inline("team-1"));
        assert!(main.http.tls.insecure_skip_verify);
        assert!(got.warnings[0].contains("postgres, database `shop`"));
        assert!(got.warnings[1].contains("mysql, database `legacy`"));
    }

    #[test]
    fn providers_become_folders() {
        let providers = "
apiVersion: 1
providers:
  - {name: a, folder: Sites, type: file, options: {path: boards}}
  - {name: b, options: {path: /srv/all, foldersFromFilesStructure: true}}
  - {name: c, type: api}
";
        let bare = "- {name: old, folder: '', type: file, options: {folder: /srv/old}}";
        let files = [("dashboards/a.yaml", providers), ("dashboards/b.yml", bare)];
        let got = provision(&files).unwrap();
        let folder = |path: &str, title: &str, by_subfolder| BoardFolder {
            path: path.into(),
            title: title.into(),
            by_subfolder,
        };
        let expected = [
            folder("boards", "Sites", false),
            folder("/srv/all", "", true),
            folder("/srv/old", "", false),
        ];
        assert_eq!(got.folders, expected);
        assert!(got.warnings[0].contains("provider `c`"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let check = |text: &str, expected: &str| {
            let error = provision(&[("datasources/x.yaml", text)]).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        };
        check("datasources: [{name: [1]}]", "x.yaml: datasources[0].name");
        check(
            "datasources: [{name: A, type: prometheus, url: 'x'}]",
            "x.yaml: datasources[0]: \"x\" is no",
        );
        check("datasources: [", "x.yaml: no YAML");
        assert!(read(Path::new("/no/such/folder")).is_err());
    }
}
