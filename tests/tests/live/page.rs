//! A page of a game for tests: two files, of which the first names the second.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use server::games::PackedPage;

/// The page of a build, with a title.
pub(crate) fn page(build: &'static str, title: &str) -> &'static PackedPage {
    // As long as a real one: tests fill the pipes of peers that do not read.
    let index = format!(
        "<!doctype html><title>{title}</title><!--{:16000}--><script type=\"module\" src=\"/web/{build}/main.js\"></script>",
        ""
    );
    let script = format!("document.body.append('{title}');");
    // No client of the tests accepts brotli.
    let files = [("index.html", &[][..], packed(&index)), ("main.js", &[], packed(&script))];
    Box::leak(Box::new(PackedPage::new(build, Box::leak(Box::new(files)))))
}

fn packed(text: &str) -> &'static [u8] {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).expect("a vector takes all");
    gzip.finish().expect("a vector takes all").leak()
}
