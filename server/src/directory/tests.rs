//! Seats, tickets and presences, when joins race, expire and restart.

use shared::limits::SPECTATORS_PER_ROOM_MAX;

use super::*;
use crate::games::testing::played;

fn directory() -> Directory {
    Directory::new(1, 100, Key::random())
}

fn redeem(directory: &Directory, kept: &Kept, now: Instant) -> Result<Reservation, TicketError> {
    let Ok(Pass::Ticket(ticket)) = directory.open(&kept.ticket) else { panic!("a ticket is a ticket") };
    assert_eq!(ticket.session, kept.session);
    directory.redeem(ticket, now)
}

fn open(directory: &Directory, seats: u16) -> Arc<RoomHandle> {
    let room = directory.new_room(0, played(), seats);
    directory.open_room(Arc::clone(&room));
    room
}

#[test]
fn shards_share_no_secret_and_each_has_its_own_again_after_a_restart() {
    let key = Key::random();
    let secrets = |shard| {
        let QuicSecrets { reset, retry, connection_ids } = Directory::new(2, 100, key.clone()).quic_secrets(shard);
        (reset, retry, connection_ids)
    };
    assert_eq!(secrets(0), secrets(0));
    let (first, second) = (secrets(0), secrets(1));
    assert!(first.0 != second.0 && first.1 != second.1 && first.2 != second.2 && first.0 != first.1);
}

#[test]
fn racing_reservations_never_exceed_the_seats() {
    let directory = directory();
    let room = open(&directory, 16);
    let now = Instant::now();
    let taken: usize = std::thread::scope(|scope| {
        let joins: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..50).filter(|_| directory.reserve(&room, "a", Role::Play, now).is_ok()).count()))
            .collect();
        joins.into_iter().map(|join| join.join().unwrap()).sum()
    });
    assert_eq!(taken, 16);
    assert_eq!(room.taken(), 16);
    assert_eq!(directory.players(), 16);
}

#[test]
fn ticket_works_once() {
    let directory = directory();
    let room = open(&directory, 1);
    let now = Instant::now();
    let ticket = directory.reserve(&room, "ann", Role::Play, now).unwrap();
    assert_eq!(redeem(&directory, &ticket, now).unwrap().name, "ann");
    assert_eq!(redeem(&directory, &ticket, now), Err(TicketError::Unknown));
    assert_eq!(room.taken(), 1, "the player has the seat now");
    directory.release(&room, Role::Play);
    assert_eq!(room.taken(), 0);
    assert_eq!(directory.players(), 0);
}

#[test]
fn ticket_works_until_it_expires_and_its_seat_is_free_from_then_on() {
    let directory = directory();
    let room = open(&directory, 2);
    let now = Instant::now();
    let before = now + TICKET_LIFE - Duration::from_millis(1);
    let in_time = directory.reserve(&room, "a", Role::Play, now).unwrap();
    let late = directory.reserve(&room, "b", Role::Play, now).unwrap();
    assert_eq!(directory.sweep(before), 0);
    assert!(redeem(&directory, &in_time, before).is_ok());
    assert_eq!(redeem(&directory, &late, now + TICKET_LIFE), Err(TicketError::Expired));
    assert_eq!(directory.sweep(now + TICKET_LIFE), 1);
    assert_eq!(room.taken(), 1);
}

#[test]
fn sweep_frees_the_seats_of_lost_tickets() {
    let directory = directory();
    let room = open(&directory, 2);
    let now = Instant::now();
    let ticket = directory.reserve(&room, "a", Role::Play, now).unwrap();
    directory.reserve(&room, "b", Role::Play, now + Duration::from_secs(1)).unwrap();
    assert_eq!(directory.sweep(now + TICKET_LIFE), 1);
    assert_eq!(room.taken(), 1);
    assert_eq!(redeem(&directory, &ticket, now), Err(TicketError::Unknown), "swept");
}

#[test]
fn closed_room_takes_nobody_and_a_kept_seat_keeps_it_open() {
    let directory = directory();
    let room = open(&directory, 2);
    let now = Instant::now();
    let ticket = directory.reserve(&room, "a", Role::Play, now).unwrap();
    assert!(!directory.close_room(room.id));
    redeem(&directory, &ticket, now).unwrap();
    directory.release(&room, Role::Play);
    assert!(directory.close_room(room.id));
    assert_eq!(directory.reserve(&room, "b", Role::Play, now), Err(ReserveError::RoomClosed { room: room.id }));
    assert!(directory.room(room.id).is_none());
    assert_eq!(directory.players(), 0);
}

#[test]
fn seat_of_a_room_that_is_not_listed_is_given_back_all_the_same() {
    let directory = directory();
    let room = directory.new_room(0, played(), 2);
    directory.keep(&room, Role::Play).unwrap();
    directory.release(&room, Role::Play);
    assert_eq!((directory.players(), room.taken()), (0, 0), "its shard took no command, or its session was over first");
}

#[test]
fn spectators_have_places_of_their_own_and_keep_a_room_open() {
    let directory = directory();
    let room = open(&directory, 1);
    let now = Instant::now();
    let ticket = directory.reserve(&room, "eye", Role::Watch, now).unwrap();
    assert!(directory.reserve(&room, "a", Role::Play, now).is_ok(), "the seat is free");
    assert_eq!(redeem(&directory, &ticket, now).unwrap().part, Role::Watch);
    directory.release(&room, Role::Play);
    assert!(!directory.close_room(room.id), "somebody watches");
    directory.release(&room, Role::Watch);
    assert!(directory.close_room(room.id));
    let closed = Err(ReserveError::RoomClosed { room: room.id });
    assert_eq!(directory.reserve(&room, "late", Role::Watch, now), closed);
}

#[test]
fn seats_and_tickets_of_an_abandoned_shard_are_free() {
    let directory = Directory::new(2, 100, Key::random());
    let rooms = [0, 1].map(|shard| {
        let room = directory.new_room(shard, played(), 4);
        directory.open_room(Arc::clone(&room));
        room
    });
    let now = Instant::now();
    let played = directory.reserve(&rooms[0], "a", Role::Play, now).unwrap();
    redeem(&directory, &played, now).unwrap();
    let unused = directory.reserve(&rooms[0], "b", Role::Play, now).unwrap();
    let watched = directory.reserve(&rooms[0], "c", Role::Watch, now).unwrap();
    let elsewhere = directory.reserve(&rooms[1], "d", Role::Play, now).unwrap();
    assert_eq!(directory.abandon_shard(0), [rooms[0].id]);
    assert_eq!(directory.players(), 1);
    assert!(directory.room(rooms[0].id).is_none());
    assert_eq!(redeem(&directory, &unused, now), Err(TicketError::Unknown));
    assert_eq!(redeem(&directory, &watched, now), Err(TicketError::Unknown));
    assert!(redeem(&directory, &elsewhere, now).is_ok());
    let closed = Err(ReserveError::RoomClosed { room: rooms[0].id });
    for part in [Role::Play, Role::Watch] {
        assert_eq!(directory.reserve(&rooms[0], "late", part, now), closed);
    }
    directory.release(&rooms[0], Role::Play);
    assert_eq!(directory.players(), 1, "a late release of the lost room frees nothing");
}

#[test]
fn spectators_are_limited() {
    let directory = directory();
    let room = open(&directory, 1);
    let now = Instant::now();
    for _ in 0..SPECTATORS_PER_ROOM_MAX {
        directory.reserve(&room, "eye", Role::Watch, now).unwrap();
    }
    assert_eq!(directory.reserve(&room, "eye", Role::Watch, now), Err(ReserveError::Crowded { room: room.id }));
}

#[test]
fn server_limit_counts_all_rooms() {
    let directory = Directory::new(1, 2, Key::random());
    let first = open(&directory, 2);
    let second = open(&directory, 2);
    let now = Instant::now();
    directory.reserve(&first, "a", Role::Play, now).unwrap();
    directory.reserve(&second, "b", Role::Play, now).unwrap();
    assert_eq!(directory.reserve(&second, "c", Role::Play, now), Err(ReserveError::ServerFull { players_max: 2 }));
    assert_eq!(second.taken(), 1);
}

#[test]
fn whoever_appears_second_hears_of_the_other_and_a_ticket_that_is_withdrawn_opens_nothing() {
    let directory = directory();
    let room = open(&directory, 2);
    let now = Instant::now();
    let network = Some("203.0.113.7/32".parse().unwrap());
    let presence = |part| Presence { room: room.id, part, network, account: None };
    let player = directory.reserve(&room, "a", Role::Play, now).unwrap();
    let watcher = directory.reserve(&room, "a", Role::Watch, now).unwrap();
    assert_eq!(directory.appear(player.session, presence(Role::Play), Role::Watch), []);
    assert_eq!(directory.appear(watcher.session, presence(Role::Watch), Role::Play), [player.session]);
    assert!(directory.withdraw(watcher.session) && !directory.withdraw(watcher.session));
    assert_eq!(redeem(&directory, &watcher, now), Err(TicketError::Unknown));
    assert_eq!(directory.players(), 1);
    redeem(&directory, &player, now).unwrap();
    directory.forget(player.session);
    assert_eq!(directory.appear(watcher.session, presence(Role::Watch), Role::Play), []);
}
