//! For the build script of a server that embeds a game's page.
//!
//! ```text
//! package  -> cargo build --target wasm32-unknown-unknown, once for each module ─┐
//! page/**, the engine's half of the page ────────────────────────────────────────┼-> web-packer -> OUT_DIR/page/** -> OUT_DIR/page.rs
//! ```
//!
//! A game of one's own has a package with `crate-type = ["cdylib", "rlib"]`, the features `play` and `replay` (see `web-client`),
//! its half of the page in a folder, and this as its `build.rs`:
//!
//! ```no_run
//! page_build::Page::new("page").build();
//! ```
//!
//! The program then has the page:
//!
//! ```ignore
//! static PAGE: server::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/page.rs"));
//! ```
//!
//! The compiler of the module and the packer are started by cargo, in target folders of their own below the package's (`target/page`):
//! a build script must not wait for the folder that is locked by the build it is part of. The engine's half of the page is found next to this
//! package, so a dependency by path and one by git both work. What scripts import is in the documentation of `web-client/packer`.

mod build;
mod listing;

pub use build::{NO_PAGE, Page, TARGET, module_arguments};
pub use listing::listing;
