//! Compares the two rests of a soak.

use super::sample::Sample;

/// Memory may differ by this: what the allocator keeps for the next crowd is not the same twice. Half of a soak of half an hour
/// brings some 7,000 joins, so a leak of one KiB each would be more.
const MEMORY_GROWTH_MAX: u64 = 6 * 1024 * 1024;
/// The server is set to keep 64 MiB of ended matches; the newest may stand above that until it is tidied.
const RECORDINGS_BYTES_MAX: u64 = 80 * 1024 * 1024;

/// Faults: things that the second rest holds and should not.
pub(super) fn compare(first: &Sample, second: &Sample) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, rest) in [("first", first), ("second", second)] {
        if !rest.is_at_rest() {
            faults.push(format!("somebody or something is left at the {name} rest: {rest}"));
        }
    }
    if second.joins <= first.joins {
        faults.push("nobody joined between the rests".to_owned());
    }
    for (what, before, after) in [
        ("descriptors", first.descriptors, second.descriptors),
        ("files of running matches", first.disk.rooms.0, second.disk.rooms.0),
        ("panics", 0, second.panics),
        ("bytes of memory", first.memory + MEMORY_GROWTH_MAX, second.memory),
        ("bytes of recordings", RECORDINGS_BYTES_MAX, second.disk.recordings.1),
    ] {
        if after > before {
            faults.push(format!("{what}: {after}, more than {before}"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Sample = Sample {
        at: std::time::Duration::ZERO,
        memory: 20 << 20,
        descriptors: 23,
        links: 0,
        players: 0,
        held: 0,
        seats: 0,
        rooms: 1,
        joins: 100,
        panics: 0,
        disk: super::super::sample::Disk { rooms: (1, 0), recordings: (3, 0) },
    };
    const SECOND: Sample = Sample { joins: 200, ..FIRST };

    #[test]
    fn same_rest_is_fine_and_less_too() {
        assert_eq!(compare(&FIRST, &SECOND), [""; 0]);
        assert_eq!(compare(&FIRST, &Sample { descriptors: 22, memory: 10 << 20, ..SECOND }), [""; 0]);
    }

    #[test]
    fn one_of_anything_more_is_a_fault_and_memory_has_its_bound() {
        let faults = |second: &Sample| compare(&FIRST, second).len();
        assert_eq!(faults(&Sample { descriptors: 24, ..SECOND }), 1);
        assert_eq!(faults(&Sample { held: 1, ..SECOND }), 1);
        assert_eq!(faults(&Sample { rooms: 2, ..SECOND }), 1);
        assert_eq!(faults(&Sample { panics: 1, ..SECOND }), 1);
        assert_eq!(faults(&Sample { memory: FIRST.memory + MEMORY_GROWTH_MAX, ..SECOND }), 0);
        assert_eq!(faults(&Sample { memory: FIRST.memory + MEMORY_GROWTH_MAX + 1, ..SECOND }), 1);
        assert_eq!(faults(&FIRST), 1, "nobody joined");
    }
}
