//! Watches the sources.

use std::{path::Path, sync::mpsc::Sender};

use anyhow::{Context, Result};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::MetadataKind, event::ModifyKind};

use crate::{
    event::Event,
    sources::{Part, Sources},
};

/// Watches until it is dropped, and sends an event for each part of which something has changed.
///
/// # Errors
/// A folder cannot be watched.
pub(crate) fn watch(sources: Sources, events: Sender<Event>) -> Result<RecommendedWatcher> {
    let known = sources.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) => {
            for part in parts(&known, &event) {
                // The tool is ending.
                let _ = events.send(Event::Saved(part));
            }
        }
        Err(error) => eprintln!("cannot watch the sources any more: {error}"),
    })
    .context("cannot watch files")?;
    for (folder, recursive) in sources.folders().filter(|(folder, _)| folder.is_dir()) {
        let mode = if recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.watch(folder, mode).with_context(|| format!("cannot watch {}", folder.display()))?;
    }
    Ok(watcher)
}

/// The parts of which an event says that something has changed.
fn parts(sources: &Sources, event: &notify::Event) -> Vec<Part> {
    let is_change = match event.kind {
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(kind)) => kind != MetadataKind::AccessTime,
        _ => true,
    };
    let changed = |path: &&std::path::PathBuf| is_change && !is_folder(path);
    let mut parts: Vec<Part> = event.paths.iter().filter(changed).filter_map(|path| sources.part(path)).collect();
    parts.dedup();
    parts
}

fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, DataChange};

    use super::*;

    fn event(kind: EventKind, path: &str) -> notify::Event {
        notify::Event::new(kind).add_path(path.into())
    }

    #[test]
    fn reading_a_source_is_no_change_of_it() {
        let mut sources = Sources::default();
        sources.add("/game/src", Part::Rules);
        let parts = |kind| parts(&sources, &event(kind, "/game/src/lib.rs"));
        assert_eq!(parts(EventKind::Access(AccessKind::Any)), []);
        assert_eq!(parts(EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime))), []);
        assert_eq!(parts(EventKind::Modify(ModifyKind::Data(DataChange::Any))), [Part::Rules]);
        assert_eq!(parts(EventKind::Create(CreateKind::File)), [Part::Rules]);
    }
}
