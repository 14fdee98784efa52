//! The games that bots can play, as values without the game's type.

use std::process::ExitCode;

use shared::game::{Behavior, Bot, Game};
use tokio::runtime::Runtime;

use crate::{
    capacity::{self, Bounds, CapacityArgs},
    fleet,
    options::{args::Args, behavior::BehaviorKind, common::CommonArgs},
    report::Report,
};

/// One game for [`crate::main`], with the functions that run its bots. They are instances of generic code, so no bot
/// checks at run time which game it plays.
#[derive(Clone, Copy, Debug)]
pub struct BotGame {
    pub(crate) name: &'static str,
    pub(crate) version: u16,
    pub(crate) behaviors: &'static [Behavior],
    pub(crate) run: fn(&Runtime, &Args) -> anyhow::Result<Report>,
    pub(crate) search: fn(&Runtime, &CapacityArgs, Bounds) -> anyhow::Result<ExitCode>,
}

impl BotGame {
    /// The bots of a game.
    pub const fn of<G: Game>() -> Self {
        Self {
            name: G::NAME,
            version: G::VERSION,
            behaviors: <G::Bot as Bot<G>>::BEHAVIORS,
            run: |runtime, args| runtime.block_on(fleet::run::<G>(args)),
            search: |runtime, args, bounds| runtime.block_on(capacity::run::<G>(args, bounds)),
        }
    }

    /// Returns the requested game, by default the first one. Fills in the game's default behaviour if none was
    /// requested.
    ///
    /// # Errors
    /// There is no such game, or it has no such behaviour.
    pub(crate) fn choose(games: &'static [Self], common: &mut CommonArgs) -> Result<&'static Self, String> {
        let chosen = match &common.game {
            None => games.first(),
            Some(name) => games.iter().find(|game| game.name == *name),
        };
        let game = chosen.ok_or_else(|| {
            let names: Vec<_> = games.iter().map(|game| game.name).collect();
            format!("--game {}: must be {}", common.game.as_deref().unwrap_or("none"), names.join(" or "))
        })?;
        common.game = Some(game.name.to_owned());
        if common.behavior == BehaviorKind::Plays(String::new())
            && let Some(first) = game.behaviors.first()
        {
            common.behavior = BehaviorKind::Plays(first.name.to_owned());
        }
        common.behavior.index_in(game.behaviors)?;
        Ok(game)
    }
}

/// Help text of `--game`.
pub(crate) fn games_help(games: &[BotGame]) -> String {
    match games.first() {
        Some(first) => format!("Game that the bots play; {} by default", first.name),
        None => "Game that the bots play".to_owned(),
    }
}

/// Text of `--version`: the version of the program, and those of the games.
pub(crate) fn versions(games: &[BotGame]) -> String {
    let each: Vec<_> = games.iter().map(|game| format!("{}, version {}", game.name, game.version)).collect();
    format!("{}\ngames: {}", env!("CARGO_PKG_VERSION"), each.join("; "))
}

/// Help text of `--behavior`.
pub(crate) fn behaviors_help(games: &[BotGame]) -> String {
    let of_game = |game: &BotGame| {
        let each: Vec<_> = game.behaviors.iter().map(|Behavior { name, about }| format!("{name} ({about})")).collect();
        let each = each.join(", ");
        if games.len() == 1 { each } else { format!("in {}: {each}", game.name) }
    };
    let all: Vec<_> = games.iter().map(of_game).collect();
    format!(
        "Behavior of the bots; the first one by default: {}; or hostile (break the rules, each in another way), hostile:ATTACK (all in this way: \
         {})",
        all.join("; "),
        crate::options::attack_kind::AttackKind::ALL.map(crate::options::attack_kind::AttackKind::label).join(", "),
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use clap::Parser;

    use super::*;

    const BEHAVIORS: [Behavior; 2] =
        [Behavior { name: "fight", about: "fight everybody" }, Behavior { name: "idle", about: "join and do nothing" }];

    /// Games without a working fleet, for tests of the command line.
    pub(crate) static GAMES: [BotGame; 2] = [game("one", &BEHAVIORS), game("other", &[])];

    const fn game(name: &'static str, behaviors: &'static [Behavior]) -> BotGame {
        BotGame {
            name,
            version: 3,
            behaviors,
            run: |_, _| anyhow::bail!("a name only"),
            search: |_, _, _| anyhow::bail!("a name only"),
        }
    }

    fn chosen(line: &str) -> Result<(&'static str, String), String> {
        let mut args = Args::parse_from(line.split(' '));
        let game = BotGame::choose(&GAMES, &mut args.common)?;
        Ok((game.name, args.common.behavior.to_string()))
    }

    #[test]
    fn first_game_and_its_first_behavior_are_the_default() {
        assert_eq!(chosen("ricochet-bots"), Ok(("one", "fight".to_owned())));
        assert_eq!(chosen("ricochet-bots --game one --behavior idle"), Ok(("one", "idle".to_owned())));
        assert_eq!(chosen("ricochet-bots --behavior hostile:deaf"), Ok(("one", "hostile:deaf".to_owned())));
    }

    #[test]
    fn unknown_name_is_refused_with_the_known_ones() {
        for (line, part) in [
            ("ricochet-bots --game chess", "one or other"),
            ("ricochet-bots --behavior sleep", "fight, idle"),
            ("ricochet-bots --game other", "--behavior"),
        ] {
            let problem = chosen(line).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }
}
