//! Makes the files that a server embeds of a game's page: `web-packer [--fast | --dev] BUILD OUT ENGINE GAME MODULE.wasm …`.
//!
//! ```text
//! MODULE.wasm -> wasm-bindgen -> MODULE.js, MODULE_bg.wasm ────────────────────┐
//! ENGINE/** as engine/**, GAME/** as game/** ──────────────────────────────────┼> OUT/FILE.br, OUT/FILE.gz, OUT/manifest.json
//! GAME/index.html  with ENGINE/html/*.html, import map and what is preloaded ──┘
//! ```
//!
//! ENGINE is the half of the page that every game has, GAME the folder of the game's own half, wherever it lies. Everything but
//! `index.html` is served below `/web/BUILD/`, so that a browser may keep it for ever. `-` as BUILD is a hash of the files: then
//! nothing is packed again while nothing has changed.
//!
//! `--fast` packs in a second, for a debug build. `--dev` is that for a server with `dev_page`: the page has `ENGINE/dev/dev.js`, which loads it
//! again when it has changed, and a module whose glue is there already is not bound again. No other page has anything of `ENGINE/dev/`.
//!
//! # Imports of a game's script
//!
//! The import map in `index.html` gives both of these a name of their own, so that a script says the same in every folder and in
//! every repository. Node and editors find the first by the `package.json` in the engine's root.
//!
//! ```js
//! import { start } from 'ricochet-page/start.js';     // the engine's half: any file of ENGINE
//! import * as play from 'game-module/play.js';        // MODULE.js of web_client.wasm
//! const replay = () => import('game-module/replay.js'); // MODULE.js of web_replay.wasm
//! ```

mod imports;
mod index;
mod pack;
mod page;

use std::path::Path;

use anyhow::Result;

use self::{pack::Effort, page::Page};

fn main() -> Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let effort = match arguments.first().map(String::as_str) {
        Some("--fast") => Effort::Fast,
        Some("--dev") => Effort::Dev,
        _ => Effort::Best,
    };
    if effort != Effort::Best {
        arguments.remove(0);
    }
    let [build, out, engine, game, modules @ ..] = arguments.as_slice() else {
        anyhow::bail!("web-packer [--fast | --dev] BUILD OUT ENGINE GAME MODULE.wasm …");
    };
    let out = Path::new(out);
    let mut page = Page::read(Path::new(engine), Path::new(game), effort)?;
    for module in modules {
        page.bind(Path::new(module), effort)?;
    }
    let content = page.hash(effort);
    let build = if build == "-" { &content } else { build };
    if pack::is_packed(out, build, &content) {
        println!("{} is packed already ({build})", out.display());
        return Ok(());
    }
    let (files, import_map) = page.finish(build)?;
    imports::check(&files)?;
    pack::pack(&files, out, &pack::Manifest { build, content: &content, import_map: &import_map }, effort)
}
