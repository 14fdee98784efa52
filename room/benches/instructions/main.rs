//! The hot paths, each a fixed amount of work, for `cargo xtask instructions` to count.
//!
//! `cargo bench -p room --bench instructions` prints what is to be counted, a line each: path, row, function, with tabs
//! between. With the name of a path it does that path's work once, the same every time. Callgrind then tells how many
//! instructions each row's function took with all it called, within [`measured`] only: instructions do not depend on how
//! busy the machine is. A row's function is never inlined, or it would not be found.

mod game;
mod paths;

/// A path: its work, and what of it is counted.
struct Path {
    name: &'static str,
    rows: &'static [Row],
    work: fn(),
}

/// What a row is called, and the function it counts.
type Row = (&'static str, &'static str);

const WHOLE: Row = ("whole", "instructions::measured");
const INTEREST: Row = ("interest", "room::replication::sight::<impl room::replication::Replica<G>>::look_around");
const CHOOSE: Row = ("choose", "room::replication::choose::<impl room::replication::Replica<G>>::collect_due");
const ENCODE: Row = ("encode", "room::replication::encode_update");
const CHECKSUM: Row = ("checksum", "room::replication::checksum::Checksums::of");
const DECIDE: Row = ("decisions", "room::Room<G>::take_inputs");
const RECORD_INPUTS: Row = ("inputs", "room::record::recorder::Recorder<G>::begin_tick");
const RECORD_STATE: Row = ("hashes and checkpoints", "room::record::recorder::Recorder<G>::end_tick");

const PATHS: &[Path] = &[
    Path { name: "simulate: fight of 64", rows: &[WHOLE], work: paths::simulate },
    Path { name: "decide: 64 opponents", rows: &[DECIDE], work: paths::decide },
    Path { name: "receive: inputs of 64", rows: &[WHOLE], work: paths::receive },
    Path {
        name: "tick: wander in a room of 16",
        rows: &[WHOLE, CHOOSE, ENCODE],
        work: || paths::tick("foundry", 16, None, false),
    },
    Path {
        name: "tick: fight in a room of 64",
        rows: &[WHOLE, CHOOSE, ENCODE, CHECKSUM],
        work: || paths::tick("pit", 64, None, true),
    },
    Path {
        name: "tick: wander of 200, each sees a part",
        rows: &[WHOLE, INTEREST, CHOOSE, ENCODE, CHECKSUM],
        work: || paths::tick("plain", 200, None, false),
    },
    Path {
        name: "tick: crowd of 200 in one view",
        rows: &[WHOLE, CHOOSE, ENCODE, CHECKSUM],
        work: || paths::tick("plain", 200, Some(32_768), false),
    },
    Path { name: "record: fight of 64", rows: &[RECORD_INPUTS, RECORD_STATE], work: paths::record },
    Path { name: "pack: recording of a fight of 64", rows: &[WHOLE], work: paths::pack },
    Path { name: "view: snapshots of a fight of 64", rows: &[WHOLE], work: paths::view },
];

fn main() {
    match std::env::args().nth(1).filter(|word| !word.starts_with("--")) {
        None => {
            for Path { name, rows, .. } in PATHS {
                rows.iter().for_each(|(row, function)| println!("{name}\t{row}\t{function}"));
            }
        }
        Some(wanted) => {
            let path = PATHS.iter().find(|path| path.name == wanted);
            (path.unwrap_or_else(|| panic!("no path is called {wanted:?}")).work)();
        }
    }
}

/// What is counted. Never inlined: callgrind finds it by its name.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}
