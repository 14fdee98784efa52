//! Builds a project: the server, the page's module, and the page.
//!
//! ```text
//! cargo build (native) ─────────────────────────────────> program
//! cargo build (wasm32) ──> FOLDER/web_client.wasm ──┐
//! the engine's half, the game's half ───────────────┴──> web-packer --dev ──> FOLDER/next
//! ```
//!
//! Both builds run at the same time: they lock different folders. The module that shows recordings is not built: it would double the
//! time, and `cargo run` has it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
    thread,
    time::SystemTime,
};

use page_build::{TARGET, module_arguments};

use crate::{
    cargo::{self, output},
    cycle::Scope,
    folder::Folder,
    project::{Project, engine, engine_page},
};

/// See the module.
#[derive(Debug)]
pub(crate) struct Builder {
    project: Project,
    folder: Folder,
    /// Compiled once: it does not change while a game is played.
    packer: OnceLock<PathBuf>,
    program: OnceLock<PathBuf>,
}

/// A program, and when it was linked: whether it is the one that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    linked: Option<SystemTime>,
}

impl Builder {
    pub(crate) fn new(project: Project, folder: Folder) -> Self {
        Self { project, folder, packer: OnceLock::new(), program: OnceLock::new() }
    }

    /// Builds it, and gives the program. The page lies in [`Folder::next`] then.
    ///
    /// # Errors
    /// The words of the compiler or of the packer.
    pub(crate) fn build(&self, scope: Scope) -> Result<Program, String> {
        if scope.rules {
            let (server, module) = thread::scope(|scope| {
                let module = scope.spawn(|| self.build_module());
                (
                    self.build_server(),
                    module.join().unwrap_or_else(|_| Err("the build of the module failed".to_owned())),
                )
            });
            // A mistake in the rules is one of both builds, and said once.
            let _ = self.program.set(server?);
            module?;
        }
        self.pack()?;
        let path = self.program.get().ok_or("the server is not built yet")?.clone();
        let linked = fs::metadata(&path).and_then(|about| about.modified()).ok();
        Ok(Program { path, linked })
    }

    fn build_server(&self) -> Result<PathBuf, String> {
        let arguments = ["build"].into_iter().chain(self.project.server.iter().map(String::as_str));
        let files = cargo::build(&self.project.root, arguments)?;
        let is_program = |path: &&PathBuf| path.extension().is_none_or(|ending| ending == "exe");
        files.iter().rfind(is_program).cloned().ok_or_else(|| "cargo made no server".to_owned())
    }

    fn build_module(&self) -> Result<(), String> {
        let mut arguments = module_arguments(&self.project.module, "play", false);
        arguments.push("--target-dir".to_owned());
        arguments.push(self.project.target.join("page/wasm").display().to_string());
        let files = cargo::build(&self.project.root, arguments).map_err(|error| {
            let missing = error.contains("can't find crate for `core`") || error.contains("can't find crate for `std`");
            let advice =
                if missing { format!("\n\nerror: run this first: rustup target add {TARGET}") } else { String::new() };
            format!("{error}{advice}")
        })?;
        let name = format!("{}.wasm", self.project.module.replace('-', "_"));
        let module = files.iter().find(|path| path.ends_with(&name)).ok_or("cargo made no module")?;
        copy_if_new(module, &self.module()).map_err(|error| format!("cannot copy the module: {error}"))
    }

    fn pack(&self) -> Result<(), String> {
        let packer = match self.packer.get() {
            Some(packer) => packer,
            None => {
                let built = self.build_packer()?;
                self.packer.get_or_init(|| built)
            }
        };
        let mut command = Command::new(packer);
        command.args(["--dev", "-"]).arg(self.folder.next()).arg(engine_page()).arg(&self.project.page);
        let (packed, _, stderr) = output(command.arg(self.module())).map_err(|error| format!("the packer: {error}"))?;
        if packed { Ok(()) } else { Err(format!("error: the page cannot be packed: {}", stderr.trim())) }
    }

    fn build_packer(&self) -> Result<PathBuf, String> {
        let manifest = engine().join("web-client/packer/Cargo.toml").display().to_string();
        let target = self.project.target.join("page/packer").display().to_string();
        let arguments =
            ["build", "--locked", "--bin=web-packer", "--manifest-path", &manifest, "--target-dir", &target];
        let files = cargo::build(&self.project.root, arguments)?;
        files
            .iter()
            .rfind(|path| path.file_stem().is_some_and(|stem| stem == "web-packer"))
            .cloned()
            .ok_or_else(|| "cargo made no packer".to_owned())
    }

    fn module(&self) -> PathBuf {
        self.folder.path("web_client.wasm")
    }
}

/// The packer binds a module again when its file is a newer one.
fn copy_if_new(from: &Path, to: &Path) -> std::io::Result<()> {
    let bytes = fs::read(from)?;
    if fs::read(to).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(to, bytes)
}
