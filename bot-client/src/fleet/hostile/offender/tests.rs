//! The bytes of each foul, as the server reads them.

use shared::wire::DecodeError;

use super::*;
use crate::samples::Steering;

/// Fair ticks begin here; the server has told of those before `ACKED`.
const BEGIN: u32 = 1_000;
const BEHIND: u32 = 5;

fn fair(tick: u32) -> Output {
    let ack = Ack { newest: Tick(tick - BEHIND), missing: 0 };
    let input = Steering { angle: (tick % 100) as u16, ..Steering::default() };
    Output { channel: Channel::Unreliable, bytes: InputMessage::new(Tick(tick), ack, 8, [input; 3]).encoded() }
}

/// What is sent in so many ticks once the fair ones are over, tick by tick.
fn sent(foul: AttackKind, ticks: u32) -> Vec<(u32, Vec<Output>)> {
    let mut offender = Offender::<Steering>::new(foul, Rng::new(7));
    let mut all = Vec::new();
    for tick in BEGIN..BEGIN + FAIR_TICKS + ticks {
        let mut out = Vec::new();
        offender.spoil(fair(tick), &mut out);
        if tick < BEGIN + FAIR_TICKS {
            assert_eq!(out, [fair(tick)], "{foul} begins with fair play");
        } else {
            all.push((tick, out));
        }
    }
    all
}

fn inputs(output: &Output) -> InputMessage<Steering> {
    match ClientMessage::decode(&output.bytes) {
        Ok(ClientMessage::Input(inputs)) => inputs.decode().unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_input_passes_as_it_is() {
    for foul in AttackKind::ALL {
        let mut offender = Offender::<Steering>::new(foul, Rng::new(7));
        let ping = Output { channel: Channel::Unreliable, bytes: encoded(&ClientMessage::Ping { token: 7 }) };
        let mut out = Vec::new();
        (0..2 * FAIR_TICKS).for_each(|_| offender.spoil(ping.clone(), &mut out));
        assert_eq!((out.len(), offender.committed()), (2 * FAIR_TICKS as usize, 0), "{foul}");
        assert!(out.iter().all(|output| *output == ping));
    }
}

#[test]
fn late_inputs_are_for_ticks_the_server_has_told_of() {
    let mut just_passed = 0;
    for (tick, out) in sent(AttackKind::Late, 500) {
        let [output] = &out[..] else { panic!("{out:?}") };
        let late = inputs(output);
        assert!(late.newest.0 <= tick - BEHIND, "{late:?}");
        assert_eq!((late.ack, late.iter().count()), (inputs(&fair(tick)).ack, 3));
        just_passed += u32::from(late.newest.0 == tick - BEHIND);
    }
    assert!((250..300).contains(&just_passed), "{just_passed}");
}

#[test]
fn early_inputs_are_all_beyond_the_window() {
    for (tick, out) in sent(AttackKind::Early, 500) {
        let [output] = &out[..] else { panic!("{out:?}") };
        let oldest = inputs(output).iter().last().map(|(tick, _)| tick.0);
        assert!(oldest.is_some_and(|oldest| oldest > tick + INPUT_WINDOW as u32), "{oldest:?} in {tick}");
    }
}

#[test]
fn repeated_messages_are_the_same_to_the_byte() {
    for (tick, out) in sent(AttackKind::Repeated, 50) {
        assert_eq!(out, [fair(tick), fair(tick - 1)]);
    }
}

#[test]
fn greedy_bot_sends_more_inputs_than_are_taken_and_fewer_messages_than_close() {
    const TICKS: u32 = 100;
    let sent = sent(AttackKind::Greedy, TICKS);
    let messages = sent.iter().map(|(_, out)| out.len() as u32).sum::<u32>();
    assert!(messages > TICKS * INPUT_MESSAGES_PER_TICK_MAX && messages < TICKS * MESSAGES_PER_TICK_MAX, "{messages}");
    for (tick, out) in sent {
        assert_eq!(out[0], fair(tick));
        assert!(out[1..].iter().all(|output| inputs(output).newest.0 > tick), "each wants a tick of its own");
    }
}

#[test]
fn flood_is_beyond_every_rate() {
    for (tick, out) in sent(AttackKind::Flood, 5) {
        assert_eq!(out[0], fair(tick));
        assert_eq!(out.len() as u32, 1 + FLOOD_PER_TICK);
    }
}

#[test]
fn lies_are_not_what_was_received() {
    let lies = sent(AttackKind::Lying, 50);
    let honest = lies.iter().filter(|(tick, out)| inputs(&out[0]).ack == inputs(&fair(*tick)).ack);
    assert_eq!(honest.count(), 0);
    assert!(
        lies.iter().all(|(tick, out)| out.len() == 1 && inputs(&out[0]).newest.0 == *tick),
        "it plays all the same"
    );
}

#[test]
fn chatter_is_lines_and_resyncs_in_turn_beside_fair_play() {
    let mut kinds = [0, 0];
    for (tick, out) in sent(AttackKind::Chatty, 40) {
        assert_eq!((out.len(), &out[0], out[1].channel), (2, &fair(tick), Channel::Reliable));
        match ClientMessage::decode(&out[1].bytes) {
            Ok(ClientMessage::Chat { text }) if text.len() == CHAT_BYTES_MAX => kinds[0] += 1,
            Ok(ClientMessage::Resync) => kinds[1] += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(kinds, [20, 20]);
}

#[test]
fn malformed_messages_stand_in_the_place_of_inputs_on_either_channel() {
    for foul in [AttackKind::Truncated, AttackKind::Mistyped, AttackKind::Deep, AttackKind::Unknown] {
        let outputs: Vec<Output> = sent(foul, 50).into_iter().flat_map(|(_, out)| out).collect();
        assert_eq!(outputs.len(), 50);
        for channel in [Channel::Reliable, Channel::Unreliable] {
            assert!(outputs.iter().any(|output| output.channel == channel), "{foul}");
        }
        for output in outputs {
            let error = malformed::fault::<Steering>(&output.bytes).expect("it is malformed");
            let expected = match foul {
                AttackKind::Truncated => matches!(error, DecodeError::Truncated { .. }),
                AttackKind::Mistyped => matches!(error, DecodeError::WrongType { .. }),
                AttackKind::Deep => matches!(error, DecodeError::TooDeep { .. }),
                _ => matches!(error, DecodeError::UnknownKind { .. }),
            };
            assert!(expected, "{foul}: {error:?}");
        }
    }
}

#[test]
fn second_hello_is_one_that_could_be_the_first() {
    for (tick, out) in sent(AttackKind::Hello, 5) {
        assert_eq!(out[0], fair(tick));
        assert!(matches!(ClientMessage::decode(&out[1].bytes), Ok(ClientMessage::Hello(_))), "{out:?}");
    }
}

#[test]
fn deaf_bot_plays_on_until_it_stops_reading_and_then_demands() {
    let mut offender = Offender::<Steering>::new(AttackKind::Deaf, Rng::new(7));
    let mut out = Vec::new();
    for tick in BEGIN..BEGIN + FAIR_TICKS {
        offender.spoil(fair(tick), &mut out);
        assert!(!offender.is_deaf());
    }
    offender.spoil(fair(BEGIN + FAIR_TICKS), &mut out);
    assert!(offender.is_deaf() && out.len() == 1 + FAIR_TICKS as usize);
    out.clear();
    offender.demands(&mut out);
    let messages: Vec<_> = out.iter().map(|output| ClientMessage::decode(&output.bytes).unwrap()).collect();
    assert_eq!(messages, [ClientMessage::Ping { token: 0 }, ClientMessage::Resync]);
}

#[test]
fn every_foul_but_silence_is_counted() {
    for foul in AttackKind::ALL {
        let mut offender = Offender::<Steering>::new(foul, Rng::new(7));
        let mut out = Vec::new();
        (BEGIN..BEGIN + FAIR_TICKS + 4).for_each(|tick| offender.spoil(fair(tick), &mut out));
        let fair_ones = (BEGIN..BEGIN + FAIR_TICKS + 4).filter(|&tick| out.contains(&fair(tick))).count();
        let counted = if foul == AttackKind::Repeated { 4 } else { out.len() - fair_ones };
        assert_eq!(offender.committed(), counted as u64, "{foul}");
    }
}
