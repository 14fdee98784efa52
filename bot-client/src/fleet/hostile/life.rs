//! A hostile bot's life: one visit after another, until the run ends.

use std::time::Duration;

use client::{Maps, native::QuicEndpoints};
use shared::game::{Game, MapOf};

use super::visit::Visitor;
use crate::{
    fleet::shared_state::{Shared, bot_rng},
    measure::tally::{End, Visit},
    options::attack_kind::AttackKind,
};

/// Lives the life of the bot with this number, which commits this foul, until it is dismissed. Nothing that happens to it is
/// a failure.
pub(crate) async fn live<G: Game>(
    shared: &Shared,
    maps: &Maps<MapOf<G>>,
    endpoints: &QuicEndpoints,
    number: u32,
    foul: AttackKind,
) {
    let Shared { args, stages, recorder, .. } = shared;
    let mut rng = bot_rng(args.common.seed, number);
    recorder.lock().hostile.entry(foul).or_default().add_bot();
    let mut arrived = false;
    let mut arrive = || {
        if !std::mem::replace(&mut arrived, true) {
            stages.add_hostile();
        }
    };
    loop {
        let visit = match Visitor::<G>::enter(shared, maps, endpoints, number, foul, &mut rng).await {
            Ok(visitor) => visitor.stay(&mut arrive).await,
            Err(error) => {
                tracing::debug!(bot = number, error = format!("{error:#}"), "cannot come in");
                Visit { welcome: false, committed: 0, end: End::Refused }
            }
        };
        tracing::debug!(bot = number, %foul, ?visit, "visit is over");
        // Also without a welcome, so that nobody waits for it.
        arrive();
        recorder.lock().hostile.entry(foul).or_default().add(&visit);
        if stages.dismisses(number) {
            return;
        }
        tokio::time::sleep(REST).await;
    }
}

/// Between two visits: long enough that a bot is an annoyance and no flood of joins, which `ricochet-attack` makes.
const REST: Duration = Duration::from_millis(500);
