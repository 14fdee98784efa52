//! A match as bytes, from which it goes on exactly as it would have.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    game::{Game, Start},
    wire::DecodeError,
};

/// How a match is written down. Whoever derives serde's `Serialize` and `Deserialize` has it; the map and the settings are not part of
/// it, they are in [`Start`].
pub trait Checkpoint: Sized {
    /// Appends everything the next steps depend on.
    fn checkpoint(&self, bytes: &mut Vec<u8>);

    /// Reads what [`Checkpoint::checkpoint`] wrote. [`Start::tick`] is the tick it was written at; [`Start::seed`] means nothing.
    ///
    /// # Errors
    /// When the bytes are no match of such settings on such a map. Bytes may be anybody's: nothing in them may panic, not in the calls
    /// that follow either. Who sits where is kept elsewhere, so in such bytes it may be otherwise: then somebody leaves who is not there, and
    /// has inputs.
    fn restore(start: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError>
    where
        Self: Game;
}

impl<T: Serialize + DeserializeOwned> Checkpoint for T {
    fn checkpoint(&self, bytes: &mut Vec<u8>) {
        // Into memory; only a `Serialize` of the game's own can fail, and then every time.
        rmp_serde::encode::write(bytes, self).expect("the game's own Serialize does not fail");
    }

    fn restore(_: &Start<'_, Self>, bytes: &[u8]) -> Result<Self, DecodeError>
    where
        Self: Game,
    {
        rmp_serde::from_slice(bytes)
            .map_err(|_| DecodeError::WrongType { field: "checkpoint", expected: "a match as it was written" })
    }
}
