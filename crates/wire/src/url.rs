//! Every URL of Andon, in one place: the server's router and the browser's
//! links and fetches both take them from here.

use crate::id::{BoardId, PanelId};

/// The overview.
pub const OVERVIEW: &str = "/";
/// What the overview is called where an empty id cannot stand.
pub const OVERVIEW_NAME: &str = "overview";
/// The list of all boards; `find` looks among them.
pub const BOARDS: &str = "/d";
/// A board: `/d/{board}`.
pub const BOARD: &str = "/d/{board}";
/// A board in a frame on somebody else's page: `/embed/{board}`.
pub const EMBED: &str = "/embed/{board}";
/// One panel in such a frame: `/embed/{board}/{panel}`.
pub const EMBED_PANEL: &str = "/embed/{board}/{panel}";
/// A board as Grafana's links write it, with its name in words: `/d/{board}/{slug}`.
pub const BOARD_SLUG: &str = "/d/{board}/{slug}";
/// Choices of a variable as HTML: `board`, `name`, `find` and the page's parameters.
pub const CHOICES: &str = "/api/choices";
/// The boards and panels that `find` finds, as HTML.
pub const PALETTE: &str = "/api/palette";
/// The sheet that puts a panel into such a frame: `/share/{board}/{panel}`.
pub const SHARE: &str = "/share/{board}/{panel}";
/// A wall that shows boards in turn: `/kiosk/{playlist}`.
pub const KIOSK: &str = "/kiosk/{playlist}";
/// What such a wall shows at present, as JSON.
pub const KIOSK_STATE: &str = "/api/kiosk/{playlist}";
/// The page's event stream; query parameters as [`LiveParams`] documents, and
/// `after`, the newest event that the page holds. Pages that share a stream put
/// the query string of each into a `view` parameter; the data of an event then
/// begins with a line that says which one's it is, counted from 0.
pub const LIVE: &str = "/api/live";
/// In the address of a page or its stream: how wide the page is, `narrow`,
/// `usual` or `wide`. Wider pages get more points.
pub const WIDTH: &str = "width";
/// A board's snapshot as JSON, with the same query parameters as [`LIVE`].
pub const SNAPSHOT: &str = "/api/snapshot";
/// The data of one panel as a CSV file, with the same query parameters and `panel`, its id.
pub const CSV: &str = "/api/csv";
/// The page of scrape targets.
pub const TARGETS: &str = "/targets";
/// The root of the Prometheus HTTP API.
pub const API_V1: &str = "/api/v1";
/// Andon's own metrics.
pub const METRICS: &str = "/metrics";
/// The simulated job system's metrics.
pub const DEMO_METRICS: &str = "/demo/metrics";
/// Says that the process answers.
pub const HEALTHZ: &str = "/healthz";
/// The same, as Kubernetes names it.
pub const LIVEZ: &str = "/livez";
/// Says that boards can be served.
pub const READYZ: &str = "/readyz";
/// The folder of the hashed bundle.
pub const ASSETS: &str = "/assets";
/// A file of it: `/assets/{file}`.
pub const ASSET: &str = "/assets/{file}";

/// What a page asks for, as its own URL and the stream's URL say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LiveParams {
    /// `board`: the board's id; where it is left out, that of the overview.
    pub board: BoardId,
    /// `from`: as Grafana writes it; empty is the board's default.
    pub from: String,
    /// `to`: likewise.
    pub to: String,
    /// `refresh`: a duration, `auto` or `off`; empty is the board's default.
    pub refresh: String,
    /// `timezone`: `browser`, `utc` or an IANA name; empty is the board's default.
    pub zone: String,
    /// `compare`: how much earlier the curves are that stand beside those shown: `1d`; empty draws none.
    pub compare: String,
    /// `rows`: the ids of rows that are not as the board has them (folded or
    /// open), with dots between them.
    pub rows: String,
    /// `annotations`: the names of annotations that are not as the board has them
    /// (on or off), with commas between them.
    pub annotations: String,
    /// `var-NAME`: variables in order of the URL.
    pub variables: Vec<(String, String)>,
    /// `sort-PANEL` and `page-PANEL`: how tables are shown, in order of the URL.
    pub tables: Vec<(String, String)>,
}

impl LiveParams {
    /// Whether a parameter of this name is one of these.
    pub fn holds(name: &str) -> bool {
        Self::default().field(name).is_some() || name.starts_with("var-") || is_of_table(name)
    }

    /// Gives the parameter of this name, which is no variable, a value.
    pub fn set(&mut self, name: &str, value: String) {
        if let Some(field) = self.field(name) {
            *field = value;
        }
    }

    /// Reads the parameters out of a query string without its `?`.
    pub fn from_query(query: &str) -> Self {
        let mut params = Self::default();
        for (name, value) in pairs(query) {
            match name.strip_prefix("var-") {
                Some(variable) => params.variables.push((variable.to_owned(), value)),
                None if is_of_table(&name) => params.tables.push((name, value)),
                None => params.set(&name, value),
            }
        }
        params
    }

    /// The query string without its `?`; what is empty is left out.
    pub fn to_query(&self) -> String {
        let mut query = String::new();
        let mut params = self.clone();
        for (name, value) in params.fields() {
            if !value.is_empty() {
                push_pair(&mut query, name, value);
            }
        }
        for (name, value) in &self.variables {
            push_pair(&mut query, &["var-", name].concat(), value);
        }
        for (name, value) in &self.tables {
            push_pair(&mut query, name, value);
        }
        query
    }

    /// What is said of the table in a panel: `sort`, `page`.
    pub fn table(&self, name: &str, panel: PanelId) -> Option<&str> {
        let name = format!("{name}-{panel}");
        let found = self.tables.iter().find(|(said, _)| *said == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Says something else of the table in a panel; nothing where `value` is empty.
    pub fn set_table(&mut self, name: &str, panel: PanelId, value: &str) {
        let name = format!("{name}-{panel}");
        self.tables.retain(|(said, _)| *said != name);
        if !value.is_empty() {
            self.tables.push((name, value.to_owned()));
        }
    }

    fn field(&mut self, name: &str) -> Option<&mut String> {
        let mut fields = self.fields().into_iter();
        fields
            .find(|(field, _)| *field == name)
            .map(|(_, value)| value)
    }

    fn fields(&mut self) -> [(&'static str, &mut String); 8] {
        [
            ("board", self.board.text_mut()),
            ("from", &mut self.from),
            ("to", &mut self.to),
            ("refresh", &mut self.refresh),
            ("timezone", &mut self.zone),
            ("compare", &mut self.compare),
            ("rows", &mut self.rows),
            ("annotations", &mut self.annotations),
        ]
    }
}

/// Whether a parameter says how a table is shown.
fn is_of_table(name: &str) -> bool {
    name.starts_with("sort-") || name.starts_with("page-")
}

/// The decoded name and value pairs of a query string.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
}

/// A board's address; the overview, whose id is empty, has the root.
pub fn board_url(id: &BoardId) -> String {
    if id.is_overview() {
        return OVERVIEW.to_owned();
    }
    BOARD.replace("{board}", &encode(id.as_str()))
}

/// Appends a parameter to a query string without its `?`.
pub fn push_pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    query.push_str(&encode(name));
    query.push('=');
    query.push_str(&encode(value));
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Decodes `%XX` and `+`; what is no escape stands as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = text
            .get(index + 1..index + 3)
            .filter(|_| bytes[index] == b'%');
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                index += 3;
            }
            None => {
                decoded.push(if bytes[index] == b'+' {
                    b' '
                } else {
                    bytes[index]
                });
                index += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_survive_the_url() {
        let params = LiveParams {
            board: "demo/ä b".into(),
            from: "now-1h".into(),
            to: "now".into(),
            refresh: "5s".into(),
            zone: "Europe/Zurich".into(),
            compare: "1d".into(),
            rows: "3.7".into(),
            annotations: "Deploys,Alerts".into(),
            variables: vec![
                ("kind".into(), "a&b=c+d".into()),
                ("kind".into(), "%".into()),
            ],
            tables: vec![("sort-3".into(), "-Value #A".into())],
        };
        assert_eq!(LiveParams::from_query(&params.to_query()), params);
    }

    #[test]
    fn what_is_no_parameter_is_left_to_others() {
        assert!(LiveParams::holds("from") && LiveParams::holds("var-x"));
        assert!(!LiveParams::holds("theme") && !LiveParams::holds("kiosk"));
    }

    #[test]
    fn broken_escapes_stand_as_they_are() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz+%41"), "%zz A");
        assert_eq!(decode("%é"), "%é");
    }
}
