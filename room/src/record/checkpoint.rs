//! Encodes a match at the end of a tick, with everything that its next ticks and its room depend on.
//!
//! ```text
//! [length of the game, 4][the game's own checkpoint][tick][roster][past][sessions]
//! ```

use shared::{
    Tick,
    game::{Game, MapOf, Trail},
    wire::{DecodeError, Reader, Writer},
};

use super::{
    past::{decode_past, encode_past},
    roster::{decode_roster, encode_roster},
    sessions::Sessions,
};
use crate::play::{Play, Setup};

/// A decoded checkpoint.
#[derive(Clone, Debug)]
pub(super) struct Checkpoint<G: Game> {
    pub(super) play: Play<G>,
    /// The past ticks that the next ticks may look up.
    pub(super) trail: Trail<G::Entity>,
    /// The sessions of the room's members.
    pub(super) sessions: Sessions,
}

/// Appends a checkpoint that [`Checkpoint::decode`] can read.
pub(super) fn encode_checkpoint<G: Game>(
    play: &Play<G>,
    trail: &Trail<G::Entity>,
    sessions: &Sessions,
    bytes: &mut Vec<u8>,
) {
    let start = bytes.len();
    bytes.extend_from_slice(&[0; 4]);
    play.game().checkpoint(bytes);
    let length = (bytes.len() - start - 4) as u32;
    bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    let mut out = Writer::new(bytes);
    out.int(play.tick().0);
    encode_roster(play.roster(), &mut out);
    encode_past(play, trail, bytes);
    sessions.encode(&mut Writer::new(bytes));
}

impl<G: Game> Checkpoint<G> {
    /// Decodes a checkpoint. `setup` and `map` must be those of its match.
    pub(super) fn decode(setup: &Setup<G>, map: &MapOf<G>, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let length = u32::from_le_bytes(input.raw_array("length of the game")?) as usize;
        let game = input.raw("game", length)?;
        let tick = Tick(input.u32("tick")?);
        let roster = decode_roster(&mut input, setup.seats)?;
        let play = Play::restore(setup.clone(), map.clone(), tick, roster, game)?;
        let trail = decode_past(&play, &mut input)?;
        let sessions = Sessions::decode(&mut input, setup.seats)?;
        input.finish()?;
        Ok(Self { play, trail, sessions })
    }
}
