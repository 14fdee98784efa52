//! `ricochet-server`: the server with the games of this repository.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::main(&[server::games::game::<arena::rules::World>()])
}
