//! Packs the page for `src/main.rs` to embed.

fn main() {
    page_build::Page::new("page").build();
}
