//! A game's page in development: read from a folder at each request, so that a change of a script needs no new program.
//!
//! ```text
//! DIR/page/      the page, as `web-packer --dev` wrote it
//! DIR/dev.json   GET /dev.json: the news for the page's dev.js: the number of the last change, the page's build, an error
//! DIR/moving     GET /dev.json?moving=N: a page reports that its player moves again after change N
//! ```
//!
//! The setting `dev_page` names the folder. `cargo xtask dev` and a game's `cargo dev` write it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    extract::{Path as InPath, RawQuery},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use super::encoding::{Encoding, media_type, unpack};
use crate::{
    http::is_for_this_machine,
    lobby::{Lobby, refusal::Refusal},
};

/// The manifest that `web-packer` writes.
#[derive(Deserialize)]
struct Manifest {
    build: String,
    import_map: String,
    files: Vec<Packed>,
}

#[derive(Deserialize)]
struct Packed {
    path: String,
}

/// Browsers keep no file of a page in development, because the next build may come within a second.
const CACHING: HeaderValue = HeaderValue::from_static("no-store");

/// The files of the page, and the news for its script.
pub(super) fn routes(folder: PathBuf) -> Router<Arc<Lobby>> {
    let folder: Arc<Path> = folder.into();
    let news = {
        let folder = Arc::clone(&folder);
        async move |RawQuery(query): RawQuery, headers: HeaderMap| {
            // The news may contain errors of the compiler with parts of the sources, which a foreign page must not read.
            if !is_for_this_machine(&headers) {
                return Err(Refusal::UnknownPath);
            }
            in_background(move || news(&folder, query.as_deref())).await
        }
    };
    let file = async move |InPath((build, path)): InPath<(String, String)>, headers: HeaderMap| {
        in_background(move || file(&folder, &build, &path, &headers)).await
    };
    Router::new().route("/dev.json", get(news)).route("/web/{build}/{*path}", get(file))
}

/// The page, and the hash of its import map for its policy. An error if no page is packed yet.
pub(super) async fn index(folder: PathBuf, headers: HeaderMap) -> Result<(Response, String), Refusal> {
    in_background(move || {
        let manifest = manifest(&folder)?;
        Ok((packed(&folder, "index.html", &headers)?, manifest.import_map))
    })
    .await
}

/// A disk may be slow, and requests of other players must not wait for it.
async fn in_background<T: Send + 'static>(read: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Refusal> {
    let read = spawn_blocking(read).await;
    read.ok().and_then(Result::ok).ok_or(Refusal::UnknownPath)
}

fn manifest(folder: &Path) -> io::Result<Manifest> {
    Ok(serde_json::from_slice(&fs::read(folder.join("page/manifest.json"))?)?)
}

fn file(folder: &Path, build: &str, path: &str, headers: &HeaderMap) -> io::Result<Response> {
    let manifest = manifest(folder)?;
    // Only packed files are served, because the path in a request may lead anywhere.
    if manifest.build != build || !manifest.files.iter().any(|file| file.path == path) {
        return Err(io::ErrorKind::NotFound.into());
    }
    packed(folder, path, headers)
}

fn packed(folder: &Path, path: &str, headers: &HeaderMap) -> io::Result<Response> {
    let kind = HeaderValue::from_static(media_type(path));
    let head = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHING)];
    let read = |ending| fs::read(folder.join(format!("page/{path}.{ending}")));
    match Encoding::of(headers) {
        Some(encoding) => {
            let ending = if encoding == Encoding::Brotli { "br" } else { "gz" };
            let name = HeaderValue::from_static(encoding.name());
            Ok((head, [(header::CONTENT_ENCODING, name)], read(ending)?).into_response())
        }
        None => Ok((head, unpack(&read("gz")?)?).into_response()),
    }
}

fn news(folder: &Path, query: Option<&str>) -> io::Result<Response> {
    let moving: Option<u32> = query.and_then(|query| query.strip_prefix("moving=")?.parse().ok());
    if let Some(change) = moving {
        fs::write(folder.join("moving"), change.to_string())?;
    }
    let head = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json")), (header::CACHE_CONTROL, CACHING)];
    Ok((head, fs::read(folder.join("dev.json"))?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder as the tool leaves it, with one script.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("ricochet-dev-page-{name}-{}", std::process::id()));
            fs::create_dir_all(root.join("page/game")).unwrap();
            let manifest = r#"{"build": "b1", "import_map": "sha256-x", "files": [{"path": "game/main.js"}]}"#;
            fs::write(root.join("page/manifest.json"), manifest).unwrap();
            fs::write(root.join("page/game/main.js.br"), "packed").unwrap();
            fs::write(root.join("page/secret.br"), "packed").unwrap();
            fs::write(root.join("dev.json"), r#"{"change": 1}"#).unwrap();
            Self(root)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn browser() -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br"))])
    }

    #[test]
    fn only_packed_files_of_the_present_build_are_served() {
        let folder = Folder::new("files");
        assert!(file(&folder.0, "b1", "game/main.js", &browser()).is_ok());
        for (build, path) in [("b0", "game/main.js"), ("b1", "secret"), ("b1", "../dev.json"), ("b1", "game/../secret")]
        {
            assert!(file(&folder.0, build, path, &browser()).is_err(), "{build} {path}");
        }
    }

    #[test]
    fn page_reports_that_its_player_moves() {
        let folder = Folder::new("moving");
        let report = |query| news(&folder.0, query).unwrap();
        for query in [None, Some("moving=x"), Some("moving=-1"), Some("moving=99999999999")] {
            report(query);
            assert!(!folder.0.join("moving").exists(), "{query:?}");
        }
        report(Some("moving=7"));
        assert_eq!(fs::read_to_string(folder.0.join("moving")).unwrap(), "7");
    }
}
