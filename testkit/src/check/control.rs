//! The client's prediction equals the server's result: `Game::control` against `Game::step`, with one player and no
//! interference.

use std::collections::BTreeMap;

use shared::{
    EntityId, PlayerId,
    game::{Control, Entity, Game, Own, PlayerInput, Profile, Steered},
    rng::Rng,
};

use super::{
    compare,
    finding::{Report, caught},
    twin::{Call, Ground, Twin},
};
use crate::arbitrary;

/// Number of wrong predictions, in ticks without other events, that are allowed: they may have reasons that this check
/// does not know.
const WRONG_TICKS_MAX: u32 = 3;
/// The same as a fraction of all ticks.
const WRONG_PERCENT: u32 = 1;
const PLAYER: PlayerId = PlayerId(0);

/// State before a step.
struct Before<G: Game> {
    entities: BTreeMap<EntityId, G::Entity>,
    steered: Vec<(EntityId, G::Entity)>,
    own: G::Own,
    board: G::Board,
}

/// A client's prediction of the step.
struct Predicted<G: Game> {
    steered: Vec<(EntityId, G::Entity)>,
    own: G::Own,
}

/// Plays alone for this many ticks.
pub(crate) fn check<G: Game>(ground: &Ground<G>, seed: u64, ticks: u32, report: &mut Report) {
    let mut rng = Rng::new(seed);
    let Ok(mut twin) = caught(|| Twin::new(ground, 0, seed)) else { return };
    let mut input = G::Input::default();
    let (mut compared, mut wrong) = (0, 0);
    let mut example = None;
    let profile = Profile { name: "alone".to_owned(), opponent: false };
    let mut calls = vec![Call::Join(PLAYER, profile)];
    for _ in 0..ticks {
        if twin.game.is_over() {
            calls.push(Call::Restart(rng.next_u64(), twin.map));
        }
        // The input is kept for some ticks, so that effects of held buttons are tested too.
        if rng.chance(1, 6) {
            input = arbitrary::input(&mut rng);
        }
        let made = caught(|| {
            twin.call(&calls);
            let joined = !calls.is_empty();
            calls.clear();
            let before = before(&twin);
            let predicted = predict(&twin, &before, input);
            let mut inputs = vec![None; ground.seats.into()];
            if let Some(own) = inputs.first_mut() {
                *own = Some(PlayerInput { input, view_age: 0 });
            }
            twin.events.clear();
            twin.step(&inputs);
            if joined { None } else { judge(&twin, &before, &predicted) }
        });
        match made {
            Ok(Some(difference)) => {
                compared += 1;
                if let Some(difference) = difference {
                    wrong += 1;
                    example.get_or_insert(format!("in tick {} {difference} (input {input:?})", twin.tick.0));
                }
            }
            Ok(None) => {}
            Err(panic) => {
                let text = format!(
                    "`Game::control` or `{}` panicked in tick {} on {input:?}: {panic}",
                    twin.doing, twin.tick.0
                );
                return report.find("panic", text);
            }
        }
    }
    let Some(example) = example else { return };
    if wrong > WRONG_TICKS_MAX && wrong * 100 >= compared * WRONG_PERCENT {
        report.find(
            "control",
            format!(
                "`Game::control` and `Game::step` disagree in {wrong} of {compared} ticks in which nothing but the player's input acted: {example}. \
                 Call the same function in both, on the same state and in the same order (`Own::step` first); fields that no prediction depends \
                 on belong into `Game::agrees` and `Game::adopt`"
            ),
        );
    } else {
        report.note(format!("`Game::control` was wrong in {wrong} of {compared} ticks, for instance {example}"));
    }
}

fn before<G: Game>(twin: &Twin<'_, G>) -> Before<G> {
    let entities: BTreeMap<EntityId, G::Entity> = twin.game.entities().collect();
    let steered = entities.iter().filter(|(id, entity)| G::is_steered(PLAYER, **id, entity));
    Before {
        steered: steered.map(|(id, entity)| (*id, *entity)).collect(),
        entities,
        own: twin.game.own(PLAYER),
        board: twin.board.clone(),
    }
}

fn predict<G: Game>(twin: &Twin<'_, G>, before: &Before<G>, input: G::Input) -> Predicted<G> {
    let (mut entities, mut own) = (before.steered.clone(), before.own);
    own.step();
    G::control(&mut Control {
        player: PLAYER,
        tick: twin.tick.next(),
        entities: &mut entities,
        own: &mut own,
        input: Some(&input),
        board: &before.board,
        map: twin.map(),
        born: &mut Vec::new(),
    });
    Predicted { steered: entities, own }
}

/// Difference between a step and its prediction; `None` if they cannot be compared, because something else happened in
/// the step.
fn judge<G: Game>(twin: &Twin<'_, G>, before: &Before<G>, predicted: &Predicted<G>) -> Option<Option<String>> {
    let now: BTreeMap<EntityId, G::Entity> = twin.game.entities().collect();
    let steered: Vec<_> = now
        .iter()
        .filter(|(id, entity)| G::is_steered(PLAYER, **id, entity))
        .map(|(id, entity)| (*id, *entity))
        .collect();
    let own = twin.game.own(PLAYER);
    if before.steered.is_empty() || steered.is_empty() {
        return None;
    }
    let truth = Steered::<G> { entities: &steered, own: &own };
    let said = Steered::<G> { entities: &predicted.steered, own: &predicted.own };
    let same_ids = steered.iter().map(|&(id, _)| id).eq(predicted.steered.iter().map(|&(id, _)| id));
    if same_ids && G::agrees(&said, &truth) {
        return Some(None);
    }
    let interferes = !twin.events.is_empty()
        || !same_ids
        || G::begins_anew(&said, &truth)
        || before.entities.iter().any(|(id, was)| {
            let mut foreseen = *was;
            let lives = foreseen.step(twin.map());
            !G::is_steered(PLAYER, *id, was) && now.get(id) != lives.then_some(&foreseen)
        });
    if interferes {
        return None;
    }
    for ((id, truth), (_, said)) in steered.iter().zip(&predicted.steered) {
        if let Some(place) = compare::difference(said, truth) {
            return Some(Some(format!(
                "`{}` of entity {} is {} by `control` and {} by `step`",
                place.path, id.0, place.one, place.other
            )));
        }
    }
    let place = compare::difference(&predicted.own, &own)?;
    Some(Some(format!("`{}` of `Game::own` is {} by `control` and {} by `step`", place.path, place.one, place.other)))
}
