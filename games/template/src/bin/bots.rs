//! Load tests: `cargo run --release --bin bots -- --help`.

fn main() -> std::process::ExitCode {
    bot_client::main(const { &[bot_client::BotGame::of::<template::Template>()] })
}
