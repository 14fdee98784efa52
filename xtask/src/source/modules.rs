//! The crates of the repository as trees of modules, parsed from their sources. Items and modules under `#[cfg(test)]` are left out.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use syn::{
    Attribute, Fields, Ident, ImplItem, Item, Path, UseTree, Visibility, ext::IdentExt, spanned::Spanned, visit::Visit,
};

use super::File;

/// A library or a program: a tree of modules.
pub(crate) struct Crate {
    /// The package's name; with the file's name when it is not the package's library.
    pub(crate) name: String,
    /// The package's folder, from the root.
    pub(crate) folder: String,
    /// The root is the first; a parent comes before its children.
    pub(crate) modules: Vec<Module>,
}

impl Crate {
    /// The package's name.
    pub(crate) fn package(&self) -> &str {
        self.name.split(" (").next().unwrap_or(&self.name)
    }
}

/// The package that a file belongs to, by the longest folder that contains it; documents outside of packages are "documents".
pub(crate) fn package_of<'a>(crates: &'a [Crate], path: &str) -> &'a str {
    let contains = |found: &&Crate| path.strip_prefix(&found.folder).is_some_and(|rest| rest.starts_with('/'));
    crates.iter().filter(contains).max_by_key(|found| found.folder.len()).map_or("documents", Crate::package)
}

/// One module, in a file of its own or inside of one.
#[derive(Default)]
pub(crate) struct Module {
    /// Names from the root, which is empty itself.
    pub(crate) path: Vec<String>,
    /// The file that it stands in, from the repository's root.
    pub(crate) file: String,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<String, usize>,
    /// Names that the module defines, except its children.
    pub(crate) names: Vec<String>,
    pub(crate) imports: Vec<Import>,
    /// Modules whose names are all imported.
    pub(crate) globs: Vec<Vec<String>>,
    /// Paths that the code names, imports included.
    pub(crate) references: Vec<Reference>,
    pub(crate) types: Vec<Type>,
    /// Types with an inherent `impl` block here.
    pub(crate) inherent_impls: Vec<Reference>,
}

/// `use path as name`.
pub(crate) struct Import {
    pub(crate) name: String,
    pub(crate) path: Vec<String>,
}

/// A path that stands in a line.
pub(crate) struct Reference {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// A struct, enum, union, trait or alias. An alias that gives a type its own name again, with parameters filled in, is none.
pub(crate) struct Type {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) seen_by: SeenBy,
    /// Fields of a struct, 0 for others.
    pub(crate) fields: usize,
}

/// How far an item's visibility reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum SeenBy {
    /// Its module.
    Module,
    /// Its crate, or a part of it.
    Crate,
    /// `pub`.
    All,
}

/// Parses every crate of `files`: the library and the programs of each package, and test and bench programs that have folders of their own.
///
/// # Errors
/// A file is not Rust, or the file of a module is missing.
pub(crate) fn parse(files: &[File]) -> Result<Vec<Crate>> {
    let by_path: BTreeMap<&str, &File> = files.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut crates = Vec::new();
    for manifest in files.iter().filter(|file| file.path.rsplit('/').next() == Some("Cargo.toml")) {
        let Some(package) = package_name(&manifest.text) else { continue };
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        for file in files.iter().filter(|file| file.path.starts_with(folder)) {
            let Some(suffix) = crate_root(&file.path[folder.len()..]) else { continue };
            let name = if suffix.is_empty() { package.to_owned() } else { format!("{package} ({suffix})") };
            let mut reader = Reader { files: &by_path, modules: Vec::new() };
            reader.read_file(&file.path, Vec::new(), None)?;
            crates.push(Crate { name, folder: folder.trim_end_matches('/').to_owned(), modules: reader.modules });
        }
    }
    Ok(crates)
}

/// The name of the package that a manifest describes; a workspace's manifest need not describe one.
fn package_name(manifest: &str) -> Option<&str> {
    let (_, package) = manifest.split_once("[package]\n")?;
    let name = package.lines().find_map(|line| line.strip_prefix("name = "))?;
    Some(name.trim_matches('"'))
}

/// The suffix of a crate's name when this file of a package is its root, empty for the library; `None` when the file is no root.
fn crate_root(path: &str) -> Option<&str> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["src", "lib.rs"] => Some(""),
        ["src", "main.rs"] => Some("main"),
        ["src", "bin", file] | ["src", "bin", file, "main.rs"] => Some(file.trim_end_matches(".rs")),
        ["tests" | "benches", program, "main.rs"] => Some(program),
        _ => None,
    }
}

struct Reader<'a> {
    files: &'a BTreeMap<&'a str, &'a File>,
    modules: Vec<Module>,
}

impl Reader<'_> {
    /// Reads a file that is a module, and the modules below it.
    fn read_file(&mut self, path: &str, names: Vec<String>, parent: Option<usize>) -> Result<usize> {
        let file = self.files.get(path).with_context(|| format!("{path} is not there"))?;
        let parsed = syn::parse_file(&file.text).map_err(|error| {
            let line = error.span().start().line;
            anyhow::anyhow!("{path}:{line}: {error}")
        })?;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let stem = name.trim_end_matches(".rs");
        let is_folders_own = parent.is_none() || stem == "mod";
        let folder = if is_folders_own { folder.to_owned() } else { format!("{folder}/{stem}") };
        self.read_items(&parsed.items, path, &folder, names, parent)
    }

    /// Reads a module's items. `folder` is where the files of its children are.
    fn read_items(
        &mut self,
        items: &[Item],
        file: &str,
        folder: &str,
        names: Vec<String>,
        parent: Option<usize>,
    ) -> Result<usize> {
        let index = self.modules.len();
        self.modules.push(Module { path: names.clone(), file: file.to_owned(), parent, ..Module::default() });
        let mut collector = Collector { module: Module::default() };
        for item in items.iter().filter(|item| !is_for_tests(attributes(item))) {
            let Item::Mod(child) = item else {
                collector.visit_item(item);
                collector.define(item);
                continue;
            };
            let name = child.ident.unraw().to_string();
            let names = names.iter().cloned().chain([name.clone()]).collect();
            let child_index = match &child.content {
                Some((_, items)) => self.read_items(items, file, &format!("{folder}/{name}"), names, Some(index))?,
                None => {
                    let path = self.file_of(file, folder, &name, &child.attrs);
                    self.read_file(&path, names, Some(index)).with_context(|| format!("module {name} of {file}"))?
                }
            };
            self.modules[index].children.insert(name, child_index);
        }
        let Module { names, imports, globs, references, types, inherent_impls, .. } = collector.module;
        let module = &mut self.modules[index];
        *module = Module {
            names,
            imports,
            globs,
            references,
            types,
            inherent_impls,
            path: std::mem::take(&mut module.path),
            file: std::mem::take(&mut module.file),
            parent,
            children: std::mem::take(&mut module.children),
        };
        Ok(index)
    }

    /// The file of `mod name;`, which need not exist.
    fn file_of(&self, file: &str, folder: &str, name: &str, attributes: &[Attribute]) -> String {
        if let Some(path) = attributes.iter().find_map(path_attribute) {
            let above = file.rsplit_once('/').map_or("", |(above, _)| above);
            return normal(&format!("{above}/{path}"));
        }
        let beside = format!("{folder}/{name}.rs");
        if self.files.contains_key(beside.as_str()) { beside } else { format!("{folder}/{name}/mod.rs") }
    }
}

/// A path without `..`.
fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The value of `#[path = "…"]`.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("path").then(|| text.value())
}

/// Collects what a module defines and names.
struct Collector {
    module: Module,
}

impl Collector {
    fn define(&mut self, item: &Item) {
        let defined: Option<(&Ident, Option<&Visibility>, usize)> = match item {
            Item::Struct(item) => Some((&item.ident, Some(&item.vis), field_count(&item.fields))),
            Item::Enum(item) => Some((&item.ident, Some(&item.vis), 0)),
            Item::Union(item) => Some((&item.ident, Some(&item.vis), 0)),
            Item::Trait(item) => Some((&item.ident, Some(&item.vis), 0)),
            Item::Type(item) => Some((&item.ident, Some(&item.vis).filter(|_| !keeps_name(item)), 0)),
            Item::Const(item) => Some((&item.ident, None, 0)),
            Item::Static(item) => Some((&item.ident, None, 0)),
            Item::Fn(item) => Some((&item.sig.ident, None, 0)),
            Item::Macro(item) => item.ident.as_ref().map(|ident| (ident, None, 0)),
            _ => None,
        };
        let Some((ident, visibility, fields)) = defined else { return };
        let name = ident.unraw().to_string();
        self.module.names.push(name.clone());
        if let Some(visibility) = visibility {
            let line = ident.span().start().line;
            self.module.types.push(Type { name, line, seen_by: seen_by(visibility), fields });
        }
    }

    fn import(&mut self, tree: &UseTree, before: &[String]) {
        let followed = |ident: &Ident| before.iter().cloned().chain([ident.unraw().to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.import(&path.tree, &followed(&path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.import(tree, before)),
            UseTree::Glob(glob) => {
                self.refer(before.to_vec(), glob.span().start().line);
                self.module.globs.push(before.to_vec());
            }
            UseTree::Name(name) => self.import_name(&name.ident, followed(&name.ident)),
            UseTree::Rename(name) => self.import_name(&name.rename, followed(&name.ident)),
        }
    }

    fn import_name(&mut self, name: &Ident, mut path: Vec<String>) {
        let line = name.span().start().line;
        let mut name = name.unraw().to_string();
        if path.last().is_some_and(|last| last == "self") {
            path.pop();
            if name == "self" {
                name = path.last().cloned().unwrap_or_default();
            }
        }
        self.refer(path.clone(), line);
        // A name that is imported from itself, `use serde;`, says nothing new and would be looked up for ever.
        if path != [name.as_str()] {
            self.module.imports.push(Import { name, path });
        }
    }

    fn refer(&mut self, path: Vec<String>, line: usize) {
        self.module.references.push(Reference { path, line });
    }
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(attributes(item)) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Fn(item) => &item.attrs[..],
            ImplItem::Const(item) => &item.attrs[..],
            _ => &[],
        };
        if !is_for_tests(attributes) {
            syn::visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[]);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        if item.trait_.is_none()
            && let syn::Type::Path(path) = &*item.self_ty
        {
            let reference = Reference { path: names_of(&path.path), line: item.span().start().line };
            self.module.inherent_impls.push(reference);
        }
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        self.refer(names_of(path), path.span().start().line);
        syn::visit::visit_path(self, path);
    }

    /// The tokens of a macro are not parsed: names joined by `::` are taken for paths.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.paths_of_tokens(call.tokens.clone());
    }
}

impl Collector {
    fn paths_of_tokens(&mut self, tokens: proc_macro2::TokenStream) {
        use proc_macro2::TokenTree;
        let mut path: Vec<String> = Vec::new();
        let mut line = 0;
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.end_path(&mut path, line);
                    }
                    line = ident.span().start().line;
                    path.push(ident.unraw().to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Group(group) => {
                    self.end_path(&mut path, line);
                    colons = 0;
                    self.paths_of_tokens(group.stream());
                }
                _ => {
                    self.end_path(&mut path, line);
                    colons = 0;
                }
            }
        }
        self.end_path(&mut path, line);
    }

    fn end_path(&mut self, path: &mut Vec<String>, line: usize) {
        let path = std::mem::take(path);
        if !path.is_empty() {
            self.refer(path, line);
        }
    }
}

fn names_of(path: &Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.unraw().to_string()).collect()
}

fn keeps_name(alias: &syn::ItemType) -> bool {
    matches!(&*alias.ty, syn::Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == alias.ident))
}

fn field_count(fields: &Fields) -> usize {
    match fields {
        Fields::Named(fields) => fields.named.len(),
        Fields::Unnamed(fields) => fields.unnamed.len(),
        Fields::Unit => 0,
    }
}

fn seen_by(visibility: &Visibility) -> SeenBy {
    match visibility {
        Visibility::Public(_) => SeenBy::All,
        Visibility::Inherited => SeenBy::Module,
        _ => SeenBy::Crate,
    }
}

/// Returns true if attributes say that an item exists in tests only.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        syn::Meta::Path(path) => path.is_ident("test"),
        syn::Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string();
            condition == "test" || condition.starts_with("all (test") || condition.starts_with("all(test")
        }
        _ => false,
    })
}

pub(super) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{super::file, *};

    fn parsed(files: &[(&str, &str)]) -> Vec<Crate> {
        let manifest = file("a/Cargo.toml", "[package]\nname = \"a\"\n");
        let files: Vec<File> = files.iter().map(|(path, text)| file(path, text)).chain([manifest]).collect();
        parse(&files).expect("the sources are Rust")
    }

    #[test]
    fn modules_are_found_in_files_folders_and_braces() {
        let crates = parsed(&[
            (
                "a/src/lib.rs",
                "mod b;\nmod c { mod d; }\n#[path = \"../other/f.rs\"]\nmod f;\n#[cfg(test)]\nmod tests;\n",
            ),
            ("a/other/f.rs", ""),
            ("a/src/b.rs", "mod e;\n"),
            ("a/src/b/e.rs", ""),
            ("a/src/c/d.rs", ""),
        ]);
        let paths: Vec<String> = crates[0].modules.iter().map(|module| module.path.join("::")).collect();
        assert_eq!(paths, ["", "b", "b::e", "c", "c::d", "f"]);
        assert_eq!(crates[0].modules[2].file, "a/src/b/e.rs");
    }

    #[test]
    fn programs_are_crates_of_their_own() {
        let crates = parsed(&[("a/src/lib.rs", ""), ("a/src/main.rs", ""), ("a/tests/wire/main.rs", "")]);
        let names: Vec<&str> = crates.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["a", "a (main)", "a (wire)"]);
    }

    #[test]
    fn imports_and_names_are_collected() {
        let crates = parsed(&[(
            "a/src/lib.rs",
            "pub use x::{self, y::Z as W, v::*};\npub struct A { b: u8, c: u8 }\n#[cfg(test)]\nuse t::T;\n\
             impl A { fn f() { g!(h::i(1)); } }\npub(crate) enum B {}\n\
             pub type C = other::C<u8>;\n",
        )]);
        let module = &crates[0].modules[0];
        let imports: Vec<_> =
            module.imports.iter().map(|import| (import.name.as_str(), import.path.join("::"))).collect();
        assert_eq!(imports, [("W", "x::y::Z".into())]);
        assert_eq!(module.globs, [["x", "v"]]);
        assert_eq!(module.names, ["A", "B", "C"]);
        assert_eq!(module.types.len(), 2);
        assert_eq!((module.types[0].fields, module.types[0].seen_by), (2, SeenBy::All));
        assert_eq!(module.types[1].seen_by, SeenBy::Crate);
        assert_eq!(module.inherent_impls[0].path, ["A"]);
        assert!(module.references.iter().any(|reference| reference.path == ["h", "i"] && reference.line == 5));
    }

    #[test]
    fn missing_file_is_an_error() {
        let files = [file("a/Cargo.toml", "[package]\nname = \"a\"\n"), file("a/src/lib.rs", "mod b;\n")];
        let error = parse(&files).err().expect("b is missing");
        assert!(format!("{error:#}").contains("a/src/b/mod.rs is not there"), "{error:#}");
    }
}
