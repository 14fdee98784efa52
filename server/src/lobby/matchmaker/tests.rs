//! Seats kept and refused, rooms opened and closed.

use super::*;
use crate::{directory::TICKET_LIFE, games::testing, session::Key};

/// A matchmaker over shards that only note their commands.
struct Lobby {
    matchmaker: Matchmaker,
    directory: Arc<Directory>,
    told: Arc<Mutex<Vec<String>>>,
    now: Instant,
}

fn lobby(config: Config) -> Lobby {
    let directory = Arc::new(Directory::new(config.shards.into(), config.max_players, Key::random()));
    let prepared = PreparedGames::new(testing::games(), &config).unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let send: SendCommand = {
        let told = Arc::clone(&told);
        Arc::new(move |shard, command| {
            told.lock().unwrap().push(match command {
                ShardCommand::OpenRoom { handle, .. } => format!("shard {shard}: open {}", handle.id.0),
                ShardCommand::CloseRoom(room) => format!("shard {shard}: close {}", room.0),
                _ => format!("shard {shard}: something else"),
            });
            true
        })
    };
    let now = Instant::now();
    directory.shards().iter().for_each(|shard| shard.beat(now));
    let config = Arc::new(LiveConfig::from_program(testing::games(), config).unwrap());
    let matchmaker = Matchmaker::new(Arc::clone(&directory), config, prepared, 1, send);
    matchmaker.open_first_room().unwrap();
    Lobby { matchmaker, directory, told, now }
}

fn small(room_size: u16) -> Config {
    Config { room_size, max_rooms: 3, shards: 2, ..Config::default() }
}

impl Lobby {
    fn join(&self) -> Result<u32, Refusal> {
        self.join_as(None, None)
    }

    fn join_as(&self, mode: Option<usize>, room: Option<u32>) -> Result<u32, Refusal> {
        let wish = Wish {
            name: PlayerName::readable("Ann").unwrap(),
            game: None,
            mode,
            room: room.map(RoomId),
            part: Role::Play,
        };
        self.matchmaker.join(&wish, self.now).map(|seat| seat.room.id.0)
    }

    /// Time passes, and every shard keeps beating.
    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.directory.shards().iter().for_each(|shard| shard.beat(self.now));
        self.matchmaker.tidy(self.now);
    }

    fn rooms(&self) -> Vec<u32> {
        self.directory.rooms().iter().map(|room| room.id.0).collect()
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }
}

#[test]
fn joins_fill_a_room_before_the_next_one_opens() {
    let lobby = lobby(small(2));
    let rooms: Vec<_> = (0..6).map(|_| lobby.join().unwrap()).collect();
    assert_eq!(rooms, [1, 1, 2, 2, 3, 3]);
    assert_eq!(lobby.join(), Err(Refusal::AllRoomsFull { rooms_max: 3 }));
}

#[test]
fn fullest_room_that_fits_is_preferred() {
    let lobby = lobby(small(4));
    for _ in 0..6 {
        lobby.join().unwrap();
    }
    let first = lobby.directory.room(RoomId(1)).unwrap();
    (0..3).for_each(|_| lobby.directory.release(&first, Role::Play));
    assert_eq!(lobby.join(), Ok(2), "room 1 has one player left, room 2 has two");
}

#[test]
fn new_rooms_go_to_the_least_loaded_shard() {
    let lobby = lobby(small(1));
    for _ in 0..3 {
        lobby.join().unwrap();
    }
    assert_eq!(lobby.told(), ["shard 0: open 1", "shard 1: open 2", "shard 0: open 3"]);
}

#[test]
fn asked_mode_gets_a_room_of_its_own() {
    let lobby = lobby(small(4));
    assert_eq!(lobby.join_as(Some(1), None), Ok(2));
    assert_eq!(lobby.join_as(Some(1), None), Ok(2));
    assert_eq!(lobby.join(), Ok(1));
    let refusal = lobby.join_as(Some(0), Some(2)).unwrap_err();
    assert_eq!(refusal.to_string(), "room 2 plays team-deathmatch, not deathmatch");
}

#[test]
fn asked_room_is_joined_or_refused() {
    let lobby = lobby(small(1));
    assert_eq!(lobby.join_as(None, Some(1)), Ok(1));
    assert_eq!(lobby.join_as(None, Some(1)).unwrap_err().label(), "room_full");
    assert_eq!(lobby.join_as(None, Some(9)), Err(Refusal::UnknownRoom { room: RoomId(9) }));
}

#[test]
fn lost_tickets_free_their_seats() {
    let mut lobby = lobby(Config { max_rooms: 1, ..small(1) });
    lobby.join().unwrap();
    lobby.pass(TICKET_LIFE - Duration::from_millis(1));
    assert!(lobby.join().is_err());
    lobby.pass(Duration::from_millis(1));
    assert_eq!(lobby.join(), Ok(1));
}

#[test]
fn empty_room_closes_after_a_while_but_never_the_first() {
    let mut lobby = lobby(small(1));
    lobby.join().unwrap();
    lobby.join().unwrap();
    lobby.pass(TICKET_LIFE);
    lobby.pass(EMPTY_ROOM_LIFE - Duration::from_millis(1));
    assert_eq!(lobby.rooms(), [1, 2]);
    lobby.pass(Duration::from_millis(1));
    assert_eq!(lobby.rooms(), [1]);
    assert_eq!(lobby.told().last().unwrap(), "shard 1: close 2");
}

#[test]
fn room_that_somebody_came_back_to_stays_open() {
    let mut lobby = lobby(small(1));
    lobby.join().unwrap();
    lobby.join().unwrap();
    lobby.pass(TICKET_LIFE);
    lobby.pass(EMPTY_ROOM_LIFE / 2);
    lobby.join_as(None, Some(2)).unwrap();
    lobby.pass(Duration::ZERO);
    lobby.pass(TICKET_LIFE);
    lobby.pass(EMPTY_ROOM_LIFE / 2);
    assert_eq!(lobby.rooms(), [1, 2]);
}

#[test]
fn silent_or_overloaded_shard_gets_nobody() {
    let mut lobby = lobby(Config { shards: 1, ..small(4) });
    lobby.directory.shard(0).set_rung(3, true);
    assert_eq!(lobby.join(), Err(Refusal::Overloaded));
    assert_eq!(lobby.join_as(None, Some(1)), Err(Refusal::Overloaded));
    lobby.directory.shard(0).set_rung(0, false);
    lobby.now += SHARD_PATIENCE + Duration::from_millis(1);
    assert_eq!(lobby.join(), Err(Refusal::Overloaded));
    lobby.directory.shard(0).beat(lobby.now);
    assert_eq!(lobby.join(), Ok(1));
}

#[test]
fn draining_server_takes_nobody() {
    let lobby = lobby(small(4));
    lobby.matchmaker.drain();
    assert_eq!(lobby.join(), Err(Refusal::Draining));
}

#[test]
fn seed_repeats_the_seeds_of_all_rooms() {
    let seed = |server, room, past| room_seed(server, RoomId(room), past);
    assert_eq!(seed(5, 1, [0; 2]), seed(5, 1, [0; 2]));
    assert_ne!(seed(5, 1, [0; 2]), seed(5, 2, [0; 2]));
    assert_ne!(seed(5, 1, [0; 2]), seed(6, 1, [0; 2]));
    assert_ne!(seed(5, 1, [0; 2]), seed(5, 1, [7, 900]), "it is not begun again as it began");
}

#[test]
fn room_is_watched_once_it_is_older_than_it_is_shown_late() {
    for (spectators, secs) in [(Spectators::Live, 0), (Spectators::Delayed, 11)] {
        let lobby = lobby(Config { spectators, ..small(2) });
        let opened = lobby.directory.rooms()[0].opened;
        for room in [None, Some(RoomId(1))] {
            let watch = |at: Instant| {
                lobby.directory.shards().iter().for_each(|shard| shard.beat(at));
                let name = PlayerName::readable("Eye").unwrap();
                lobby
                    .matchmaker
                    .join(&Wish { name, game: None, mode: None, room, part: Role::Watch }, at)
                    .map(|seat| seat.room.id)
            };
            let enough = opened + Duration::from_secs(secs);
            assert_eq!(watch(enough), Ok(RoomId(1)));
            if secs > 0 {
                let early = watch(enough - Duration::from_millis(1_500));
                assert_eq!(early, Err(Refusal::NothingYet { room: RoomId(1), delay_secs: 10, wait_secs: 2 }));
            }
        }
    }
    let lobby = lobby(Config { spectators: Spectators::Off, ..small(2) });
    let wish =
        Wish { name: PlayerName::readable("Eye").unwrap(), game: None, mode: None, room: None, part: Role::Watch };
    assert_eq!(lobby.matchmaker.join(&wish, lobby.now).map(|_| ()), Err(Refusal::SpectatorsOff));
}

#[test]
fn room_that_failed_is_replaced_if_it_was_the_last() {
    let mut lobby = lobby(small(2));
    assert_eq!((lobby.join(), lobby.join(), lobby.join()), (Ok(1), Ok(1), Ok(2)));
    let abandon = |lobby: &Lobby, room| lobby.directory.abandon_room(&lobby.directory.room(RoomId(room)).unwrap());
    abandon(&lobby, 1);
    assert_eq!(
        (lobby.directory.players(), lobby.join()),
        (1, Ok(2)),
        "its seats are free, and its players find another room"
    );
    lobby.pass(Duration::from_secs(1));
    assert_eq!(lobby.rooms(), [2]);
    abandon(&lobby, 2);
    assert_eq!(lobby.directory.players(), 0);
    lobby.pass(Duration::from_secs(1));
    assert_eq!(lobby.rooms(), [3]);
    // A game that fails again and again does not fill the log.
    abandon(&lobby, 3);
    lobby.pass(Duration::from_secs(5));
    assert!(lobby.rooms().is_empty());
    lobby.pass(Duration::from_secs(5));
    assert_eq!(lobby.rooms(), [4]);
}
