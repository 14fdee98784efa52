//! A player's view of a room, and checks of the promises made to it.

use arena::rules::World;
use client::view::{ApplyError, Check, View};
use room::{Channel, Joining, Output};
use shared::{
    limits::{DATAGRAM_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX},
    wire::{Ack, ServerMessage, kind},
};

/// A player's view, fed with the messages that the room sends to it.
pub(crate) struct Mirror {
    view: View<World>,
    reliable: bool,
    /// The player blocked snapshots until further notice.
    pub(crate) blocked: bool,
    /// The link is closed.
    pub(crate) held: bool,
    /// The player acknowledged snapshots that it did not receive; its view may be wrong then.
    lied: bool,
}

impl Mirror {
    pub(crate) fn new(joining: &Joining) -> Self {
        Self { view: View::new(), reliable: joining.reliable, blocked: false, held: false, lied: false }
    }

    /// Acknowledgement of the snapshots that were applied.
    pub(crate) fn ack(&self) -> Ack {
        self.view.ack()
    }

    /// The player sends a false acknowledgement.
    pub(crate) fn lies(&mut self) {
        self.lied = true;
    }

    /// Handles a message of the room; snapshots are dropped if `lost`.
    pub(crate) fn handle(&mut self, output: &Output<'_>, lost: bool) {
        let message = ServerMessage::decode(output.bytes).expect("the room writes messages that can be read");
        let length = output.bytes.len();
        assert!(length <= SERVER_MESSAGE_BYTES_MAX, "{length} bytes in a message of kind {}", output.kind);
        if output.channel == Channel::Unreliable {
            assert!(!self.blocked, "a blocked player was sent a message of kind {}", output.kind);
            assert!(length <= DATAGRAM_BYTES_MAX, "{length} bytes in a datagram");
        }
        match message {
            ServerMessage::Welcome(welcome) => {
                assert_eq!(welcome.member, output.member, "the welcome is for another member");
                self.view.set_welcome(&welcome);
                self.lied = false;
            }
            ServerMessage::Map(map) => self.view.set_map(&map).expect("the room writes maps that can be read"),
            ServerMessage::Restart { epoch, first_tick } => {
                self.view.restart(epoch, first_tick);
                self.lied = false;
            }
            ServerMessage::Snapshot | ServerMessage::PlainSnapshot => {
                assert!(matches!(output.kind, kind::SNAPSHOT | kind::PLAIN_SNAPSHOT));
                if !lost || self.reliable {
                    self.apply(output.bytes);
                }
            }
            _ => {}
        }
    }

    fn apply(&mut self, bytes: &[u8]) {
        match self.view.apply(bytes) {
            _ if self.lied => {}
            Ok(applied) => assert_ne!(applied.check, Check::Mismatched, "the view differs from the truth"),
            Err(ApplyError::Stale | ApplyError::OtherEpoch) => {}
            Err(error) => panic!("a snapshot in order cannot be applied: {error}"),
        }
    }
}
