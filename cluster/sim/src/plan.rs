//! The plan of a run: its machines and faults, drawn from its seed.

use std::fmt;

use fastrand::Rng;

use crate::{network::MS, store::Time};

/// A run, before it begins.
pub struct Plan {
    /// Machines.
    pub(crate) machines: usize,
    /// Zones.
    pub(crate) zones: usize,
    /// Rooms that are opened at the beginning.
    pub(crate) rooms: usize,
    /// Rooms that there may be.
    pub(crate) rooms_max: usize,
    /// Players.
    pub(crate) players: usize,
    /// How bad the network is.
    pub(crate) badness: f64,
    /// True if owners freeze without the broker.
    pub(crate) freeze: bool,
    /// Faults with their times.
    pub(crate) faults: Vec<(Time, Fault)>,
    /// When all faults end.
    pub(crate) heal_at: Time,
}

/// Something that breaks, or is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fault {
    /// `kill -9`; it starts again after that time, with its disk or without.
    Crash { machine: usize, down: Time, disk: bool },
    /// SIGSTOP.
    Pause { machine: usize, long: Time },
    /// A machine does not reach the broker.
    OffBroker { machine: usize, long: Time },
    /// Two machines do not reach each other.
    Apart { a: usize, b: usize, long: Time },
    /// A machine reaches no other, nor the broker, nor players.
    Isolated { machine: usize, long: Time },
    /// The broker is away.
    NoBroker { long: Time },
    /// No player reaches a machine.
    OffPlayers { machine: usize, long: Time },
    /// The administrator moves a room.
    Move { pick: u64, to: usize },
    /// A machine is to be replaced.
    Drain { machine: usize, grace: Time },
    /// A room is opened.
    Open { machine: usize },
    /// A room ends.
    Close { pick: u64 },
    /// Messages of strangers, broken ones and old ones.
    Foreign { count: u32 },
}

impl Plan {
    /// The plan of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed);
        let machines = 2 + rng.usize(..4);
        let quiet = rng.u8(..10) < 3;
        // Some runs are long enough for a machine to be given up and to come back.
        let cut_off = rng.u8(..30) == 0;
        let heal_at = MS * if cut_off { rng.u64(25_000..30_000) } else { rng.u64(8_000..16_000) };
        let mut plan = Self {
            machines,
            zones: 1 + rng.usize(..3),
            rooms: 1 + rng.usize(..3),
            rooms_max: 5,
            players: 3 + rng.usize(..8),
            badness: if quiet { 0.0 } else { rng.f64() },
            freeze: rng.u8(..4) == 0,
            faults: Vec::new(),
            heal_at,
        };
        for _ in 0..plan.rooms {
            plan.faults.push((MS * rng.u64(400..1_500), Fault::Open { machine: rng.usize(..machines) }));
        }
        if quiet {
            plan.one_after_the_other(&mut rng);
        } else {
            if cut_off {
                let fault = Fault::OffBroker { machine: rng.usize(..machines), long: MS * rng.u64(17_000..21_000) };
                plan.faults.push((MS * rng.u64(1_600..3_000), fault));
                plan.faults
                    .push((MS * 3_500, Fault::Crash { machine: rng.usize(..machines), down: MS * 5_000, disk: false }));
            }
            let count = if cut_off { 2 } else { 3 + rng.usize(..9) };
            for _ in 0..count {
                let at = MS * rng.u64(2_000..heal_at / MS - 500);
                let fault = plan.fault(&mut rng);
                plan.faults.push((at, fault));
            }
            plan.faults.sort_by_key(|(at, _)| *at);
        }
        plan
    }

    /// Single faults in a healthy cluster, so that the time of a failover is measured.
    fn one_after_the_other(&mut self, rng: &mut Rng) {
        let mut at = 3_000;
        while at + 1_500 < self.heal_at / MS {
            let machine = rng.usize(..self.machines);
            let fault = match rng.u8(..4) {
                0 => Fault::Crash { machine, down: MS * rng.u64(500..3_000), disk: rng.bool() },
                1 => Fault::Pause { machine, long: MS * rng.u64(300..4_000) },
                2 => Fault::Move { pick: rng.u64(..), to: machine },
                _ => Fault::Drain { machine, grace: MS * 4_000 },
            };
            self.faults.push((MS * at, fault));
            at += rng.u64(4_000..7_000);
        }
    }

    fn fault(&self, rng: &mut Rng) -> Fault {
        let machine = rng.usize(..self.machines);
        let other = (machine + 1 + rng.usize(..self.machines - 1)) % self.machines;
        // Mostly short, sometimes beyond every time-out.
        let long = MS * if rng.u8(..3) == 0 { rng.u64(2_000..9_000) } else { rng.u64(20..1_500) };
        match rng.u8(..20) {
            0..4 => Fault::Crash { machine, down: MS * rng.u64(50..6_000), disk: rng.bool() },
            4..8 => Fault::Pause { machine, long },
            8..10 => Fault::OffBroker { machine, long },
            10 => Fault::Apart { a: machine, b: other, long },
            11..13 => Fault::Isolated { machine, long },
            13 => Fault::NoBroker { long },
            14 => Fault::OffPlayers { machine, long },
            15..17 => Fault::Move { pick: rng.u64(..), to: machine },
            17 => Fault::Drain { machine, grace: MS * rng.u64(500..6_000) },
            18 => Fault::Close { pick: rng.u64(..) },
            _ => Fault::Foreign { count: rng.u32(1..40) },
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machines, zones, rooms, players, badness, freeze, heal_at, .. } = self;
        writeln!(
            out,
            "{machines} machines in {zones} zones, {rooms} rooms, {players} players, badness {badness:.2}, \
             freeze {freeze}, healed at {} ms",
            heal_at / MS
        )?;
        for (at, fault) in &self.faults {
            writeln!(out, "{:>8} ms  {fault:?}", at / MS)?;
        }
        Ok(())
    }
}
