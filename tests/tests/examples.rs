//! Runs the examples of `docs/examples/`, so that they work for newcomers.
//!
//! `RICOCHET_TEST_PYTHON` names an interpreter that has what `docs/examples/requirements.txt` lists; `cargo xtask test`
//! makes one and sets it. Without it `python3` is taken.

use arena::rules::World;
use petri::Dish;
use server::{
    config::Games,
    games::{PackedPage, game, game_with_page},
};
use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use server::{config::Config, lifecycle::run::Server};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples")
}

/// Runs an example in Python and returns what it printed; it must end with 0.
fn run(script: &str, arguments: &[&str]) -> String {
    let python = std::env::var_os("RICOCHET_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let modules = Command::new(&python).args(["-c", "import msgpack, websockets"]).output();
    assert!(
        modules.as_ref().is_ok_and(|output| output.status.success()),
        "{} lacks what the examples import. `cargo xtask test` installs it; by hand: `pip install -r \
         docs/examples/requirements.txt` and, if that was into an environment of its own, RICOCHET_TEST_PYTHON=its/bin/python.",
        python.display()
    );
    printed(script, Command::new(&python).arg(examples().join(script)).args(arguments))
}

fn printed(script: &str, command: &mut Command) -> String {
    let output = command.output();
    let Output { status, stdout, stderr } = output.expect("the interpreter is there: `cargo xtask test` installs it");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{script} ended with {status}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

#[test]
fn vectors_agree_with_an_implementation_of_the_documents_alone() {
    let printed = run("conformance.py", &[]);
    for (of, checks) in [("arena ", 5), ("petri ", 8)] {
        assert_eq!(printed.lines().filter(|line| line.starts_with(of)).count(), checks, "{printed}");
    }
    assert_eq!(printed.matches(" agree").count(), 3 + 5 + 8, "{printed}");
    assert!(!printed.contains(" 0 agree"), "{printed}");
}

#[test]
fn plain_and_full_client_play_on_a_real_server() {
    let server = server();
    let url = format!("http://{}", server.http());
    for game in [arena::NAME, petri::NAME] {
        let arguments = ["--server", url.as_str(), "--seconds", "4", "--game", game];
        std::thread::scope(|scope| {
            scope.spawn(|| assert!(run("plain_client.py", &arguments).contains("px travelled")));
            scope.spawn(|| assert!(run("full_client.py", &arguments).contains("checksum equal")));
        });
    }
}

#[test]
fn webassembly_module_plays_without_the_page() {
    let server = server();
    let url = format!("http://{}", server.http());
    let mut node = Command::new("node");
    node.arg("--experimental-websocket").arg(examples().join("web_player.mjs"));
    let printed = printed("web_player.mjs", node.args(["--server", &url, "--seconds", "4"]));
    assert!(printed.contains("px flown") && printed.contains("checksums equal, 0 not"), "{printed}");
    let flown: u32 = printed.lines().last().and_then(|line| line.split(' ').next()?.parse().ok()).expect("a number");
    assert!(flown > 100, "{printed}");
}

fn server() -> Server {
    let any_port = "127.0.0.1:0".parse().expect("an address");
    let config = Config { http: any_port, udp: any_port, ops: any_port, fill: 4, seed: Some(1), ..Config::default() };
    Server::start(Games::new(&[game_with_page::<World>(&PAGE), game::<Dish>()]), config).expect("the server starts")
}

/// The module of the arena's page, which the examples load.
static PAGE: PackedPage = PackedPage::new(
    "examples",
    &[
        (
            "web_client.js",
            include_bytes!("../../assets/web/arena/web_client.js.br"),
            include_bytes!("../../assets/web/arena/web_client.js.gz"),
        ),
        (
            "web_client_bg.wasm",
            include_bytes!("../../assets/web/arena/web_client_bg.wasm.br"),
            include_bytes!("../../assets/web/arena/web_client_bg.wasm.gz"),
        ),
    ],
);
