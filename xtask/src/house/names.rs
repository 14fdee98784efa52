//! Names of types: those that stand for several things, types whose `impl` is scattered, structs with many fields.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::source::{
    modules::{Crate, SeenBy},
    paths,
};

/// Files that the inherent `impl` blocks of one type may be spread over.
const IMPL_FILES_MAX: usize = 3;
/// Fields of a struct; one with more does several jobs.
const FIELDS_MAX: usize = 20;

#[derive(Serialize)]
pub(super) struct Names {
    /// `pub` types whose names occur more than once.
    pub(super) public: Vec<Name>,
    /// The same among all types that another module can name.
    pub(super) shared: Vec<Name>,
    pub(super) scattered: Vec<Scattered>,
    pub(super) large: Vec<Large>,
}

/// A name and where it is defined.
#[derive(Serialize)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) places: Vec<String>,
}

/// A type whose inherent `impl` blocks are in many files.
#[derive(Serialize)]
pub(super) struct Scattered {
    pub(super) name: String,
    pub(super) files: Vec<String>,
}

/// A struct with many fields.
#[derive(Serialize)]
pub(super) struct Large {
    pub(super) name: String,
    pub(super) fields: usize,
    pub(super) place: String,
}

pub(super) fn measure(crates: &[Crate]) -> Names {
    let mut large: Vec<Large> = Vec::new();
    for found in crates.iter().flat_map(|found| &found.modules) {
        for defined in found.types.iter().filter(|defined| defined.fields > FIELDS_MAX) {
            let place = format!("{}:{}", found.file, defined.line);
            large.push(Large { name: defined.name.clone(), fields: defined.fields, place });
        }
    }
    large.sort_by_key(|large| std::cmp::Reverse(large.fields));
    Names {
        public: repeated(crates, SeenBy::All),
        shared: repeated(crates, SeenBy::Crate),
        scattered: scattered(crates),
        large,
    }
}

/// Names of types that are defined more than once, most frequent first.
fn repeated(crates: &[Crate], at_least: SeenBy) -> Vec<Name> {
    // A set: two crates may share a file.
    let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for module in crates.iter().flat_map(|found| &found.modules) {
        for defined in module.types.iter().filter(|defined| defined.seen_by >= at_least) {
            places.entry(&defined.name).or_default().insert(format!("{}:{}", module.file, defined.line));
        }
    }
    let repeated = places.into_iter().filter(|(_, places)| places.len() > 1);
    let mut names: Vec<Name> =
        repeated.map(|(name, places)| Name { name: name.to_owned(), places: places.into_iter().collect() }).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.places.len()));
    names
}

fn scattered(crates: &[Crate]) -> Vec<Scattered> {
    let mut scattered = Vec::new();
    for found in crates {
        let mut files: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for (index, module) in found.modules.iter().enumerate() {
            for named in &module.inherent_impls {
                let Some(name) = paths::full_name(found, index, &named.path) else { continue };
                files.entry(name).or_default().insert(&module.file);
            }
        }
        for (name, files) in files.into_iter().filter(|(_, files)| files.len() > IMPL_FILES_MAX) {
            let files = files.into_iter().map(str::to_owned).collect();
            scattered.push(Scattered { name: format!("{}::{name}", found.name), files });
        }
    }
    scattered.sort_by_key(|scattered| std::cmp::Reverse(scattered.files.len()));
    scattered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{file, modules};

    fn crates(files: &[(&str, &str)]) -> Vec<Crate> {
        let manifest = file("a/Cargo.toml", "[package]\nname = \"a\"\n");
        let files: Vec<_> = files.iter().map(|(path, text)| file(path, text)).chain([manifest]).collect();
        modules::parse(&files).expect("the sources are Rust")
    }

    #[test]
    fn repeated_names_are_found_by_how_far_they_reach() {
        let crates = crates(&[
            ("a/src/lib.rs", "mod b;\npub struct A;\npub(crate) enum B {}\nstruct C;\n"),
            ("a/src/b.rs", "pub struct A;\npub trait B {}\npub struct C;\n"),
        ]);
        let names = measure(&crates);
        let listed = |names: &[Name]| names.iter().map(|name| name.name.clone()).collect::<Vec<_>>();
        assert_eq!(listed(&names.public), ["A"]);
        assert_eq!(names.public[0].places, ["a/src/b.rs:1", "a/src/lib.rs:2"]);
        assert_eq!(listed(&names.shared), ["A", "B"]);
    }

    #[test]
    fn scattered_types_are_found_on_both_sides_of_the_limit() {
        let implement = "impl crate::A {}\nimpl Default for crate::A {}\nimpl super::B {}\n";
        let crates = crates(&[
            ("a/src/lib.rs", "mod b;\nmod c;\nmod d;\npub struct A;\npub struct B;\nimpl A {}\nimpl A {}\n"),
            ("a/src/b.rs", implement),
            ("a/src/c.rs", implement),
            ("a/src/d.rs", implement),
        ]);
        let found = measure(&crates).scattered;
        let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), found.files.len())).collect();
        assert_eq!(found, [("a::A", 4)]);
    }

    #[test]
    fn structs_with_many_fields_are_found() {
        let fields = |count: usize| (0..count).map(|index| format!("f{index}: u8,")).collect::<String>();
        let text = format!("struct A {{ {} }}\nstruct B {{ {} }}\n", fields(FIELDS_MAX), fields(FIELDS_MAX + 1));
        let found = measure(&crates(&[("a/src/lib.rs", &text)])).large;
        assert_eq!((found.len(), found[0].name.as_str(), found[0].place.as_str()), (1, "B", "a/src/lib.rs:2"));
    }
}
