//! The bundle, embedded at build time: hashed names, cached for ever, sent in
//! the best precompressed form that the browser accepts.

use std::hash::{DefaultHasher, Hasher};
use std::sync::LazyLock;

use app::BundleFiles;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, StatusCode};

/// Name, bytes, and the bytes in Brotli and gzip.
type Embedded = (
    &'static str,
    &'static [u8],
    Option<&'static [u8]>,
    Option<&'static [u8]>,
);

const EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Names hold a hash of the content, so a name's content never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

struct Asset {
    embedded: &'static Embedded,
    hash: u64,
}

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    EMBEDDED
        .iter()
        .map(|embedded| {
            let mut hasher = DefaultHasher::new();
            hasher.write(embedded.1);
            Asset {
                embedded,
                hash: hasher.finish(),
            }
        })
        .collect()
});

/// What a page needs of the bundle: URLs, and the style sheet's text; empty without a bundle.
pub fn bundle_files() -> BundleFiles {
    BundleFiles {
        script: asset_url("frontend", ".js"),
        wasm: asset_url("frontend", ".wasm"),
        streams: asset_url("streams", ".js"),
        style: EMBEDDED
            .iter()
            .find(|(name, ..)| name.ends_with(".css"))
            .and_then(|(_, text, ..)| std::str::from_utf8(text).ok())
            .unwrap_or_default(),
        icon: asset_url("icon", ".svg"),
    }
}

/// The URL of the file whose name begins and ends so; empty where there is none.
fn asset_url(start: &str, end: &str) -> String {
    EMBEDDED
        .iter()
        .map(|(name, ..)| name)
        .find(|name| name.starts_with(start) && name.ends_with(end))
        .map(|name| format!("{}/{name}", wire::url::ASSETS))
        .unwrap_or_default()
}

/// Identifies the bundle: changes when any of its files does.
fn bundle_version() -> u64 {
    ASSETS
        .iter()
        .fold(0, |all, asset| all.rotate_left(1) ^ asset.hash)
}

/// Another for each build: open pages load themselves anew when it changes.
pub fn server_version() -> String {
    format!("{}+{:x}", env!("CARGO_PKG_VERSION"), bundle_version())
}

/// `GET /assets/{file}`.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    ASSETS
        .iter()
        .find(|asset| asset.embedded.0 == file)
        .map_or_else(
            || (StatusCode::NOT_FOUND, "no such file\n").into_response(),
            |asset| asset.response(&headers),
        )
}

impl Asset {
    fn response(&self, request: &HeaderMap) -> Response {
        let (name, ..) = self.embedded;
        let (encoding, bytes) = self.best_form(accepted_encodings(request));
        let etag = format!("\"{:016x}{encoding}\"", self.hash);
        let caching = [
            (ETAG, etag.clone()),
            (CACHE_CONTROL, FOR_EVER.to_owned()),
            (VARY, ACCEPT_ENCODING.to_string()),
        ];
        if known_to_client(request, &etag) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        let mut response = (caching, [(CONTENT_TYPE, media_type(name))], bytes).into_response();
        if !encoding.is_empty() {
            let encoding = http::HeaderValue::from_static(encoding);
            response.headers_mut().insert(CONTENT_ENCODING, encoding);
        }
        response
    }

    /// The content coding, `""` for none, and the bytes in it.
    fn best_form(&self, accepted: &str) -> (&'static str, &'static [u8]) {
        let (_, plain, brotli, gzip) = *self.embedded;
        [("br", brotli), ("gzip", gzip)]
            .into_iter()
            .filter(|(encoding, _)| accepts(accepted, encoding))
            .find_map(|(encoding, bytes)| Some((encoding, bytes?)))
            .unwrap_or(("", plain))
    }
}

fn accepted_encodings(request: &HeaderMap) -> &str {
    request
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// Whether `Accept-Encoding` names the coding and does not weigh it zero.
fn accepts(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
        name.trim().eq_ignore_ascii_case(encoding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

fn known_to_client(request: &HeaderMap, etag: &str) -> bool {
    request
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .map(|tag| tag.trim().trim_start_matches("W/"))
                .any(|tag| tag == etag || tag == "*")
        })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static FILE: Embedded = ("a-1.js", b"plain", Some(b"br"), Some(b"gz"));
    static PLAIN: Embedded = ("b-1.wasm", b"plain", None, None);

    fn check(
        file: &'static Embedded,
        request: &[(&'static str, &str)],
        expected: (u16, &str, &str),
    ) {
        let asset = Asset {
            embedded: file,
            hash: 7,
        };
        let mut headers = HeaderMap::new();
        for (name, value) in request {
            headers.insert(*name, value.parse().unwrap());
        }
        let response = asset.response(&headers);
        let header = |name| {
            let value = response.headers().get(name);
            value.map_or("", |value| value.to_str().unwrap())
        };
        let got = (
            response.status().as_u16(),
            header(CONTENT_ENCODING),
            header(CONTENT_TYPE),
        );
        assert_eq!(got, expected, "{request:?}");
        assert_eq!(header(CACHE_CONTROL), FOR_EVER);
    }

    #[test]
    fn the_best_accepted_form_is_sent() {
        let js = "text/javascript; charset=utf-8";
        check(&FILE, &[], (200, "", js));
        check(&FILE, &[("accept-encoding", "gzip, br")], (200, "br", js));
        check(
            &FILE,
            &[("accept-encoding", "gzip, br;q=0")],
            (200, "gzip", js),
        );
        check(&FILE, &[("accept-encoding", "zstd")], (200, "", js));
        check(
            &PLAIN,
            &[("accept-encoding", "br")],
            (200, "", "application/wasm"),
        );
    }

    #[test]
    fn what_the_browser_holds_is_not_sent_again() {
        let tag = "\"0000000000000007\"";
        check(&FILE, &[("if-none-match", tag)], (304, "", ""));
        check(&FILE, &[("if-none-match", "\"x\", *")], (304, "", ""));
        let other_form = [("if-none-match", tag), ("accept-encoding", "br")];
        check(
            &FILE,
            &other_form,
            (200, "br", "text/javascript; charset=utf-8"),
        );
    }
}
