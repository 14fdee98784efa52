//! Prediction: one tick of the entities that a player steers, computed by its client ahead of the server.

use crate::{
    game::{Game, MapOf},
    id::{EntityId, PlayerId},
    tick::Tick,
};

/// The arguments of [`Game::control`]: one tick of the entities that a player steers.
///
/// The server does not use it: [`Game::step`] applies inputs itself, to the same states and in the same order, and the result
/// must have the same bits. So write one function of the entity, the own record and the input, and call it in both places:
///
/// ```
/// use shared::game::{Control, Entity, Game, IVec2, Input, Own, Record, Replicate};
///
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
/// # struct Hare {
/// #     #[replicate(position)]
/// #     position: IVec2,
/// #     velocity: IVec2,
/// # }
/// # impl Entity for Hare {
/// #     type Map = ();
/// #     fn step(&mut self, (): &()) -> bool {
/// #         self.position += self.velocity;
/// #         true
/// #     }
/// #     fn position(&self, (): &()) -> IVec2 {
/// #         self.position
/// #     }
/// # }
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
/// # struct Keys {
/// #     jump: bool,
/// # }
/// # #[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
/// # struct Legs {
/// #     rest_ticks: u8,
/// # }
/// # impl Own for Legs {
/// #     fn step(&mut self) {
/// #         self.rest_ticks = self.rest_ticks.saturating_sub(1);
/// #     }
/// # }
/// /// One tick of a hare. The timers of its legs have run already.
/// fn run(hare: &mut Hare, legs: &mut Legs, keys: Keys) {
///     if keys.jump && legs.rest_ticks == 0 {
///         hare.velocity.y = -200;
///         legs.rest_ticks = 20;
///     }
///     hare.step(&());
/// }
///
/// /// Body of `Game::control`. In `Game::step`, for each seat: `legs.step(); run(hare, legs, turn.input(player));`
/// fn control<G: Game<Entity = Hare, Input = Keys, Own = Legs>>(control: &mut Control<'_, G>) {
///     for (_, hare) in &mut *control.entities {
///         run(hare, control.own, control.input.copied().unwrap_or_default());
///     }
/// }
/// #
/// # let (mut hare, mut legs) = (Hare { position: IVec2::ZERO, velocity: IVec2::ZERO }, Legs::default());
/// # run(&mut hare, &mut legs, Keys { jump: true });
/// # assert_eq!((hare.position.y, legs.rest_ticks), (-200, 20));
/// ```
#[derive(Debug)]
pub struct Control<'a, G: Game> {
    /// The player.
    pub player: PlayerId,
    /// The tick that is made.
    pub tick: Tick,
    /// The entities that it steers ([`Game::is_steered`]) in the order of ids, at the end of the last tick. `control` makes the tick: it
    /// calls [`Entity::step`](crate::game::Entity::step) on each. It may also remove entities, for example when two of them merge, and add
    /// entities that the player steers from this tick on, for example when one of them splits. The id of an added entity must be the one
    /// that the server gives it. Keep the order of ids.
    pub entities: &'a mut Vec<(EntityId, G::Entity)>,
    /// The player's own record. [`Own::step`](crate::game::Own::step) has been called for this tick already.
    pub own: &'a mut G::Own,
    /// The player's input. `None` in a tick for which its client sent nothing, because its clock jumped. The server then repeats
    /// the last input for a while and presses nothing afterwards. Treat it as the default input, and do not change what an input keeps
    /// (`#[input(missing = "keep")]`).
    pub input: Option<&'a G::Input>,
    /// The client's board, for rules such as "no shots before the start". It may be some ticks old.
    pub board: &'a G::Board,
    /// The map.
    pub map: &'a MapOf<G>,
    /// Output: the entities that the player makes in this tick, each in its state at the end of the tick, as in [`Game::entities`]. The
    /// client shows them at once, and drops those that the server does not send. An entity is ignored if [`Game::birth`] returns `None`.
    pub born: &'a mut Vec<G::Entity>,
}

/// The entities that a player steers at the end of a tick, and its own record.
#[derive(Debug)]
pub struct Steered<'a, G: Game> {
    /// The entities, in the order of ids.
    pub entities: &'a [(EntityId, G::Entity)],
    /// The player's own record.
    pub own: &'a G::Own,
}

impl<G: Game> Clone for Steered<'_, G> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<G: Game> Copy for Steered<'_, G> {}

impl<G: Game> PartialEq for Steered<'_, G> {
    fn eq(&self, other: &Self) -> bool {
        self.entities == other.entities && self.own == other.own
    }
}

impl<G: Game> Steered<'_, G> {
    /// Pairs of two states of the same entities. Both values must have the same entities.
    pub fn pairs<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (&'a G::Entity, &'a G::Entity)> {
        self.entities.iter().zip(other.entities).map(|((_, one), (_, other))| (one, other))
    }
}
