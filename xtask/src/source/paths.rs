//! Which module of its crate a path leads to: through imports, re-exports and globs, to where the item is defined.

use super::modules::{Crate, Module};

/// Imports that are followed one after another; two that name each other would go on for ever.
const IMPORTS_FOLLOWED_MAX: usize = 16;

/// The end of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Place {
    Module(usize),
    /// An item, or a part of one, that a module defines.
    Item(usize, String),
}

impl Place {
    pub(super) fn module(&self) -> usize {
        match self {
            Self::Module(module) | Self::Item(module, _) => *module,
        }
    }
}

/// Follows a path that stands in the module `from`. `None` when it leaves the crate.
pub(super) fn follow(tree: &Crate, from: usize, path: &[String]) -> Option<Place> {
    Search { tree, imports_left: IMPORTS_FOLLOWED_MAX }.follow(from, path)
}

/// The item that a path in the module `from` names, from the crate's root: `a::b::Type`. `None` when the path leaves the crate.
pub(crate) fn full_name(tree: &Crate, from: usize, path: &[String]) -> Option<String> {
    match follow(tree, from, path)? {
        Place::Item(module, name) => {
            let names = tree.modules[module].path.iter().map(String::as_str).chain([name.as_str()]);
            Some(names.collect::<Vec<_>>().join("::"))
        }
        Place::Module(_) => None,
    }
}

struct Search<'a> {
    tree: &'a Crate,
    imports_left: usize,
}

impl Search<'_> {
    fn follow(&mut self, from: usize, path: &[String]) -> Option<Place> {
        let modules = &self.tree.modules;
        let (first, rest) = path.split_first()?;
        let (start, mut rest) = match first.as_str() {
            "crate" | "$crate" => (0, rest),
            "self" => (from, rest),
            "super" => (modules[from].parent?, rest),
            _ => (from, path),
        };
        let mut place = start;
        while let Some((name, behind)) = rest.split_first() {
            if name == "super" {
                place = modules[place].parent?;
                rest = behind;
                continue;
            }
            match self.look_up(place, name, !behind.is_empty()) {
                Some(Place::Module(module)) => place = module,
                // The rest are parts of the item, such as an enum's variants.
                Some(item @ Place::Item(..)) => return Some(item),
                // The path begins with another crate or a local name.
                None if rest.len() == path.len() => return None,
                // A macro defines the name, or an import of another crate does.
                None => return Some(Place::Module(place)),
            }
            rest = behind;
        }
        Some(Place::Module(place))
    }

    /// A name in a module. A module and a function may share one: `wants_module` says which is meant.
    fn look_up(&mut self, module: usize, name: &str, wants_module: bool) -> Option<Place> {
        let Module { children, names, imports, globs, .. } = &self.tree.modules[module];
        let child = children.get(name).map(|&child| Place::Module(child));
        let item = names.iter().any(|own| own == name).then(|| Place::Item(module, name.to_owned()));
        let own = if wants_module { child.or(item) } else { item.or(child) };
        if own.is_some() {
            return own;
        }
        if let Some(import) = imports.iter().find(|import| import.name == name) {
            return self.imported(module, &import.path);
        }
        for glob in globs {
            if let Some(Place::Module(from)) = self.imported(module, glob)
                && from != module
                && self.imports_left > 0
            {
                self.imports_left -= 1;
                let found = self.look_up(from, name, wants_module);
                self.imports_left += 1;
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }

    fn imported(&mut self, module: usize, path: &[String]) -> Option<Place> {
        self.imports_left = self.imports_left.checked_sub(1)?;
        let place = self.follow(module, path);
        self.imports_left += 1;
        place
    }
}
