//! Files as input: a room continues from its own file, other files are refused, and hostile files cause no panic.

use super::*;

#[test]
fn other_files_are_refused() {
    assert_eq!(Replay::open(Vec::new()).err(), Some(RecordError::NoRecording));
    assert_eq!(
        Replay::open(b"PNG and so on, much longer than a header".to_vec()).err(),
        Some(RecordError::NoRecording)
    );
    let mut header = Vec::new();
    FileHeader::new::<World>("test", 0).encode(&mut header);
    assert!(matches!(Replay::open(header).err(), Some(RecordError::NoStart { .. })));
}

#[test]
fn room_goes_on_from_a_torn_file_in_the_same_file() {
    let mut play = Play::new(Mode::TeamDeathmatch, 6, 2);
    play.run(30 * 9);
    let file = &play.recorded.files[0];
    let recovered = recover(file[..file.len() - 3].to_vec()).unwrap();
    let at = recovered.tick();
    assert!(play.room.now().since(at) < 30, "less than a second is lost");
    assert_eq!(recovered.play.game().hash(), play.recorded.hashes[0][&at.0]);
    let sessions: Vec<_> = recovered.sessions.iter().filter_map(|note| note.member.player()).collect();
    let roster = recovered.play.roster();
    let humans: Vec<_> = roster.iter().filter(|(_, profile)| !profile.opponent).map(|(player, _)| player).collect();
    assert!(!humans.is_empty());
    assert_eq!(sessions, humans, "everyone who joined was named");

    let (before, summary) = (roster.clone(), recovered.play.game().summary());
    let config =
        RoomConfig { fill: 5, ..RoomConfig::new(recovered.play.map().clone(), recovered.info.start.tick_rate) };
    let mut room = Room::restore(config, recovered.play, &recovered.trail, 1);
    assert_eq!((room.play().roster(), room.summary()), (&before, summary));
    assert_eq!((room.players(), room.held()), (humans.len(), humans.len()));
    // A player who resumes keeps its seat and gets the whole state; the others leave.
    assert!(room.resume(humans[0], &Joining { name: String::new(), plain: false, reliable: true }));
    for &player in &humans[1..] {
        room.leave(player);
    }
    let whole = file[..recovered.good_bytes].to_vec();
    let recorded = Recorded { files: vec![whole], hashes: vec![play.recorded.hashes[0].clone()] };
    room.record(RecordOptions { shard: 0, checkpoint_secs: 2 });
    let mut after =
        Play { room, rng: Rng::new(4), players: vec![humans[0]], inputs: BTreeMap::new(), recorded, lossy: false };
    // The repeated start belongs to the same match, so this test does not begin a new file for it.
    while let Some(chunk) = after.room.poll_record() {
        pack(&chunk, &mut after.recorded.files[0]);
    }
    after.run(60);
    let file = after.end().files.remove(0);
    let verified = verify(file).unwrap();
    assert!(verified.is_sound(), "{:?} {:?} {:?}", verified.gaps, verified.first_difference, verified.info.damage);
    assert_eq!(verified.info.last, at.plus(60));
}

/// The file with a changed header.
fn with_header(file: &[u8], change: impl FnOnce(&mut FileHeader)) -> Vec<u8> {
    let mut header = FileHeader::peek(file).expect("it is a recording");
    let mut before = Vec::new();
    header.encode(&mut before);
    assert!(file.starts_with(&before));
    change(&mut header);
    let mut out = Vec::new();
    header.encode(&mut out);
    out.extend_from_slice(&file[before.len()..]);
    out
}

#[test]
fn match_of_other_rules_goes_on_from_its_last_checkpoint() {
    let (file, hashes) = short();
    let other_rules = with_header(&file, |header| header.rules ^= 1);
    let other_version = with_header(&file, |header| header.game_version += 1);
    for file in [other_rules, other_version] {
        let recovered = recover(file).unwrap();
        assert!(!recovered.info.same_rules && !recovered.diverged);
        // Other rules give other ticks, so none is played.
        assert_eq!((recovered.info.checkpoints.last(), recovered.replayed), (Some(&recovered.tick()), 0));
        assert!(recovered.tick() >= Tick(LAST_TICK - 30));
        assert_eq!(recovered.play.game().hash(), hashes[&recovered.tick().0]);
    }
}

#[test]
fn recording_of_another_game_is_refused_by_name() {
    let file = with_header(&short().0, |header| "petri".clone_into(&mut header.game));
    let refused = RecordError::OtherGame { theirs: "petri".to_owned(), ours: "arena" };
    assert_eq!(refused.to_string(), "the recording is of the game `petri`, not of `arena`");
    assert_eq!(Replay::open(file.clone()).err(), Some(refused.clone()));
    assert_eq!(recover(file.clone()).err(), Some(refused.clone()));
    assert_eq!(verify(file.clone()).err(), Some(refused));
    // A server with several games reads only the header first.
    assert_eq!(FileHeader::peek(&file).unwrap().game, "petri");
}

#[test]
fn end_says_how_the_match_stood_and_who_was_there() {
    let mut play = Play::new(Mode::TeamDeathmatch, 2, 10);
    play.run(30 * 10);
    let (roster, summary) = (play.room.play().roster().clone(), play.room.summary());
    let end = Replay::open(play.end().files.remove(0)).unwrap().info().end.clone().expect("it was ended");
    assert!(!end.roster.is_empty() && !end.summary.players.is_empty());
    assert!(end.roster.iter().map(|(player, profile)| (*player, profile)).eq(roster.iter()));
    assert_eq!(end.summary, summary);
}

/// A file may come from anyone: the match, the players and the past in its checkpoint may be anything.
#[test]
fn no_byte_of_a_checkpoint_can_panic_what_it_becomes() {
    let mut play = Play::new(Mode::Deathmatch, 3, 1);
    play.run(45);
    let file = play.end().files.remove(0);
    let chunks = room::record::chunks(&file).expect("the header is right");
    let last = chunks.iter().rposition(|(_, chunk, _)| chunk.kind == ChunkKind::Checkpoint).expect("there are some");
    let (offset, checkpoint, body) = &chunks[last];
    let (mut accepted, mut refused, mut rng) = (0, 0, Rng::new(1));
    for place in 0..body.len() {
        for value in [0, 1, 0x7f, 0xcd, rng.next_u64() as u8] {
            let mut body = body.clone();
            body[place] = value;
            // The start, this checkpoint alone, and the chunks after it.
            let mut hostile = file[..chunks[1].0].to_vec();
            pack(&room::record::RawChunk { body: &body, ..*checkpoint }, &mut hostile);
            let rest = chunks.get(last + 1).map_or(*offset, |chunk| chunk.0);
            hostile.extend_from_slice(&file[rest..]);
            let Ok(mut replay) = Replay::open(hostile) else {
                refused += 1;
                continue;
            };
            accepted += 1;
            while replay.step() != Step::End {}
        }
    }
    assert!(accepted > 100 && refused > 100, "{accepted} were played, {refused} were refused");
}

/// A shot may hit a target of some ticks ago, also directly after a checkpoint.
#[test]
fn past_of_a_checkpoint_is_what_was_there() {
    let mut play = Play::new(Mode::Deathmatch, 3, 1);
    let mut memory = Trail::new(play.room.game().slots().tracked, 64, Tick(0));
    let mut there = 0;
    for tick in 1..=80 {
        play.run(1);
        memory.record(Tick(tick), play.room.game().entities());
        if tick % 7 != 0 && tick > 3 {
            continue;
        }
        play.room.record_again();
        play.collect();
        let Recovered { trail, replayed, .. } = recover(play.recorded.files[0].clone()).unwrap();
        assert_eq!((trail.newest(), trail.ticks(), trail.tracked(), replayed), (Tick(tick), 6, memory.tracked(), 0));
        for tick in (0..trail.ticks().min(tick)).map(|age| Tick(tick - age)) {
            for id in (0..trail.tracked() as u16).map(EntityId) {
                there += u32::from(trail.entity(id, tick).is_some());
                assert_eq!(trail.entity(id, tick), memory.entity(id, tick), "{id:?} in {tick:?}");
            }
        }
    }
    assert!(there > 500, "{there}");
}
