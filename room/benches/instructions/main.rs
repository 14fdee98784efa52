//! Hot paths with a fixed amount of work each, for `cargo xtask instructions` to count.
//!
//! `cargo bench -p room --bench instructions` prints one line per row: path, row and function, separated by tabs. With the name of a path
//! it does the work of that path once, the same in every run. Callgrind then reports the instructions of each row's function with its
//! callees, counted only within [`measured`]. Instruction counts do not depend on the load of the machine. A row's function must not be
//! inlined, or callgrind does not find it.

mod game;
mod paths;

/// A path: its work, and the functions whose instructions are counted.
struct Path {
    name: &'static str,
    rows: &'static [Row],
    work: fn(),
}

/// Name of a row, and the function that it counts.
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
            (path.unwrap_or_else(|| panic!("there is no path {wanted:?}")).work)();
        }
    }
}

/// The counted part of a path. Not inlined, because callgrind finds it by its name.
#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
}
