//! Compares the table of errors in `docs/protocol.md` with the answers.

use std::{collections::BTreeMap, time::Duration};

use super::*;
use crate::{
    config::Network,
    security::guard::{Ban, Limit},
};

/// One refusal for each pattern. A variant without a pattern does not compile, and a pattern without its refusal fails.
macro_rules! one_of_each {
    ($($pattern:pat => $refusal:expr,)*) => {{
        let _exhaustive = |refusal: &Refusal| match refusal { $($pattern => (),)* };
        vec![$({
            let refusal = $refusal;
            assert!(matches!(refusal, $pattern), "{refusal:?} is not what its pattern says");
            refusal
        },)*]
    }};
}

fn every_refusal() -> Vec<Refusal> {
    let room = RoomId(1);
    let network: Network = "203.0.113.0/24".parse().expect("a network");
    let (words, ban) = (String::new, Ban { network, until: None, reason: String::new(), by: String::new() });
    one_of_each! {
        Refusal::BadRequest(_) => Refusal::BadRequest(words()),
        Refusal::NotJson => Refusal::NotJson,
        Refusal::TooLarge { .. } => Refusal::TooLarge { limit: 1 },
        Refusal::TimedOut => Refusal::TimedOut,
        Refusal::Name(_) => Refusal::Name(NameError::Empty),
        Refusal::UnknownMode(_) => Refusal::UnknownMode(words()),
        Refusal::OtherMode { .. } => Refusal::OtherMode { room, played: "free", wanted: "teams" },
        Refusal::UnknownGame(_) => Refusal::UnknownGame(words()),
        Refusal::OtherGame { .. } => Refusal::OtherGame { room, played: "go", wanted: "chess" },
        Refusal::UnknownRoom { .. } => Refusal::UnknownRoom { room },
        Refusal::SpectatorsOff => Refusal::SpectatorsOff,
        Refusal::NothingYet { .. } => Refusal::NothingYet { room, delay_secs: 10, wait_secs: 3 },
        Refusal::OwnMatch { .. } => Refusal::OwnMatch { room },
        Refusal::NoPage { .. } => Refusal::NoPage { game: "chess" },
        Refusal::UnknownPath => Refusal::UnknownPath,
        Refusal::WrongMethod(_) => Refusal::WrongMethod(words()),
        Refusal::NoSeat(ReserveError::RoomFull { .. }) => ReserveError::RoomFull { room, seats: 16 }.into(),
        Refusal::NoSeat(ReserveError::Crowded { .. }) => ReserveError::Crowded { room }.into(),
        Refusal::NoSeat(ReserveError::RoomClosed { .. }) => ReserveError::RoomClosed { room }.into(),
        Refusal::NoSeat(ReserveError::ServerFull { .. }) => ReserveError::ServerFull { players_max: 1 }.into(),
        Refusal::AllRoomsFull { .. } => Refusal::AllRoomsFull { rooms_max: 1 },
        Refusal::NothingToWatch => Refusal::NothingToWatch,
        Refusal::Guarded(Refused::TooMuch { .. }) =>
            Refused::TooMuch { limit: Limit::Joins, network, most: 1, wait: Duration::from_secs(7) }.into(),
        Refusal::Guarded(Refused::Banned { .. }) => Refused::Banned { ban }.into(),
        Refusal::Overloaded => Refusal::Overloaded,
        Refusal::Recovering => Refusal::Recovering,
        Refusal::Draining => Refusal::Draining,
        Refusal::Account(AccountError::Required) => AccountError::Required.into(),
        Refusal::Account(AccountError::Malformed) => AccountError::Malformed.into(),
        Refusal::Account(AccountError::Refused(_)) => AccountError::Refused(words()).into(),
        Refusal::WrongOrigin { .. } => Refusal::WrongOrigin { origin: words() },
        Refusal::UpgradeRequired => Refusal::UpgradeRequired,
    }
}

/// The answer that a program gets: the word, the status, and true if it has a time to try again.
type Told = BTreeMap<String, (u16, bool)>;

const DOCUMENT: &str = include_str!("../../../../docs/protocol.md");

fn documented() -> Told {
    let (_, table) = DOCUMENT.split_once("<!-- refusals -->\n").expect("the table is marked");
    let (table, _) = table.split_once("<!-- end -->").expect("the table ends");
    let mut told = Told::new();
    for row in table.lines().skip(2) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [word, status, again, _, advice] = cells[..] else { panic!("a row of five cells: {row}") };
        let status = status.parse().expect("a status is a number");
        assert_eq!(again != "no", advice.starts_with("try again"), "the advice does not fit the retry time: {row}");
        let before = told.insert(word.trim_matches('`').to_owned(), (status, again != "no"));
        assert_eq!(before, None, "{word} has two rows");
    }
    told
}

#[test]
fn every_refusal_is_in_the_table_of_the_document_and_no_other() {
    let mut answered = Told::new();
    for refusal in every_refusal() {
        let word = refusal.label().to_owned();
        let response = refusal.into_response();
        let told = (response.status().as_u16(), response.headers().contains_key("retry-after"));
        let before = *answered.entry(word.clone()).or_insert(told);
        assert_eq!(before, told, "{word} has two meanings");
    }
    assert_eq!(answered, documented());
}

#[test]
fn document_names_the_limits_that_answers_may_name() {
    let (_, sentence) = DOCUMENT.split_once("the body's `limit` is one of ").expect("the sentence");
    let (sentence, _) = sentence.split_once(").\n").expect("the sentence ends");
    for limit in Limit::ALL {
        let is_answered = match limit {
            Limit::Connections
            | Limit::HalfOpen
            | Limit::Tickets
            | Limit::Players
            | Limit::NewConnections
            | Limit::Joins
            | Limit::Requests
            | Limit::Answers
            | Limit::Places
            | Limit::Addresses => true,
            // These limits are for links, or have errors of their own.
            Limit::Handshakes | Limit::Bytes | Limit::Messages | Limit::Packets | Limit::Inputs | Limit::Banned => {
                false
            }
        };
        assert_eq!(sentence.contains(&format!("`{}`", limit.label())), is_answered, "{limit:?}");
    }
}
