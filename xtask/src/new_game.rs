//! `cargo xtask new-game NAME`: a game of one's own, which begins as a copy of `games/template` in a folder of its own.
//!
//! The copy is a workspace that depends on this repository by path or by git. What is copied is what CI tests.

use std::{
    fs,
    path::{Path, PathBuf, absolute},
};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use shared::limits::GAME_NAME_BYTES_MAX;

use crate::workspace;

#[derive(Args)]
pub(crate) struct Options {
    /// The name of the game: lower case letters, digits and `-`
    name: String,
    /// Where it goes: a folder that is not there yet, or is empty [default: NAME]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The engine that it depends on: the folder of a checkout [default: this one]
    #[arg(long, value_name = "PATH", conflicts_with = "git")]
    engine: Option<PathBuf>,
    /// The engine that it depends on: the address of a Git repository
    #[arg(long, value_name = "URL")]
    git: Option<String>,
    /// The commit of the Git repository [default: the newest]
    #[arg(long, value_name = "COMMIT", requires = "git")]
    rev: Option<String>,
}

/// The folder that is copied.
const TEMPLATE: &str = "games/template/";
/// Names that a package cannot have: the words of Rust, and the crates that the game depends on.
const TAKEN: &[&str] = &[
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "bot-client",
    "bots",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "page-build",
    "priv",
    "pub",
    "ref",
    "return",
    "self",
    "serde",
    "server",
    "shared",
    "static",
    "struct",
    "super",
    "template",
    "test",
    "testkit",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "wasm-bindgen",
    "web-client",
    "where",
    "while",
    "yield",
    "core",
    "alloc",
    "std",
    "proc-macro",
    "build",
    "deps",
    "dev",
    "examples",
    "incremental",
];

/// Makes the copy, and says what to do with it.
///
/// # Errors
/// The name or the folder cannot be used, or the template cannot be copied.
pub(crate) fn run(options: &Options) -> Result<()> {
    let dir = make(options)?;
    let name = &options.name;
    println!("{name} is in {}. Now:", dir.display());
    println!("  cd {}", dir.display());
    println!("  cargo test               # what CI of the engine tests of its own games");
    println!("  cargo run --release      # serves it, and prints the page's address");
    println!(
        "  cargo dev                # serves it, and goes on with the new rules and the new page whenever you save a file"
    );
    println!("The rules are in src/lib.rs, the page in page/main.js; README.md says more.");
    Ok(())
}

/// Makes a copy that depends on this checkout; gives its folder.
pub(crate) fn copy(name: &str, dir: &Path) -> Result<PathBuf> {
    make(&Options { name: name.to_owned(), dir: Some(dir.to_owned()), engine: None, git: None, rev: None })
}

/// Makes the copy; gives its folder.
pub(crate) fn make(options: &Options) -> Result<PathBuf> {
    let names = Names::of(&options.name)?;
    // A relative path starts at the folder in which `cargo xtask` was typed.
    let dir = absolute(options.dir.as_deref().unwrap_or(Path::new(&options.name)))?;
    check_folder(&dir)?;
    let engine = Engine::of(options)?;
    let files: Vec<String> = workspace::files()?.into_iter().filter(|path| path.starts_with(TEMPLATE)).collect();
    ensure!(!files.is_empty(), "{TEMPLATE} is not in this checkout");
    let read = |path: String| {
        let text = fs::read_to_string(workspace::root().join(&path)).with_context(|| path.clone())?;
        Ok((path[TEMPLATE.len()..].to_owned(), text))
    };
    let files = files.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    for (path, text) in &files {
        names.check_types(path, text)?;
    }
    for (path, text) in &files {
        // The engine's folder keeps its name, whatever is in it.
        write(&dir.join(path), &engine.apply(&names.apply(path, text)))?;
    }
    for name in ["rustfmt.toml", "clippy.toml"] {
        fs::copy(workspace::root().join(name), dir.join(name)).with_context(|| name.to_owned())?;
    }
    write(&dir.join(".gitignore"), "/target\n/state\n")?;
    // Without `..`, since people copy it.
    Ok(dir.canonicalize().unwrap_or(dir))
}

/// The dependencies of the copy.
enum Engine {
    Folder(PathBuf),
    Git { url: String, rev: Option<String> },
}

impl Engine {
    fn of(options: &Options) -> Result<Self> {
        if let Some(url) = &options.git {
            return Ok(Self::Git { url: url.clone(), rev: options.rev.clone() });
        }
        let given = options.engine.as_deref().unwrap_or(workspace::root());
        let folder = given.canonicalize().with_context(|| format!("--engine {}", given.display()))?;
        ensure!(
            folder.join("shared/src/game").is_dir(),
            "--engine {}: this is no checkout of the engine: it has no folder shared/src/game",
            folder.display()
        );
        Ok(Self::Folder(folder))
    }

    /// Dependencies of the template as those of the copy.
    fn apply(&self, text: &str) -> String {
        const PATH: &str = "path = \"../../";
        let line = |line: &str| {
            let Some((before, rest)) = line.split_once(PATH) else { return format!("{line}\n") };
            // A package in a folder of the template is one folder farther away.
            let Some((folder, behind)) = rest.trim_start_matches("../").split_once('"') else {
                return format!("{line}\n");
            };
            let source = match self {
                Self::Folder(engine) => format!("path = {}", toml_text(&engine.join(folder).display().to_string())),
                Self::Git { url, rev } => {
                    let rev = rev.as_ref().map(|rev| format!(", rev = {}", toml_text(rev))).unwrap_or_default();
                    format!("git = {}{rev}", toml_text(url))
                }
            };
            format!("{before}{source}{behind}\n")
        };
        text.lines().map(line).collect()
    }
}

/// The name of the game, in the ways in which it is written.
struct Names {
    /// `pond-life`: the game, the package, the program.
    name: String,
    /// `pond_life`: the crate.
    krate: String,
    /// `PondLife`: the type of a match.
    ty: String,
    /// `Pond life`: what people read.
    title: String,
}

impl Names {
    fn of(name: &str) -> Result<Self> {
        let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        ensure!(
            begins && name.bytes().all(is_allowed) && !name.ends_with('-') && !name.contains("--"),
            "a game cannot be called \"{}\": allowed are lower case letters, digits and single `-` between them, with a letter at the beginning, \
             such as \"pond\" or \"pond-life\"",
            name.escape_debug()
        );
        ensure!(
            name.len() <= GAME_NAME_BYTES_MAX,
            "\"{name}\" has {} letters, and the name of a game has at most {GAME_NAME_BYTES_MAX}",
            name.len()
        );
        if TAKEN.contains(&name) {
            bail!(
                "a game cannot be called \"{name}\": this is a word of Rust, or a crate that the game depends on; choose another name"
            );
        }
        let capital = |word: &str| format!("{}{}", word[..1].to_uppercase(), &word[1..]);
        Ok(Self {
            name: name.to_owned(),
            krate: name.replace('-', "_"),
            ty: name.split('-').map(capital).collect(),
            title: capital(&name.replace('-', " ")),
        })
    }

    /// Refuses a name whose type has the name of another type in a file of the template: the copy would not compile.
    fn check_types(&self, path: &str, text: &str) -> Result<()> {
        let code = text.lines().filter_map(|line| line.split("//").next());
        let mut words = code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'));
        ensure!(
            !path.ends_with(".rs") || !words.any(|word| word == self.ty),
            "a game cannot be called \"{}\": its type would be `{}`, and the template uses another type of this name; choose another name",
            self.name,
            self.ty
        );
        Ok(())
    }

    /// The text of a file of the template, with this name in place of the template's.
    fn apply(&self, path: &str, text: &str) -> String {
        let Self { name, krate, ty, title } = self;
        match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("rs") => text
                .replace("\"template\"", &format!("\"{name}\""))
                .replace("template::", &format!("{krate}::"))
                .replace("Template", ty),
            _ => text.replace("Template", title).replace("template", name),
        }
    }
}

fn check_folder(dir: &Path) -> Result<()> {
    match fs::read_dir(dir) {
        Ok(mut entries) => ensure!(
            entries.next().is_none(),
            "{} is there and not empty: a new game goes to a folder that is not there yet, or is empty; --dir names another one",
            dir.display()
        ),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => bail!("{}: {error}", dir.display()),
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_is_written_in_each_way_that_is_needed() {
        let Names { name, krate, ty, title } = Names::of("pond-life2").unwrap();
        assert_eq!([name, krate, ty, title], ["pond-life2", "pond_life2", "PondLife2", "Pond life2"]);
    }

    #[test]
    fn bad_names_are_refused_with_what_is_allowed() {
        for (name, words) in [
            ("", "lower case letters"),
            ("Pond", "lower case letters"),
            ("2pond", "a letter at the beginning"),
            ("pond-", "single `-` between them"),
            ("a--b", "single `-` between them"),
            ("pond_life", "lower case letters"),
            ("../up", "lower case letters"),
            ("match", "a word of Rust"),
            ("server", "a crate that the game depends on"),
            (&"a".repeat(GAME_NAME_BYTES_MAX + 1), "at most"),
        ] {
            let error = Names::of(name).err().unwrap_or_else(|| panic!("{name:?} is taken")).to_string();
            assert!(error.contains(words), "{name}: {error}");
        }
        assert!(Names::of(&"a".repeat(GAME_NAME_BYTES_MAX)).is_ok());
    }

    #[test]
    fn name_of_a_type_of_the_template_is_refused() {
        let check = |name, path| Names::of(name).unwrap().check_types(path, "enum Thing { Coin(Body) } // Pond");
        let error = check("thing", "src/lib.rs").unwrap_err().to_string();
        assert!(error.contains("its type would be `Thing`"), "{error}");
        assert!(check("pond", "src/lib.rs").is_ok() && check("thing", "README.md").is_ok());
    }

    #[test]
    fn folder_with_something_in_it_is_refused() {
        let error = check_folder(workspace::root()).unwrap_err().to_string();
        assert!(error.contains("not empty"), "{error}");
    }

    #[test]
    fn dependencies_lead_to_the_engine() {
        let line = "shared = { path = \"../../shared\" }";
        let folder = Engine::Folder("/engine".into());
        assert_eq!(folder.apply(line), "shared = { path = \"/engine/shared\" }\n");
        let deeper = "dev = { path = \"../../../dev\" }";
        assert_eq!(folder.apply(deeper), "dev = { path = \"/engine/dev\" }\n");
        let git = Engine::Git { url: "https://example.org/ricochet".into(), rev: Some("abc".into()) };
        assert_eq!(git.apply(line), "shared = { git = \"https://example.org/ricochet\", rev = \"abc\" }\n");
    }

    #[test]
    fn words_of_the_template_become_those_of_the_game() {
        let names = Names::of("pond-life").unwrap();
        let rust = names.apply("src/main.rs", "template::Template; const NAME: &str = \"template\";");
        assert_eq!(rust, "pond_life::PondLife; const NAME: &str = \"pond-life\";");
        assert_eq!(
            names.apply("page/main.js", "id: 'template', name: 'Template'"),
            "id: 'pond-life', name: 'Pond life'"
        );
    }
}
