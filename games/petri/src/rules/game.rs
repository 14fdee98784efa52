//! Implements the engine's trait for the dish.

use shared::{
    EntityId, PlayerId, Tick,
    game::{Birth, Control, Digest, Events, Game, MapOf, PlayerInput, Profile, Slots, Start, Summary, Turn, Viewpoint},
};

use super::{
    digest,
    dish::Dish,
    herd::{self, Herd, Life},
    seat::Seat,
};
use crate::{
    NAME, VERSION,
    board::Board,
    bot::Microbe,
    entity::Thing,
    entity_id,
    event::{Event, LEADERS},
    input::Wish,
    limits::{CELLS_MAX, CRUMBS_MAX},
    own::OwnCells,
    settings::Settings,
};

impl Game for Dish {
    const NAME: &'static str = NAME;
    const VERSION: u16 = VERSION;

    type Entity = Thing;
    type Input = Wish;
    type Own = OwnCells;
    type Event = Event;
    type Board = Board;
    type Settings = Settings;
    type Bot = Microbe;

    fn new(start: &Start<'_, Self>) -> Self {
        Self::begin(*start.settings, start.seats, start.map, start.seed)
    }

    fn join(&mut self, player: PlayerId, _: &Profile, _: &mut Events<Event>) {
        let hue = self.rng.below(256) as u8;
        // The first cell appears in the next step.
        self.seats.get_mut(player.index()).into_iter().for_each(|seat| *seat = Seat::taken(hue));
    }

    fn leave(&mut self, player: PlayerId, _: &mut Events<Event>) {
        self.seats.get_mut(player.index()).into_iter().for_each(|seat| *seat = Seat::default());
        self.leaders.retain(|leader| leader.seat != player.0);
    }

    fn step(&mut self, turn: &mut Turn<'_, Self>) {
        self.tick(turn);
    }

    fn slots(&self) -> Slots {
        Slots { tracked: self.first_pellet(), all: self.first_crumb() + CRUMBS_MAX }
    }

    fn entities(&self) -> impl Iterator<Item = (EntityId, Thing)> {
        let cells = self.seats.iter().flat_map(|seat| &seat.cells).map(|cell| cell.map(Thing::Cell));
        let pellets = self.food.pellets().iter().map(|pellet| pellet.map(Thing::Pellet));
        let crumbs = self.food.crumbs().iter().map(|crumb| crumb.map(Thing::Crumb));
        (0..).map(EntityId).zip(cells.chain(pellets).chain(crumbs)).filter_map(|(id, thing)| Some((id, thing?)))
    }

    fn entity(&self, id: EntityId) -> Option<Thing> {
        let (id, pellets, crumbs) = (id.index(), self.first_pellet(), self.first_crumb());
        if id < pellets {
            return self.seats[id / CELLS_MAX].cells[id % CELLS_MAX].map(Thing::Cell);
        }
        if id < crumbs {
            return self.food.pellets()[id - pellets].map(Thing::Pellet);
        }
        self.food.crumbs().get(id - crumbs).copied().flatten().map(Thing::Crumb)
    }

    fn viewpoint(&self, player: PlayerId, _: &MapOf<Self>) -> Option<Viewpoint> {
        let seat = self.seats.get(player.index())?;
        let position = herd::centre(&seat.cells)?;
        let (slot, _) = (0..)
            .zip(&seat.cells)
            .filter_map(|(slot, cell)| Some((slot, cell.as_ref()?.mass)))
            .max_by_key(|&(_, mass)| mass)?;
        let radius_px = Some(Self::sees_px(seat, position));
        Some(Viewpoint { entity: Some(entity_id(player, slot)), position, radius_px })
    }

    fn own(&self, player: PlayerId) -> OwnCells {
        self.seats.get(player.index()).map(|seat| seat.own).unwrap_or_default()
    }

    fn board(&self) -> Vec<Event> {
        vec![self.leaders()]
    }

    fn summary(&self) -> Summary {
        let mut players: Vec<_> = (0..).map(PlayerId).zip(&self.seats).filter(|(_, seat)| seat.taken).collect();
        players.sort_by_cached_key(|(player, seat)| (std::cmp::Reverse(herd::mass(&seat.cells)), *player));
        let facts = |(player, seat): (PlayerId, &Seat)| {
            let cells = seat.cells.iter().flatten().count() as i64;
            let mass = i64::from(herd::mass(&seat.cells));
            (player, vec![("mass".into(), mass.into()), ("cells".into(), cells.into())])
        };
        let pellets = self.food.pellets().iter().flatten().count() as i64;
        Summary {
            fields: vec![("pellets".into(), pellets.into())],
            players: players.into_iter().map(facts).collect(),
            ..Summary::default()
        }
    }

    /// Without lag compensation nothing depends on the age of the view.
    fn relevant(&self, _: PlayerId, input: PlayerInput<Wish>) -> PlayerInput<Wish> {
        PlayerInput { view_age: 0, ..input }
    }

    fn control(control: &mut Control<'_, Self>) {
        let Control { player, tick, entities, own, input, map: plate, born, .. } = control;
        let mut cells = Herd::default();
        for (id, thing) in &**entities {
            if let Thing::Cell(cell) = thing {
                cells[id.index() % CELLS_MAX] = Some(*cell);
            }
        }
        let life = Life { player: *player, tick: *tick, plate, wish: input.copied().unwrap_or_default() };
        life.step(&mut cells, own, |crumb| born.push(Thing::Crumb(crumb)));
        entities.clear();
        let alive = (0..).zip(cells).filter_map(|(slot, cell)| Some((entity_id(*player, slot), Thing::Cell(cell?))));
        entities.extend(alive);
    }

    fn is_steered(player: PlayerId, id: EntityId, thing: &Thing) -> bool {
        matches!(thing, Thing::Cell(_)) && id.index() / CELLS_MAX == player.index()
    }

    /// Crumbs are identified by the player, the tick and the slot of the cell that ejected them.
    fn birth(thing: &Thing, tick: Tick, plate: &MapOf<Self>) -> Option<Birth> {
        let Thing::Crumb(crumb) = thing else { return None };
        Some(Birth { player: crumb.owner, tick: herd::birth_tick(crumb, tick, plate), number: crumb.slot })
    }

    fn fits(&self, start: &Start<'_, Self>) -> bool {
        self.settings == *start.settings
            && self.seats.len() == usize::from(start.seats)
            && self.leaders.len() <= LEADERS
            && self.food.fits(start.settings.pellets, start.map)
            && (0..).map(PlayerId).zip(&self.seats).all(|(player, seat)| seat.fits(player, start.map))
    }

    fn digest(&self) -> Digest {
        digest::of(self)
    }
}

impl Dish {
    /// The first pellet's id: one past the ids of cells.
    pub(super) fn first_pellet(&self) -> usize {
        self.seats.len() * CELLS_MAX
    }

    /// The first crumb's id: one past the ids of pellets.
    pub(super) fn first_crumb(&self) -> usize {
        self.first_pellet() + self.food.pellets().len()
    }
}
