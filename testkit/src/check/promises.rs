//! Promises of a game about each tick: its entities, viewpoints, and the removal of players who left.

use std::collections::BTreeMap;

use room::contract::{Breach, BreachKind, Contract};
use shared::{
    EntityId, PlayerId,
    game::{Board, Entity, Game, Map, Replicate, Slots, Viewpoint},
    limits::PREDICTED_ENTITIES_MAX,
};

use super::{finding::Report, twin::Twin};

/// State at the end of the tick before, and what was seen so far.
#[derive(Debug)]
pub(crate) struct Promises<G: Game> {
    slots: Slots,
    before: Vec<(EntityId, G::Entity)>,
    /// True if viewpoints have a radius.
    radius: Option<bool>,
    viewed: BTreeMap<PlayerId, u32>,
    kinds: Vec<Kind>,
}

/// Statistics of a kind of entity.
#[derive(Clone, Copy, Debug, Default)]
struct Kind {
    ticks: u32,
    changes: u32,
}

/// A kind of entity that changes in more than this fraction of its ticks by other means than `step` is noted.
const RESTLESS_PERCENT: u32 = 60;
/// Ticks within which a player with a seat should have a viewpoint.
const UNSEEING_TICKS: u32 = 90;
/// Ticks between two checks of promises whose check is expensive.
const SELDOM_TICKS: u32 = 7;

impl<G: Game> Promises<G> {
    pub(crate) fn new(twin: &Twin<'_, G>) -> Self {
        Self {
            slots: twin.game.slots(),
            before: twin.entities(),
            radius: None,
            viewed: BTreeMap::new(),
            kinds: vec![Kind::default(); G::Entity::KINDS.into()],
        }
    }

    /// A player has just left; `view` is its viewpoint before that.
    pub(crate) fn left(&self, player: PlayerId, view: Option<Viewpoint>, twin: &Twin<'_, G>, report: &mut Report) {
        let tick = twin.tick.0;
        let kept = view.and_then(|view| view.entity).filter(|_| twin.game.viewpoint(player, twin.map()).is_some());
        for (id, entity) in twin.game.entities() {
            if G::is_steered(player, id, &entity) || kept == Some(id) {
                report.find(
                    "leave",
                    format!(
                        "`Game::leave` of player {} leaves entity {} behind in tick {tick}, which that player steered ({entity:?}): remove it, \
                         since somebody else may take the seat before the next step",
                        player.0, id.0
                    ),
                );
            }
        }
        if twin.game.viewpoint(player, twin.map()).is_some() {
            report.find(
                "leave",
                format!("`Game::viewpoint` still gives player {} a place in tick {tick} after `Game::leave`", player.0),
            );
        }
        if twin.game.own(player) != G::Own::default() {
            report.find(
                "leave",
                format!(
                    "`Game::own` of player {} is not the default after `Game::leave` in tick {tick}: whoever takes the seat would be sent it",
                    player.0
                ),
            );
        }
    }

    /// Another match has begun, and the entities of the last one are gone.
    pub(crate) fn restarted(&mut self, twin: &Twin<'_, G>, report: &mut Report) {
        self.slots = twin.game.slots();
        self.before.clear();
        self.viewed.clear();
        if twin.game.is_over() {
            report.find(
                "restart",
                "`Game::is_over` is true right after `Game::restart`: matches would begin without end",
            );
        }
    }

    /// Checks the end of a tick.
    pub(crate) fn check(&mut self, twin: &Twin<'_, G>, report: &mut Report) {
        let tick = twin.tick;
        let entities = twin.entities();
        let slots = twin.game.slots();
        if slots != self.slots {
            let breach = Breach { tick, fault: BreachKind::Slots { before: self.slots, now: slots } };
            report.find("slots", breach.to_string());
            self.slots = slots;
        }
        let mut contract = Contract::new(tick, slots);
        for (id, entity) in &entities {
            if let Err(breach) = contract.check(*id, entity, Some(twin.map())) {
                let rule = match breach.fault {
                    BreachKind::Order { .. } => "order",
                    BreachKind::Id { .. } | BreachKind::Untracked { .. } => "id",
                    BreachKind::Position { .. } => "position",
                    BreachKind::Slots { .. } => "slots",
                };
                report.find(rule, breach.to_string());
            }
        }
        self.check_steps(&entities, twin, report);
        self.check_players(&entities, twin, report);
        if tick.0.is_multiple_of(SELDOM_TICKS) {
            check_seldom(&entities, twin, report);
        }
        self.before = entities;
    }

    /// Compares each entity with its earlier state run forward.
    fn check_steps(&mut self, entities: &[(EntityId, G::Entity)], twin: &Twin<'_, G>, report: &mut Report) {
        let map = twin.map();
        let now: BTreeMap<EntityId, G::Entity> = entities.iter().copied().collect();
        for (id, was) in &self.before {
            let Some(is) = now.get(id).filter(|is| is.kind() == was.kind()) else { continue };
            let mut foreseen = *was;
            let name = G::Entity::NAMES.get(usize::from(is.kind())).copied().unwrap_or("an entity");
            if !foreseen.step(map) {
                if foreseen == *is {
                    report.find(
                        "ended",
                        format!(
                            "`Entity::step` of entity {} ({name}) returned false in tick {}, and `Game::entities` still has it: drop what \
                             has ended, clients do",
                            id.0, twin.tick.0
                        ),
                    );
                }
                continue;
            }
            let Some(kind) = self.kinds.get_mut(usize::from(is.kind())) else { continue };
            kind.ticks += 1;
            if foreseen == *is {
                continue;
            }
            kind.changes += 1;
            if is.is_sent_once() {
                let place = super::compare::difference(&foreseen, is);
                let place = place.map_or_else(String::new, |place| {
                    format!(" (`{}` is {}, `step` says {})", place.path, place.other, place.one)
                });
                report.find(
                    "once",
                    format!(
                        "entity {} ({name}) has `#[replicate(once)]` and is not what `Entity::step` makes of it in tick {}{place}: clients never \
                         hear of the change. Let `step` foresee it, give it another id, or remove `once`",
                        id.0, twin.tick.0
                    ),
                );
            }
            super::layouts::delta(*id, was, is, twin, report);
        }
    }

    fn check_players(&mut self, entities: &[(EntityId, G::Entity)], twin: &Twin<'_, G>, report: &mut Report) {
        let tick = twin.tick.0;
        for &player in twin.seated.keys() {
            let steered = entities.iter().filter(|(id, entity)| G::is_steered(player, *id, entity)).count();
            if steered > PREDICTED_ENTITIES_MAX {
                report.find(
                    "steered",
                    format!(
                        "`Game::is_steered` gives player {} {steered} entities in tick {tick}; clients predict at most {PREDICTED_ENTITIES_MAX}",
                        player.0
                    ),
                );
            }
            let Some(view) = twin.game.viewpoint(player, twin.map()) else {
                *self.viewed.entry(player).or_default() += 1;
                continue;
            };
            self.viewed.insert(player, 0);
            if view.radius_px.is_some() != *self.radius.get_or_insert(view.radius_px.is_some()) {
                report.find(
                    "viewpoint",
                    format!("`Viewpoint::radius_px` of player {} in tick {tick} is given and others' is not: give all of them one, or none", player.0),
                );
            }
            if let Some(id) = view.entity {
                if !entities.iter().any(|&(other, _)| other == id) {
                    report.find(
                        "viewpoint",
                        format!(
                            "player {} looks from entity {} in tick {tick}, which `Game::entities` does not have",
                            player.0, id.0
                        ),
                    );
                }
                if G::HIDES && !twin.game.may_see(player, id) {
                    report.find(
                        "may_see",
                        format!(
                            "`Game::may_see` hides entity {} from player {} in tick {tick}, who looks from it",
                            id.0, player.0
                        ),
                    );
                }
            }
        }
    }

    /// Called after the last tick.
    pub(crate) fn finish(&self, report: &mut Report) {
        if !self.viewed.is_empty() && self.viewed.values().all(|&ticks| ticks >= UNSEEING_TICKS) {
            report.find(
                "viewpoint",
                "`Game::viewpoint` was `None` for every player for seconds: nobody would be sent anything".to_owned(),
            );
        }
        for (kind, name) in self.kinds.iter().zip(G::Entity::NAMES) {
            if kind.ticks > 200 && kind.changes * 100 > kind.ticks * RESTLESS_PERCENT {
                report.note(format!(
                    "{name} is something else than `Entity::step` makes of it in {} of {} ticks: that works, but each change is sent. Let `step` \
                     foresee more; fields that only an input or the rules set are `#[replicate(intent)]`",
                    kind.changes, kind.ticks
                ));
            }
        }
    }
}

fn check_seldom<G: Game>(entities: &[(EntityId, G::Entity)], twin: &Twin<'_, G>, report: &mut Report) {
    let tick = twin.tick.0;
    let size = twin.map().size();
    for &(id, ref entity) in entities {
        if twin.game.entity(id) != Some(*entity) {
            report.find(
                "entity",
                format!("`Game::entity` of {} is not what `Game::entities` gives in tick {tick}", id.0),
            );
        }
        let position = entity.position(twin.map());
        if let Some(size) = size
            && (position.min_element() < 0 || position.x > size.x || position.y > size.y)
        {
            report.find(
                "position",
                format!(
                    "entity {} is at ({}, {}) in tick {tick}, outside the map, whose `Map::size` is ({}, {}): nobody may be shown it",
                    id.0, position.x, position.y, size.x, size.y
                ),
            );
        }
        if !(1..=64).contains(&entity.importance()) || !(1..=400).contains(&entity.plain_importance()) {
            let (usual, plain) = (entity.importance(), entity.plain_importance());
            report.find(
                "importance",
                format!("entity {} has importance {usual} (1 to 64) and plain importance {plain} (1 to 400)", id.0),
            );
        }
        for &player in twin.seated.keys().filter(|_| !G::HIDES) {
            if !twin.game.may_see(player, id) {
                report.find(
                    "may_see",
                    format!(
                        "`Game::may_see` hides entity {} from player {} in tick {tick}, and `Game::HIDES` is false: nobody asks it, and the \
                         entity is sent. Set `const HIDES: bool = true`",
                        id.0, player.0
                    ),
                );
            }
        }
    }
    for player in (0..twin.ground.seats).map(PlayerId).filter(|player| !twin.seated.contains_key(player)) {
        if twin.game.own(player) != G::Own::default() {
            report.find("own", format!("`Game::own` of the free seat {} is not the default in tick {tick}", player.0));
        }
    }
    let mut board = G::Board::default();
    twin.game.board().iter().for_each(|event| board.handle(event));
    if let Some(place) = super::compare::difference(&twin.board, &board) {
        report.find(
            "board",
            format!(
                "a player who joins in tick {tick} gets another board from `Game::board` than the others have from events: `{}` is {} for it and \
                 {} for them. Send an event to all for every change",
                place.path, place.other, place.one
            ),
        );
    }
}
