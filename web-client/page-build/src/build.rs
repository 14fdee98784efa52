//! Compiles a game's modules and packs its page.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, exit},
};

use crate::listing;

/// A game's page, to be built.
#[derive(Clone, Debug)]
pub struct Page {
    folder: PathBuf,
    package: String,
    modules: Vec<&'static str>,
    packer: PathBuf,
}

/// The variable of the environment for a program whose server reads its page from a folder (`--dev-page`), as `cargo dev` builds it.
pub const NO_PAGE: &str = "RICOCHET_NO_PAGE";
/// The target of a module.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// A page without files.
const EMPTY: &str = "server::games::PackedPage::new(\"\", &[])\n";
/// A module for each feature of the package: the file that `web-packer` knows it by.
const MODULES: [(&str, &str); 2] = [("play", "web_client"), ("replay", "web_replay")];
/// Crates of the engine that a module is made of; their folders are siblings of this crate's.
const ENGINE: [&str; 4] = ["web-client", "client", "room", "shared"];

impl Page {
    /// A page whose game's half lies in a folder of the package that is being built, and whose modules that package is compiled to.
    ///
    /// # Panics
    /// Outside of a build script.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: root().join(folder),
            package: variable("CARGO_PKG_NAME"),
            modules: vec!["play", "replay"],
            packer: Path::new(env!("CARGO_MANIFEST_DIR")).join("../packer"),
        }
    }

    /// Another package of the same workspace is what the modules are compiled from.
    #[must_use]
    pub fn package(mut self, name: &str) -> Self {
        name.clone_into(&mut self.package);
        self
    }

    /// A page that shows no recordings.
    #[must_use]
    pub fn without_replays(mut self) -> Self {
        self.modules.retain(|&feature| feature != "replay");
        self
    }

    /// Builds it: compiles, packs, and writes `page.rs` into the build script's folder. Does nothing in the build of the module itself,
    /// which runs the same build script.
    ///
    /// In a debug build the files are compressed quickly and the module is compiled without the optimisations that take long. With
    /// [`NO_PAGE`] in the environment nothing is built, and the page has no files.
    ///
    /// Without the target for browsers the build ends here. After any other failure `page.rs` is an error of the compiler with what is wrong.
    /// So the compiler reports a fault in the rules first, at its place in the sources, as it does in any package.
    ///
    /// # Panics
    /// Outside of a build script.
    pub fn build(&self) {
        println!("cargo::rerun-if-env-changed={NO_PAGE}");
        if env::var_os(NO_PAGE).is_some() {
            // Said once, so that cargo does not run the build script for each change of the package.
            println!("cargo::rerun-if-changed=build.rs");
            let path = PathBuf::from(variable("OUT_DIR")).join("page.rs");
            fs::write(path, EMPTY).expect("cargo's folder can be written");
            return;
        }
        self.watch();
        if variable("CARGO_CFG_TARGET_ARCH") == "wasm32" {
            return;
        }
        if let Err(problem) = has_target() {
            println!("cargo::error={problem}");
            exit(1);
        }
        let out = PathBuf::from(variable("OUT_DIR"));
        if let Err(problem) = self.make(&out) {
            fs::write(out.join("page.rs"), failing(&problem)).expect("a build script can write to its folder");
            // A file that is never there: the next build tries again, whatever the fault was.
            println!("cargo::rerun-if-changed={}", out.join("never").display());
        }
    }

    /// Says what the page is made of, so that cargo runs the build script again when it changes.
    fn watch(&self) {
        let own = ["src", "Cargo.toml"].map(|name| root().join(name));
        let engine = ENGINE.map(|name| self.packer.join("../..").join(name));
        for path in own.iter().chain([&self.folder]).chain(&engine).filter(|path| path.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }

    fn make(&self, out: &Path) -> Result<(), String> {
        let target = target_dir(out);
        let is_release = variable("PROFILE") == "release";
        let mut modules = Vec::new();
        for (feature, name) in MODULES.iter().filter(|(feature, _)| self.modules.contains(feature)) {
            let built = self.compile(feature, is_release, &target.join("wasm"))?;
            let module = out.join(format!("{name}.wasm"));
            fs::copy(&built, &module).map_err(|error| format!("cannot copy {}: {error}", built.display()))?;
            modules.push(module);
        }
        let packed = out.join("page");
        let mut packer = cargo(&["run", "--locked", "--quiet"]);
        packer
            .arg("--manifest-path")
            .arg(self.packer.join("Cargo.toml"))
            .arg("--target-dir")
            .arg(target.join("packer"));
        packer.arg("--").args((!is_release).then_some("--fast")).arg("-").arg(&packed);
        packer.arg(self.packer.join("../page")).arg(&self.folder).args(modules);
        run(&mut packer, "the page cannot be packed")?;
        fs::write(out.join("page.rs"), listing(&packed)).map_err(|error| format!("cannot write page.rs: {error}"))
    }

    /// Compiles the package with one of its features; gives where the module is.
    fn compile(&self, feature: &str, is_release: bool, target: &Path) -> Result<PathBuf, String> {
        let mut command = cargo(&[]);
        command.args(module_arguments(&self.package, feature, is_release));
        command.arg("--target-dir").arg(target);
        run(
            &mut command,
            &format!("the module of the page, feature `{feature}` of {}, cannot be built", self.package),
        )?;
        let name = self.package.replace('-', "_");
        Ok(target.join(TARGET).join(profile(is_release).0).join(format!("{name}.wasm")))
    }
}

/// Arguments of cargo that compile the module of a page: a package with one of its features, `play` or `replay`.
pub fn module_arguments(package: &str, feature: &str, is_release: bool) -> Vec<String> {
    let (profile, settings) = profile(is_release);
    let line = ["build", "--lib", "--no-default-features", "--target", TARGET, "--package", package];
    let mut arguments: Vec<String> = line.map(str::to_owned).into();
    arguments.extend(["--features", feature, "--profile", profile].map(str::to_owned));
    for setting in settings {
        arguments.extend(["--config".to_owned(), format!("profile.{profile}.{setting}")]);
    }
    arguments
}

/// Profiles of a name of their own, which the package need not declare, and their settings.
fn profile(is_release: bool) -> (&'static str, &'static [&'static str]) {
    if !is_release {
        return ("page-dev", &["inherits='dev'", "opt-level=1", "debug=false", "panic='abort'"]);
    }
    let settings =
        &["inherits='release'", "lto='fat'", "codegen-units=1", "panic='abort'", "debug=false", "strip='debuginfo'"];
    ("page", settings)
}

/// A `page.rs` that does not compile, and says why.
fn failing(problem: &str) -> String {
    format!("compile_error!({problem:?})\n")
}

/// The compiler says so too, but not what to do.
fn has_target() -> Result<(), String> {
    let output = Command::new(variable("RUSTC")).args(["--print", "sysroot"]).output();
    let sysroot = output.map_err(|error| format!("rustc cannot be started: {error}"))?.stdout;
    let sysroot = String::from_utf8_lossy(&sysroot).trim().to_owned();
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).exists() {
        return Ok(());
    }
    Err(format!("the page needs Rust's target for browsers, which is not installed; run: rustup target add {TARGET}"))
}

/// A cargo that knows nothing of the build it is started from.
fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(variable("CARGO"));
    command.args(arguments).current_dir(root());
    // A fault of a page is in its files, so the packer's backtrace says nothing about it.
    command.env("RUST_BACKTRACE", "0");
    // Flags are for the machine, wrappers and coverage for the build that is under way.
    for name in
        ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTC_WORKSPACE_WRAPPER"]
    {
        command.env_remove(name);
    }
    command
}

fn run(command: &mut Command, what: &str) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{what}: cargo cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what}:\n{}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// Below the target folder of the build: it stays when the build script's own folder gets another name.
fn target_dir(out: &Path) -> PathBuf {
    // OUT_DIR is TARGET/PROFILE/build/PACKAGE-HASH/out, with a triple before the profile in a cross build.
    out.ancestors().nth(4).unwrap_or(out).join("page")
}

fn root() -> PathBuf {
    variable("CARGO_MANIFEST_DIR").into()
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: cargo sets it for build scripts"))
}
