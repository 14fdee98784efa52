//! The same past has the same future: for a second match with the same calls, for a restored one, and for one that
//! receives its inputs only after `Game::relevant`.

use shared::game::{Game, MapOf, PlayerInput};

use super::{
    compare,
    finding::{Report, caught},
    layouts,
    pilot::Pilot,
    promises::Promises,
    twin::{Call, Calls, Ground, Twin},
};

/// Ticks for which a restored match is compared.
const RESTORED_TICKS: u32 = 25;
/// Ticks between two searches for floats.
const FLOAT_TICKS: u32 = 23;
/// Ticks between two comparisons of all bytes of a checkpoint.
const BYTES_TICKS: u32 = 5;

/// Kind of a comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Same,
    /// The field in which the restored match differed at once.
    Restored(String),
    Relevant,
}

/// Plays a match of this many ticks together with its twins, and checks every promise. Returns checkpoints with their
/// ticks and maps.
pub(crate) fn check<'a, G: Game>(
    ground: &'a Ground<G>,
    seed: u64,
    players: u16,
    ticks: u32,
    report: &mut Report,
) -> Vec<Twin<'a, G>> {
    let begun = caught(|| (Twin::new(ground, 0, seed), Twin::new(ground, 0, seed), Twin::new(ground, 0, seed)));
    let (mut main, same, relevant) = match begun {
        Ok(twins) => twins,
        Err(panic) => {
            report.find("panic", format!("`Game::new` panicked: {panic}"));
            return Vec::new();
        }
    };
    let mut twins = vec![(Kind::Same, same), (Kind::Relevant, relevant)];
    let mut pilot = Pilot::new(seed, players, ticks);
    let mut promises = Promises::new(&main);
    let mut floats: Option<Vec<(String, String)>> = None;
    let mut kept = Vec::new();
    let mut restored_at = 0;
    for number in 0..ticks {
        let calls = match caught(|| pilot.calls(&main)) {
            Ok(calls) => calls,
            Err(panic) => {
                report.find(
                    "panic",
                    format!("`Bot::input` or `Game::is_over` panicked after tick {}: {panic}", main.tick.0),
                );
                break;
            }
        };
        if let Err(panic) = caught(|| advance(&mut main, &calls, &mut promises, report)) {
            let inputs: Vec<_> = calls.inputs.iter().flatten().map(|input| input.input).collect();
            report.find(
                "panic",
                format!(
                    "`{}` panicked in tick {}: {panic} (calls {:?}, inputs {inputs:?})",
                    main.doing, main.tick.0, calls.before
                ),
            );
            break;
        }
        twins.retain_mut(|(kind, twin)| keeps_up(kind, twin, &main, &calls, number, report));
        if number.is_multiple_of(FLOAT_TICKS) {
            let now = compare::floats(&main.game);
            let changed = floats.as_ref().and_then(|before| now.iter().find(|float| !before.contains(float)));
            if let Some((path, value)) = changed.filter(|_| !report.has("float")) {
                report.find(
                    "float",
                    format!(
                        "the match computes with a float: `{path}` is {value} in tick {}. Floats may differ between machines, and a recording \
                         would not verify: use integers",
                        main.tick.0
                    ),
                );
            }
            floats.get_or_insert(now);
        }
        if number == restored_at + RESTORED_TICKS {
            restored_at = number;
            twins.retain(|(kind, _)| !matches!(kind, Kind::Restored(_)));
            match caught(|| main.restored()) {
                Ok(Some(twin)) => {
                    if twin.checkpoint() != main.checkpoint() {
                        report.find(
                            "restore",
                            format!(
                                "a match that was restored in tick {} writes another checkpoint than the one it came from{}",
                                main.tick.0,
                                named(&main.game, &twin.game)
                            ),
                        );
                    }
                    twins.push((Kind::Restored(named(&main.game, &twin.game)), twin));
                }
                // Entities out of order are refused too, but that has been reported already.
                Ok(None) if report.has("order") || report.has("id") => {}
                Ok(None) => report.find(
                    "restore",
                    format!(
                        "`Checkpoint::restore` refuses in tick {} what `checkpoint` wrote: does `Game::fits` allow it?",
                        main.tick.0
                    ),
                ),
                Err(panic) => report.find("panic", format!("`Checkpoint::restore` panicked on its own bytes: {panic}")),
            }
            kept.push(main.clone());
        }
    }
    promises.finish(report);
    kept
}

/// Runs a tick of the match that the others are compared with.
fn advance<G: Game>(main: &mut Twin<'_, G>, calls: &Calls<G>, promises: &mut Promises<G>, report: &mut Report) {
    main.events.clear();
    for call in &calls.before {
        let view = match call {
            Call::Leave(player) => main.game.viewpoint(*player, main.map()),
            _ => None,
        };
        main.call(std::slice::from_ref(call));
        match call {
            Call::Leave(player) => promises.left(*player, view, main, report),
            Call::Restart(..) => promises.restarted(main, report),
            Call::Join(..) | Call::EndMatch => {}
        }
    }
    main.step(&calls.inputs);
    promises.check(main, report);
    main.doing = "a codec of the game";
    layouts::tick(main, report);
    main.doing = "Game::summary";
    let _ = main.game.summary();
}

/// Runs the same tick of a twin; false if it differs, which is reported.
fn keeps_up<G: Game>(
    kind: &Kind,
    twin: &mut Twin<'_, G>,
    main: &Twin<'_, G>,
    calls: &Calls<G>,
    number: u32,
    report: &mut Report,
) -> bool {
    let made = caught(|| {
        twin.events.clear();
        twin.call(&calls.before);
        let inputs = match kind {
            Kind::Relevant => relevant(twin, &calls.inputs),
            Kind::Same | Kind::Restored(_) => calls.inputs.clone(),
        };
        twin.step(&inputs);
    });
    let tick = main.tick.0;
    let difference = match made {
        Err(panic) => Some(format!("`{}` panicked there and not here: {panic}", twin.doing)),
        Ok(()) => differs(main, twin, number.is_multiple_of(BYTES_TICKS)),
    };
    let Some(difference) = difference else { return true };
    let culprit = named(&main.game, &twin.game);
    match kind {
        Kind::Same => report.find(
            "repeat",
            format!(
                "two matches with the same seed and the same calls differ in tick {tick}: {difference}{culprit}. Nothing may come from a clock, a \
                 static, a random number that is not from `Start::seed`, or the order of a `HashMap`"
            ),
        ),
        Kind::Restored(at_once) => report.find(
            "restore",
            format!(
                "a match that was restored from its checkpoint goes on otherwise in tick {tick}: {difference}{}. The checkpoint must hold \
                 whatever the next steps depend on",
                if at_once.is_empty() { &culprit } else { at_once }
            ),
        ),
        Kind::Relevant => report.find(
            "relevant",
            format!(
                "`Game::relevant` drops something that matters: with what it leaves of the inputs, tick {tick} is another one: \
                 {difference}{culprit}. Recordings keep only that part"
            ),
        ),
    }
    false
}

fn relevant<G: Game>(
    twin: &Twin<'_, G>,
    inputs: &[Option<PlayerInput<G::Input>>],
) -> Vec<Option<PlayerInput<G::Input>>> {
    let players = (0..).map(shared::PlayerId);
    players.zip(inputs).map(|(player, input)| Some(twin.game.relevant(player, (*input)?))).collect()
}

/// Description of the difference between two matches that should be equal.
fn differs<G: Game>(one: &Twin<'_, G>, other: &Twin<'_, G>, bytes: bool) -> Option<String> {
    if !one.game.entities().eq(other.game.entities()) {
        let (one, other) = (one.entities(), other.entities());
        for index in 0..one.len().max(other.len()) {
            match (one.get(index), other.get(index)) {
                (Some((id, one)), Some((same, other))) if id == same => {
                    if let Some(place) = compare::difference(one, other) {
                        return Some(format!("entity {}, `{}`: {} and {}", id.0, place.path, place.one, place.other));
                    }
                }
                (Some((id, entity)), _) => return Some(format!("one of them has entity {} there: {entity:?}", id.0)),
                (None, Some((id, entity))) => return Some(format!("only one of them has entity {}: {entity:?}", id.0)),
                (None, None) => {}
            }
        }
    }
    if let Some((one, other)) = one.events.iter().zip(&other.events).find(|(one, other)| one != other) {
        return Some(format!("the events {one:?} and {other:?}"));
    }
    if one.events.len() != other.events.len() {
        return Some(format!("one has {} events and the other one {}", one.events.len(), other.events.len()));
    }
    for &player in one.seated.keys() {
        let (one, other) = (one.game.own(player), other.game.own(player));
        if one != other {
            return Some(format!("`Game::own` of player {}: {one:?} and {other:?}", player.0));
        }
    }
    (bytes && one.checkpoint() != other.checkpoint()).then(|| "their checkpoints".to_owned())
}

/// The field in which the match differs, if `Debug` shows one.
fn named<G: Game>(one: &G, other: &G) -> String {
    match compare::difference(one, other) {
        Some(place) if place.reordered => format!(
            "; `{}` has the same values in another order: an unordered collection? Use `BTreeMap` or a sorted `Vec`",
            place.path
        ),
        Some(place) => format!("; in the match `{}` is {} and {}", place.path, place.one, place.other),
        None => String::new(),
    }
}

/// Encodes and decodes the maps that come with a game.
pub(crate) fn maps<G: Game>(tick_rate: shared::TickRate, report: &mut Report) -> Vec<MapOf<G>> {
    let mut maps = Vec::new();
    for (name, text) in <MapOf<G> as shared::game::Map>::shipped() {
        match <MapOf<G> as shared::game::Map>::parse(name, text, tick_rate) {
            Ok(map) => maps.push(map),
            Err(reason) => {
                report.find("maps", format!("the map {name:?} that comes with the game is refused: {reason}"));
            }
        }
    }
    if maps.is_empty() {
        report.find("maps", "`Map::shipped` gives no map that can be read: a room needs one");
    }
    maps
}
