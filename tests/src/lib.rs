//! The harness of `testkit` for the tests that cross crates: with the arena in the place of the game, and the toy game.
//!
//! ```ignore
//! let arena = sim().players(3).loss(0.05).delay_ms(60).behavior(Behavior::Fight).run_secs(10);
//! arena.assert_truthful(0);
//! ```

pub mod arena_sim;
pub mod fuzz;
pub mod harbour;
pub mod maps;
pub mod plan;
pub mod script;
pub mod touchy;
pub mod toy;
pub mod watcher;

use ::arena::rules::World;

pub use testkit::{Disk, Looks, Transport, truth};

pub use arena_sim::{ArenaSim, arena_room, sim};
pub use plan::Plan;
pub use script::{Behavior, Scripted};

/// A room with naive receivers.
pub type BareRoom<G = World> = testkit::BareRoom<G>;
/// How a player comes in.
pub type PlayerOptions<B = Behavior> = testkit::PlayerOptions<B>;
/// A scenario that runs.
pub type Scenario<G = World> = testkit::Scenario<G, <G as Scripted>::Behavior>;
/// How a scenario begins.
pub type Sim<G = World> = testkit::Sim<G, <G as Scripted>::Behavior>;
