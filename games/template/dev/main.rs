//! `cargo dev`.

fn main() -> std::process::ExitCode {
    dev::main(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
