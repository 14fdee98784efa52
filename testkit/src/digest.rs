//! Hash of all output of a room, so that two runs can be compared byte by byte.

use std::hash::{DefaultHasher, Hash, Hasher};

use room::{Channel, Output};

/// A running hash over outputs.
#[derive(Clone, Debug, Default)]
pub struct Digest(DefaultHasher);

impl Digest {
    /// Adds an output with its addressee and channel.
    pub fn output(&mut self, output: &Output<'_>) {
        let Output { member, channel, kind, bytes } = *output;
        (member, channel == Channel::Reliable, kind, bytes).hash(&mut self.0);
    }

    /// The hash of all outputs so far.
    pub fn value(&self) -> u64 {
        self.0.finish()
    }
}
