//! A room as a trait object, the same for every game, so that a server can run rooms of several games.
//!
//! A room itself is compiled for its game and has no dynamic dispatch inside. The server makes only a few calls per player and tick
//! through this trait.

use std::fmt::Debug;

use shared::{
    EntityId, MemberId, PlayerId, SpectatorId, Tick,
    game::{Game, Profile, Summary, reflect::Reflected},
    wire::{DecodeError, InputBytes},
};

use crate::{
    Inspection, JoinError, Joining, Look, Output, Phase, PlayerStats, Room, RoomStats,
    contract::Breach,
    record::{RawChunk, RecordOptions},
};

/// A room of any game; [`Room`] documents its methods.
#[allow(missing_docs, reason = "each method is described at the room's own of the same name")]
pub trait Match: Debug + Send {
    fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError>;
    fn spectate(&mut self, joining: &Joining) -> Result<SpectatorId, JoinError>;
    fn watch(&mut self, spectator: SpectatorId, player: PlayerId);
    fn leave(&mut self, member: MemberId);
    fn hold(&mut self, member: MemberId);
    fn resume(&mut self, member: MemberId, joining: &Joining) -> bool;
    fn restore_spectator(&mut self, spectator: SpectatorId);

    fn handle_input_bytes(
        &mut self,
        member: MemberId,
        message: InputBytes<'_>,
        until_tick_us: u32,
    ) -> Result<(), DecodeError>;
    fn handle_chat(&mut self, player: PlayerId, text: &str);
    fn announce(&mut self, text: &str);
    fn restart(&mut self, member: MemberId);
    fn resync(&mut self, member: MemberId);
    fn set_blocked(&mut self, member: MemberId, blocked: bool);
    fn set_reduction(&mut self, rung: u8);
    fn end_match(&mut self);
    fn change_map(&mut self, index: usize) -> bool;

    fn tick_observed(&mut self, observe: &mut dyn FnMut(Phase));
    fn poll_output(&mut self) -> Option<Output<'_>>;

    fn inspect(&mut self, look: &Look) -> Inspection;
    fn edit(&mut self, id: EntityId, field: &str, value: &Reflected) -> Result<(), String>;

    fn record(&mut self, options: RecordOptions);
    fn poll_record(&mut self) -> Option<RawChunk<'_>>;
    fn note_session(&mut self, member: MemberId, session: u64, generation: u32, account: Option<u64>);
    fn suspend_record(&mut self);
    fn record_again(&mut self);
    fn end_record(&mut self);
    fn fail_record(&mut self, reason: &str);

    fn breach(&self) -> Option<Breach>;
    fn now(&self) -> Tick;
    fn now_of(&self, member: MemberId) -> Tick;
    fn players(&self) -> usize;
    fn spectators(&self) -> usize;
    fn opponents(&self) -> usize;
    fn is_held(&self, player: PlayerId) -> bool;
    fn stats(&self) -> RoomStats;
    fn player_stats(&self, member: MemberId) -> Option<PlayerStats>;
    /// All players with a seat, opponents included, in the order of seats.
    fn roster(&self) -> Vec<(PlayerId, Profile)>;
    /// The game's summary of the match. It allocates a few times per player, so call it only a few times a second.
    fn summary(&self) -> Summary;
    fn map_name(&self) -> &str;
    fn map_names(&self) -> Vec<String>;
}

impl<G: Game> Match for Room<G> {
    fn join(&mut self, joining: Joining) -> Result<PlayerId, JoinError> {
        self.join(joining)
    }

    fn spectate(&mut self, joining: &Joining) -> Result<SpectatorId, JoinError> {
        self.spectate(joining)
    }

    fn watch(&mut self, spectator: SpectatorId, player: PlayerId) {
        self.watch(spectator, player);
    }

    fn leave(&mut self, member: MemberId) {
        self.leave(member);
    }

    fn hold(&mut self, member: MemberId) {
        self.hold(member);
    }

    fn resume(&mut self, member: MemberId, joining: &Joining) -> bool {
        self.resume(member, joining)
    }

    fn restore_spectator(&mut self, spectator: SpectatorId) {
        self.restore_spectator(spectator);
    }

    fn handle_input_bytes(
        &mut self,
        member: MemberId,
        message: InputBytes<'_>,
        until_tick_us: u32,
    ) -> Result<(), DecodeError> {
        self.handle_input_bytes(member, message, until_tick_us)
    }

    fn handle_chat(&mut self, player: PlayerId, text: &str) {
        self.handle_chat(player, text);
    }

    fn announce(&mut self, text: &str) {
        self.announce(text);
    }

    fn restart(&mut self, member: MemberId) {
        self.restart(member);
    }

    fn resync(&mut self, member: MemberId) {
        self.resync(member);
    }

    fn set_blocked(&mut self, member: MemberId, blocked: bool) {
        self.set_blocked(member, blocked);
    }

    fn set_reduction(&mut self, rung: u8) {
        self.set_reduction(rung);
    }

    fn end_match(&mut self) {
        self.end_match();
    }

    fn change_map(&mut self, index: usize) -> bool {
        self.change_map(index)
    }

    fn tick_observed(&mut self, observe: &mut dyn FnMut(Phase)) {
        self.tick_observed(observe);
    }

    fn poll_output(&mut self) -> Option<Output<'_>> {
        self.poll_output()
    }

    fn inspect(&mut self, look: &Look) -> Inspection {
        self.inspect(look)
    }

    fn edit(&mut self, id: EntityId, field: &str, value: &Reflected) -> Result<(), String> {
        self.edit(id, field, value)
    }

    fn record(&mut self, options: RecordOptions) {
        self.record(options);
    }

    fn poll_record(&mut self) -> Option<RawChunk<'_>> {
        self.poll_record()
    }

    fn note_session(&mut self, member: MemberId, session: u64, generation: u32, account: Option<u64>) {
        self.note_session(member, session, generation, account);
    }

    fn suspend_record(&mut self) {
        self.suspend_record();
    }

    fn record_again(&mut self) {
        self.record_again();
    }

    fn end_record(&mut self) {
        self.end_record();
    }

    fn fail_record(&mut self, reason: &str) {
        self.fail_record(reason);
    }

    fn breach(&self) -> Option<Breach> {
        self.breach()
    }

    fn now(&self) -> Tick {
        self.now()
    }

    fn now_of(&self, member: MemberId) -> Tick {
        self.now_of(member)
    }

    fn players(&self) -> usize {
        self.players()
    }

    fn spectators(&self) -> usize {
        self.spectators()
    }

    fn opponents(&self) -> usize {
        self.opponents()
    }

    fn is_held(&self, player: PlayerId) -> bool {
        self.is_held(player)
    }

    fn stats(&self) -> RoomStats {
        self.stats()
    }

    fn player_stats(&self, member: MemberId) -> Option<PlayerStats> {
        self.player_stats(member)
    }

    fn roster(&self) -> Vec<(PlayerId, Profile)> {
        self.roster().iter().map(|(player, profile)| (player, profile.clone())).collect()
    }

    fn summary(&self) -> Summary {
        self.summary()
    }

    fn map_name(&self) -> &str {
        self.map_name()
    }

    fn map_names(&self) -> Vec<String> {
        self.map_names().map(str::to_owned).collect()
    }
}
