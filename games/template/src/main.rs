//! The server: `cargo run --release`.

fn main() -> std::process::ExitCode {
    server::main(&[server::games::game_with_page::<template::Template>(server::page!())])
}
