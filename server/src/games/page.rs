//! A game's page, packed into the program that hosts the game.

use std::fmt;

/// The page that the build script of this program packed: a `&'static PackedPage`.
///
/// ```ignore
/// server::main(&[server::games::game_with_page::<MyGame>(server::page!())])
/// ```
#[macro_export]
macro_rules! page {
    () => {{
        static PAGE: $crate::games::PackedPage = include!(concat!(env!("OUT_DIR"), "/page.rs"));
        &PAGE
    }};
}

/// The files that a browser loads to play a game.
///
/// ```
/// use server::games::PackedPage;
///
/// // `cargo xtask web` packs the files, and a build script lists them.
/// static PAGE: PackedPage = PackedPage::new("0123456789abcdef", &[("index.html", b"brotli", b"gzip")]);
/// ```
#[derive(Clone, Copy)]
pub struct PackedPage {
    build: &'static str,
    files: &'static [(&'static str, &'static [u8], &'static [u8])],
    import_map: Option<&'static str>,
}

/// One file of a page.
#[derive(Clone, Copy)]
pub(crate) struct PageFile {
    /// Its path below the page's folder.
    pub(crate) path: &'static str,
    pub(crate) brotli: &'static [u8],
    pub(crate) gzip: &'static [u8],
}

impl PackedPage {
    /// A page of these files: the path of each, and its bytes packed by brotli and by gzip. `index.html` is served at the page's
    /// address; it names all others below `/web/{build}/`. `build` must change with every file, because browsers keep files for ever.
    pub const fn new(build: &'static str, files: &'static [(&'static str, &'static [u8], &'static [u8])]) -> Self {
        Self { build, files, import_map: None }
    }

    /// Allows `index.html` to contain an import map: an inline script runs only if the page's Content-Security-Policy has its hash,
    /// `sha256-…` in base64. The manifest of a packed page has it.
    #[must_use]
    pub const fn with_import_map(self, hash: &'static str) -> Self {
        Self { import_map: Some(hash), ..self }
    }

    /// Identifies these files among those of other pages and other builds.
    pub(crate) const fn build(&self) -> &'static str {
        self.build
    }

    /// The hash of the import map in `index.html`, as a policy names it.
    pub(crate) const fn import_map(&self) -> Option<&'static str> {
        self.import_map
    }

    /// The folder of its files in URLs.
    pub(crate) fn folder(&self) -> String {
        format!("/web/{}/", self.build)
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<PageFile> {
        let &(path, brotli, gzip) = self.files.iter().find(|(known, ..)| *known == path)?;
        Some(PageFile { path, brotli, gzip })
    }
}

impl fmt::Debug for PackedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PackedPage({}, {} files)", self.build, self.files.len())
    }
}
