//! Life of a hostile bot: one visit after another, until the run ends.

use std::time::Duration;

use client::{Maps, native::QuicEndpoints};
use shared::game::{Game, MapOf};

use super::visit::Visitor;
use crate::{
    fleet::shared_state::{Shared, bot_rng},
    measure::tally::{End, Visit},
    options::attack_kind::AttackKind,
};

/// Runs the bot with this number, which makes this attack, until it is dismissed. A refused or closed link is not a
/// failure of the run.
pub(crate) async fn live<G: Game>(
    shared: &Shared,
    maps: &Maps<MapOf<G>>,
    endpoints: &QuicEndpoints,
    number: u32,
    attack: AttackKind,
) {
    let Shared { args, stages, recorder, .. } = shared;
    let mut rng = bot_rng(args.common.seed, number);
    recorder.lock().hostile.entry(attack).or_default().add_bot();
    let mut arrived = false;
    let mut arrive = || {
        if !std::mem::replace(&mut arrived, true) {
            stages.add_hostile();
        }
    };
    loop {
        let visit = match Visitor::<G>::enter(shared, maps, endpoints, number, attack, &mut rng).await {
            Ok(visitor) => visitor.stay(&mut arrive).await,
            Err(error) => {
                tracing::debug!(bot = number, error = format!("{error:#}"), "hostile bot was refused");
                Visit { welcome: false, committed: 0, end: End::Refused }
            }
        };
        tracing::debug!(bot = number, %attack, ?visit, "visit of a hostile bot has ended");
        // Counts as arrived even without a welcome, so that the ramp does not wait for it.
        arrive();
        recorder.lock().hostile.entry(attack).or_default().add(&visit);
        if stages.dismisses(number) {
            return;
        }
        tokio::time::sleep(REST).await;
    }
}

/// Pause between two visits: long enough that a bot does not flood the server with joins; `ricochet-attack` does that.
const REST: Duration = Duration::from_millis(500);
