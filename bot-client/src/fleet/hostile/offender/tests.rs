//! Checks the bytes of each attack as the server reads them.

use shared::wire::DecodeError;

use super::*;
use crate::samples::Steering;

/// First fair tick; the server has sent snapshots up to `BEHIND` ticks before each.
const BEGIN: u32 = 1_000;
const BEHIND: u32 = 5;

fn fair(tick: u32) -> Output {
    let ack = Ack { newest: Tick(tick - BEHIND), missing: 0 };
    let input = Steering { angle: (tick % 100) as u16, ..Steering::default() };
    Output { channel: Channel::Unreliable, bytes: InputMessage::new(Tick(tick), ack, 8, [input; 3]).encoded() }
}

/// Messages sent in each of `ticks` ticks after the fair ones.
fn sent(attack: AttackKind, ticks: u32) -> Vec<(u32, Vec<Output>)> {
    let mut offender = Offender::<Steering>::new(attack, Rng::new(7));
    let mut all = Vec::new();
    for tick in BEGIN..BEGIN + FAIR_TICKS + ticks {
        let mut out = Vec::new();
        offender.spoil(fair(tick), &mut out);
        if tick < BEGIN + FAIR_TICKS {
            assert_eq!(out, [fair(tick)], "{attack} begins with fair play");
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
fn other_messages_than_inputs_are_unchanged() {
    for attack in AttackKind::ALL {
        let mut offender = Offender::<Steering>::new(attack, Rng::new(7));
        let ping = Output { channel: Channel::Unreliable, bytes: encoded(&ClientMessage::Ping { token: 7 }) };
        let mut out = Vec::new();
        (0..2 * FAIR_TICKS).for_each(|_| offender.spoil(ping.clone(), &mut out));
        assert_eq!((out.len(), offender.committed()), (2 * FAIR_TICKS as usize, 0), "{attack}");
        assert!(out.iter().all(|output| *output == ping));
    }
}

#[test]
fn late_inputs_are_for_ticks_whose_snapshot_was_sent() {
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
fn greedy_bot_exceeds_the_input_rate_but_not_the_message_rate() {
    const TICKS: u32 = 100;
    let sent = sent(AttackKind::Greedy, TICKS);
    let messages = sent.iter().map(|(_, out)| out.len() as u32).sum::<u32>();
    assert!(messages > TICKS * INPUT_MESSAGES_PER_TICK_MAX && messages < TICKS * MESSAGES_PER_TICK_MAX, "{messages}");
    for (tick, out) in sent {
        assert_eq!(out[0], fair(tick));
        assert!(out[1..].iter().all(|output| inputs(output).newest.0 > tick), "each is for a later tick");
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
fn lying_bot_acks_what_it_did_not_receive() {
    let lies = sent(AttackKind::Lying, 50);
    let honest = lies.iter().filter(|(tick, out)| inputs(&out[0]).ack == inputs(&fair(*tick)).ack);
    assert_eq!(honest.count(), 0);
    assert!(
        lies.iter().all(|(tick, out)| out.len() == 1 && inputs(&out[0]).newest.0 == *tick),
        "its inputs are for the right ticks"
    );
}

#[test]
fn chatty_bot_sends_lines_and_resyncs_in_turn_and_plays_fair() {
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
fn malformed_messages_replace_inputs_on_either_channel() {
    for attack in [AttackKind::Truncated, AttackKind::Mistyped, AttackKind::Deep, AttackKind::Unknown] {
        let outputs: Vec<Output> = sent(attack, 50).into_iter().flat_map(|(_, out)| out).collect();
        assert_eq!(outputs.len(), 50);
        for channel in [Channel::Reliable, Channel::Unreliable] {
            assert!(outputs.iter().any(|output| output.channel == channel), "{attack}");
        }
        for output in outputs {
            let error = malformed::fault::<Steering>(&output.bytes).expect("it is malformed");
            let expected = match attack {
                AttackKind::Truncated => matches!(error, DecodeError::Truncated { .. }),
                AttackKind::Mistyped => matches!(error, DecodeError::WrongType { .. }),
                AttackKind::Deep => matches!(error, DecodeError::TooDeep { .. }),
                _ => matches!(error, DecodeError::UnknownKind { .. }),
            };
            assert!(expected, "{attack}: {error:?}");
        }
    }
}

#[test]
fn second_hello_is_a_valid_message() {
    for (tick, out) in sent(AttackKind::Hello, 5) {
        assert_eq!(out[0], fair(tick));
        assert!(matches!(ClientMessage::decode(&out[1].bytes), Ok(ClientMessage::Hello(_))), "{out:?}");
    }
}

#[test]
fn deaf_bot_plays_until_it_stops_reading_and_then_requests_more() {
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
fn every_message_that_breaks_a_rule_is_counted() {
    for attack in AttackKind::ALL {
        let mut offender = Offender::<Steering>::new(attack, Rng::new(7));
        let mut out = Vec::new();
        (BEGIN..BEGIN + FAIR_TICKS + 4).for_each(|tick| offender.spoil(fair(tick), &mut out));
        let fair_ones = (BEGIN..BEGIN + FAIR_TICKS + 4).filter(|&tick| out.contains(&fair(tick))).count();
        let counted = if attack == AttackKind::Repeated { 4 } else { out.len() - fair_ones };
        assert_eq!(offender.committed(), counted as u64, "{attack}");
    }
}
