//! The folder that a server with `dev_page` reads: the page, the news for its script, and the report of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

/// See the module; the layout is described in the server's `lobby/page/development.rs`.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// An empty one.
    pub(crate) fn make(root: PathBuf) -> Result<Self> {
        if root.exists() {
            fs::remove_dir_all(&root).with_context(|| format!("cannot clear {}", root.display()))?;
        }
        fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Where the next page is packed, while the last one is served.
    pub(crate) fn next(&self) -> PathBuf {
        self.path("next")
    }

    /// True if the next page differs from the one that is served.
    pub(crate) fn has_new_page(&self) -> bool {
        build_of(&self.next()).is_some_and(|next| build_of(&self.path("page")) != Some(next))
    }

    /// Serves the next page.
    pub(crate) fn replace_page(&self) -> io::Result<()> {
        let (page, last) = (self.path("page"), self.path("last"));
        if last.exists() {
            fs::remove_dir_all(&last)?;
        }
        if page.exists() {
            fs::rename(&page, &last)?;
        }
        fs::rename(self.next(), page)
    }

    /// Writes what pages ask for.
    pub(crate) fn publish(&self, change: u32, error: Option<&str>) -> io::Result<()> {
        let news = json!({ "change": change, "page": build_of(&self.path("page")), "error": error });
        // A page may ask at any moment, and half a file is no JSON.
        let written = self.path("dev.json.next");
        fs::write(&written, news.to_string())?;
        fs::rename(written, self.path("dev.json"))
    }

    /// The change after which a page has reported that its player moves, once.
    pub(crate) fn take_moving(&self) -> Option<u32> {
        let path = self.path("moving");
        let change = fs::read_to_string(&path).ok()?.parse().ok()?;
        fs::remove_file(path).ok()?;
        Some(change)
    }
}

/// The hash of a packed page.
fn build_of(page: &Path) -> Option<String> {
    let manifest: Value = serde_json::from_slice(&fs::read(page.join("manifest.json")).ok()?).ok()?;
    manifest["build"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(folder: &Folder, build: &str) {
        fs::create_dir_all(folder.next()).unwrap();
        fs::write(folder.next().join("manifest.json"), json!({ "build": build }).to_string()).unwrap();
    }

    #[test]
    fn page_is_replaced_by_the_next_one_and_made_known() {
        let root = std::env::temp_dir().join(format!("ricochet-dev-folder-{}", std::process::id()));
        let folder = Folder::make(root.clone()).unwrap();
        assert!(!folder.has_new_page());
        for build in ["b1", "b2", "b3"] {
            pack(&folder, build);
            assert!(folder.has_new_page());
            folder.replace_page().unwrap();
            assert!(!folder.has_new_page());
        }
        pack(&folder, "b3");
        assert!(!folder.has_new_page(), "the same page once more");
        folder.publish(3, Some("error")).unwrap();
        let news: Value = serde_json::from_slice(&fs::read(root.join("dev.json")).unwrap()).unwrap();
        assert_eq!(news, json!({ "change": 3, "page": "b3", "error": "error" }));
        assert_eq!(folder.take_moving(), None);
        fs::write(root.join("moving"), "3").unwrap();
        assert_eq!([folder.take_moving(), folder.take_moving()], [Some(3), None]);
        fs::remove_dir_all(root).unwrap();
    }
}
