//! Makes `index.html` of what a game wrote: the engine's parts, the import map, and links that preload the rest.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::page::{DEV, ENGINE, Files, GAME};

/// Where the import map and the preloads go. An import map has to stand before everything that loads a module.
const PLACE: &str = "<!-- preloads -->";
/// The names by which scripts import the modules, and the files that these are.
const MODULES: &[(&str, &str)] =
    &[("game-module/play.js", "web_client.js"), ("game-module/replay.js", "web_replay.js")];
/// Parts of paths that only those load who watch a recording.
const LATER: &[&str] = &["/replay/", "web_replay", "engine/dev/"];

/// The import map: names that scripts may import, with their files.
pub(crate) fn import_map(build: &str, files: &Files) -> String {
    let mut map = format!("{{\"imports\":{{\"ricochet-page/\":\"/web/{build}/{ENGINE}/\"");
    for (name, file) in MODULES.iter().filter(|(_, file)| files.contains_key(*file)) {
        map.push_str(&format!(",\"{name}\":\"/web/{build}/{file}\""));
    }
    map.push_str("}}");
    map
}

/// The hash by which a Content-Security-Policy allows a script that stands in the page.
pub(crate) fn policy_hash(script: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(script)))
}

/// The finished page.
pub(crate) fn finish(
    index: &str,
    parts: &BTreeMap<String, String>,
    files: &Files,
    build: &str,
    import_map: &str,
) -> Result<String> {
    let index = with_parts(index, parts)?;
    let index =
        index.replace("%ENGINE%", &format!("/web/{build}/{ENGINE}")).replace("%GAME%", &format!("/web/{build}/{GAME}"));
    ensure!(index.contains(PLACE), "index.html has no line {PLACE}");
    let preloads = preloads(build, files)?;
    let dev = dev_script(build, files);
    Ok(index.replace(PLACE, &format!("{dev}<script type=\"importmap\">{import_map}</script>{preloads}")))
}

/// Puts the engine's parts where the game's page names them, a line `<!-- engine: NAME -->` each.
fn with_parts(index: &str, parts: &BTreeMap<String, String>) -> Result<String> {
    let known = || parts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut whole = String::new();
    for line in index.lines() {
        let name = line.trim().strip_prefix("<!-- engine: ").and_then(|rest| rest.strip_suffix(" -->"));
        match name {
            Some(name) => whole.push_str(
                parts.get(name).with_context(|| format!("the engine has no part {name}; it has {}", known()))?,
            ),
            None => writeln!(whole, "{line}")?,
        }
    }
    Ok(whole)
}

/// The script of a page in development, where there is one. It is no module, so that a mistake in the game's does not stop it.
fn dev_script(build: &str, files: &Files) -> String {
    let path = format!("{ENGINE}/{DEV}/dev.js");
    if files.contains_key(&path) {
        format!("<script defer src=\"/web/{build}/{path}\"></script>")
    } else {
        String::new()
    }
}

/// Has the browser fetch every module and the WebAssembly at once instead of one behind the other.
fn preloads(build: &str, files: &Files) -> Result<String> {
    let mut preloads = String::new();
    for path in files.keys().filter(|path| !LATER.iter().any(|part| path.contains(part))) {
        let link = match path.rsplit_once('.').map(|(_, ending)| ending) {
            // A worker's script is fetched when the worker starts.
            Some("js") if !path.ends_with("worker.js") => "rel=\"modulepreload\"",
            Some("wasm") => "rel=\"preload\" as=\"fetch\" crossorigin",
            Some("woff2") => "rel=\"preload\" as=\"font\" crossorigin",
            _ => continue,
        };
        write!(preloads, "<link {link} href=\"/web/{build}/{path}\">")?;
    }
    Ok(preloads)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(paths: &[&str]) -> Files {
        paths.iter().map(|path| ((*path).to_owned(), Vec::new())).collect()
    }

    #[test]
    fn page_has_its_parts_its_map_and_its_preloads() {
        let parts = BTreeMap::from([("chat".to_owned(), "<ul></ul>\n".to_owned())]);
        let files = files(&["engine/start.js", "engine/replay/bar.js", "web_client.js"]);
        let map = import_map("b1", &files);
        let index =
            finish("<!-- preloads -->\n  <!-- engine: chat -->\n%GAME%/a.css", &parts, &files, "b1", &map).unwrap();
        assert_eq!(
            index,
            "<script type=\"importmap\">{\"imports\":{\"ricochet-page/\":\"/web/b1/engine/\",\
             \"game-module/play.js\":\"/web/b1/web_client.js\"}}</script>\
             <link rel=\"modulepreload\" href=\"/web/b1/engine/start.js\">\
             <link rel=\"modulepreload\" href=\"/web/b1/web_client.js\">\n<ul></ul>\n/web/b1/game/a.css\n"
        );
    }

    #[test]
    fn page_in_development_loads_its_script_before_everything_else() {
        let files = files(&["engine/dev/dev.js", "engine/start.js"]);
        let index = finish("<!-- preloads -->", &BTreeMap::new(), &files, "b1", "{}").unwrap();
        assert!(
            index.starts_with("<script defer src=\"/web/b1/engine/dev/dev.js\"></script><script type=\"importmap\">")
        );
        assert!(!index.contains("modulepreload\" href=\"/web/b1/engine/dev"), "{index}");
    }

    #[test]
    fn unknown_part_is_refused_with_those_that_there_are() {
        let parts = BTreeMap::from([("chat".to_owned(), String::new()), ("tools".to_owned(), String::new())]);
        let error = with_parts("<!-- engine: shat -->", &parts).unwrap_err();
        assert_eq!(error.to_string(), "the engine has no part shat; it has chat, tools");
    }
}
