//! The order of things: saved files, ended builds and a server that comes or goes in, commands out. No I/O, no clock.
//!
//! ```text
//! state      event                          next       commands
//! Idle       saved                          Settling   none: more files of the same save may follow
//! Settling   saved                          Settling   none: the wait begins again
//! Settling   nothing for a moment           Building   Build
//! Building   saved                          Building   none: the next build follows this one
//! Building   built, a new program           Starting   Stop, ReplacePage, Publish, Start
//! Building   built, a new page              Idle       ReplacePage, Publish
//! Building   built, but there is no server  Starting   ReplacePage, Publish, Start
//! Building   failed                         Idle       Publish, with the compiler's words
//! Starting   the server answers             Idle       none
//! any        the server ended by itself     the same   none; from Starting it is Idle
//! ```
//!
//! A part that failed to build is part of the next build, whatever is saved then. Time is since the start.

use std::{collections::VecDeque, time::Duration};

use crate::sources::Part;

/// The parts to build.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Scope {
    /// The server and the page's module.
    pub rules: bool,
    /// The page. That of rules has a new module, so it is packed too.
    pub page: bool,
}

/// The result of a build.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Built {
    /// The program is another one than the server runs.
    pub new_program: bool,
    /// The page is another one than the server serves.
    pub new_page: bool,
}

/// A step for the shell.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Build this, and report to [`Cycle::handle_built`].
    Build(Scope),
    /// End the server, which saves its matches.
    Stop,
    /// Start the server, and report to [`Cycle::handle_answer`] when it answers.
    Start,
    /// Serve the page that was packed last.
    ReplacePage,
    /// Make this known to the pages.
    Publish {
        /// Counts what pages have to react to.
        change: u32,
        /// Why the last build failed.
        error: Option<String>,
    },
    /// Print a line.
    Say(String),
}

/// See the module.
#[derive(Debug, Default)]
pub struct Cycle {
    state: State,
    /// Saved while a build was under way.
    pending: Option<Save>,
    /// The parts that failed to build.
    unbuilt: Scope,
    serves: bool,
    has_error: bool,
    change: u32,
    /// The change that a page is to report of, and when its sources were saved.
    awaited: Option<(u32, Duration)>,
    commands: VecDeque<Command>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum State {
    #[default]
    Idle,
    Settling {
        save: Save,
        until: Duration,
    },
    Building {
        save: Save,
    },
    Starting {
        save: Save,
        built_at: Duration,
    },
}

/// Files that were saved together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Save {
    scope: Scope,
    /// When the first of them was.
    at: Duration,
}

/// Editors write a file in several steps, and "save all" several files, within less.
const SETTLE: Duration = Duration::from_millis(60);

impl Cycle {
    /// Begins with a build of everything.
    pub fn new(now: Duration) -> Self {
        let mut cycle = Self::default();
        cycle.build(Save { scope: Scope { rules: true, page: true }, at: now });
        cycle
    }

    /// A source was saved.
    pub fn handle_saved(&mut self, part: Part, now: Duration) {
        let scope = Scope { rules: part == Part::Rules, page: part == Part::Page };
        let save = Save { scope, at: now };
        match &mut self.state {
            State::Idle => self.state = State::Settling { save, until: now + SETTLE },
            State::Settling { save: earlier, until } => {
                earlier.scope = earlier.scope.with(scope);
                *until = now + SETTLE;
            }
            State::Building { .. } | State::Starting { .. } => match &mut self.pending {
                Some(earlier) => earlier.scope = earlier.scope.with(scope),
                None => self.pending = Some(save),
            },
        }
    }

    /// Time has passed.
    pub fn handle_time(&mut self, now: Duration) {
        if let State::Settling { save, until } = self.state
            && now >= until
        {
            self.build(save);
        }
    }

    /// The build has ended; an error is the compiler's words.
    pub fn handle_built(&mut self, outcome: Result<Built, String>, now: Duration) {
        let State::Building { save } = self.state else { return };
        let took = seconds(now.saturating_sub(save.at));
        let Built { new_program, new_page } = match outcome {
            Ok(built) => built,
            Err(error) => {
                self.unbuilt = save.scope;
                self.has_error = true;
                self.say(format!("{} changed: not built, see above ({took})", save.scope.in_words()));
                self.publish(Some(error));
                return self.rest(now);
            }
        };
        self.unbuilt = Scope::default();
        let restarts = new_program || !self.serves;
        if !restarts && !new_page {
            if std::mem::take(&mut self.has_error) {
                self.publish(None);
            }
            self.say(format!("{} changed: nothing of what is served ({took})", save.scope.in_words()));
            return self.rest(now);
        }
        self.has_error = false;
        self.change += 1;
        self.awaited = self.serves.then_some((self.change, save.at));
        if restarts && self.serves {
            self.commands.push_back(Command::Stop);
        }
        if new_page {
            self.commands.push_back(Command::ReplacePage);
        }
        self.publish(None);
        if restarts {
            self.commands.push_back(Command::Start);
            self.serves = true;
            self.state = State::Starting { save, built_at: now };
        } else {
            self.say(format!("{} changed: packed in {took}", save.scope.in_words()));
            self.rest(now);
        }
    }

    /// The server answers requests.
    pub fn handle_answer(&mut self, now: Duration) {
        let State::Starting { save, built_at } = self.state else { return };
        let (built, back) = (built_at.saturating_sub(save.at), now.saturating_sub(built_at));
        let (built, back) = (seconds(built), seconds(back));
        self.say(match self.change {
            1 => format!("built in {built}, server ready after {back}"),
            _ => format!("{} changed: built in {built}, server back after {back}", save.scope.in_words()),
        });
        self.rest(now);
    }

    /// The server has ended, and nobody had asked it to.
    pub fn handle_end(&mut self, status: &str, now: Duration) {
        self.serves = false;
        self.awaited = None;
        self.say(format!("the server ended by itself ({status}); it is started again at the next change"));
        if matches!(self.state, State::Starting { .. }) {
            self.rest(now);
        }
    }

    /// A page reports that its player moves again after a change.
    pub fn handle_moving(&mut self, change: u32, now: Duration) {
        if let Some((awaited, saved)) = self.awaited
            && awaited == change
        {
            self.awaited = None;
            self.say(format!("player moves again {} after the save", seconds(now.saturating_sub(saved))));
        }
    }

    /// The next step.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When [`Cycle::handle_time`] is due; `None`: not before something else happens.
    pub fn due(&self) -> Option<Duration> {
        match self.state {
            State::Settling { until, .. } => Some(until),
            _ => None,
        }
    }

    /// True while a server was started and has not answered yet.
    pub fn is_starting(&self) -> bool {
        matches!(self.state, State::Starting { .. })
    }

    /// True while a page may report soon.
    pub fn awaits_a_page(&self) -> bool {
        self.awaited.is_some()
    }

    fn build(&mut self, save: Save) {
        let scope = save.scope.with(self.unbuilt);
        self.state = State::Building { save: Save { scope, ..save } };
        self.commands.push_back(Command::Build(scope));
    }

    /// Nothing is under way; what was saved meanwhile is next.
    fn rest(&mut self, now: Duration) {
        self.state = match self.pending.take() {
            Some(save) => State::Settling { save, until: now + SETTLE },
            None => State::Idle,
        };
    }

    fn publish(&mut self, error: Option<String>) {
        self.commands.push_back(Command::Publish { change: self.change, error });
    }

    fn say(&mut self, line: String) {
        self.commands.push_back(Command::Say(line));
    }
}

impl Scope {
    fn with(self, other: Self) -> Self {
        Self { rules: self.rules || other.rules, page: self.page || other.page }
    }

    fn in_words(self) -> &'static str {
        match (self.rules, self.page) {
            (true, true) => "rules and page",
            (true, false) => "rules",
            _ => "page",
        }
    }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 { format!("{seconds:.2} s") } else { format!("{seconds:.1} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Scope = Scope { rules: true, page: false };
    const PAGE: Scope = Scope { rules: false, page: true };
    const BOTH: Scope = Scope { rules: true, page: true };
    const NEW: Built = Built { new_program: true, new_page: true };

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Everything that it asks for.
    fn commands(cycle: &mut Cycle) -> Vec<Command> {
        std::iter::from_fn(|| cycle.poll_command()).collect()
    }

    fn publish(change: u32, error: Option<&str>) -> Command {
        Command::Publish { change, error: error.map(str::to_owned) }
    }

    fn say(line: &str) -> Command {
        Command::Say(line.to_owned())
    }

    /// One that serves its first build from 1,000 ms on.
    fn serving() -> Cycle {
        let mut cycle = Cycle::new(ms(0));
        assert_eq!(commands(&mut cycle), [Command::Build(BOTH)]);
        cycle.handle_built(Ok(NEW), ms(900));
        assert_eq!(commands(&mut cycle), [Command::ReplacePage, publish(1, None), Command::Start]);
        cycle.handle_answer(ms(1_000));
        assert_eq!(commands(&mut cycle).len(), 1);
        cycle
    }

    /// Saves, and lets the files settle.
    fn save(cycle: &mut Cycle, part: Part, at: Duration) -> Vec<Command> {
        cycle.handle_saved(part, at);
        cycle.handle_time(at + SETTLE);
        commands(cycle)
    }

    #[test]
    fn new_rules_are_built_and_then_the_server_is_another_one() {
        let mut cycle = serving();
        assert_eq!(save(&mut cycle, Part::Rules, ms(2_000)), [Command::Build(RULES)]);
        cycle.handle_built(Ok(NEW), ms(4_100));
        let restart = [Command::Stop, Command::ReplacePage, publish(2, None), Command::Start];
        assert_eq!(commands(&mut cycle), restart);
        assert!(cycle.is_starting());
        cycle.handle_answer(ms(4_500));
        assert_eq!(commands(&mut cycle), [say("rules changed: built in 2.1 s, server back after 0.4 s")]);
        cycle.handle_moving(2, ms(5_000));
        assert_eq!(commands(&mut cycle), [say("player moves again 3.0 s after the save")]);
    }

    #[test]
    fn new_page_needs_no_other_server() {
        let mut cycle = serving();
        assert_eq!(save(&mut cycle, Part::Page, ms(2_000)), [Command::Build(PAGE)]);
        cycle.handle_built(Ok(Built { new_program: false, new_page: true }), ms(2_300));
        let expected = [Command::ReplacePage, publish(2, None), say("page changed: packed in 0.3 s")];
        assert_eq!(commands(&mut cycle), expected);
    }

    #[test]
    fn module_that_changed_without_the_server_is_a_page_that_changed() {
        let mut cycle = serving();
        save(&mut cycle, Part::Rules, ms(2_000));
        cycle.handle_built(Ok(Built { new_program: false, new_page: true }), ms(3_000));
        assert!(!commands(&mut cycle).contains(&Command::Stop));
    }

    #[test]
    fn two_saves_in_a_row_make_one_build() {
        let mut cycle = serving();
        cycle.handle_saved(Part::Rules, ms(2_000));
        cycle.handle_saved(Part::Page, ms(2_050));
        cycle.handle_time(ms(2_060));
        assert_eq!(commands(&mut cycle), [], "the second save may not be the last");
        assert_eq!(cycle.due(), Some(ms(2_050) + SETTLE));
        cycle.handle_time(ms(2_050) + SETTLE);
        assert_eq!(commands(&mut cycle), [Command::Build(BOTH)]);
        assert_eq!(cycle.due(), None);
    }

    #[test]
    fn save_during_a_build_makes_another_one_after_it() {
        let mut cycle = serving();
        save(&mut cycle, Part::Rules, ms(2_000));
        assert_eq!(save(&mut cycle, Part::Rules, ms(2_500)), []);
        assert_eq!(save(&mut cycle, Part::Page, ms(2_600)), []);
        cycle.handle_built(Ok(NEW), ms(3_000));
        commands(&mut cycle);
        cycle.handle_answer(ms(3_400));
        commands(&mut cycle);
        cycle.handle_time(ms(3_400) + SETTLE);
        assert_eq!(commands(&mut cycle), [Command::Build(BOTH)]);
    }

    #[test]
    fn error_is_shown_until_it_is_mended_and_the_server_goes_on() {
        let mut cycle = serving();
        save(&mut cycle, Part::Rules, ms(2_000));
        cycle.handle_built(Err("error: no".to_owned()), ms(2_400));
        let [Command::Say(_), shown] = &commands(&mut cycle)[..] else { panic!("a line and an error") };
        assert_eq!(*shown, publish(1, Some("error: no")));
        // A change of the page mends no rules.
        assert_eq!(save(&mut cycle, Part::Page, ms(3_000)), [Command::Build(BOTH)]);
        cycle.handle_built(Err("error: still no".to_owned()), ms(3_400));
        assert!(commands(&mut cycle).contains(&publish(1, Some("error: still no"))));
        // Undone: what is served is what is built.
        assert_eq!(save(&mut cycle, Part::Rules, ms(4_000)), [Command::Build(BOTH)]);
        cycle.handle_built(Ok(Built { new_program: false, new_page: false }), ms(4_300));
        assert!(commands(&mut cycle).contains(&publish(1, None)));
        assert_eq!(save(&mut cycle, Part::Page, ms(5_000)), [Command::Build(PAGE)]);
    }

    #[test]
    fn server_that_ended_by_itself_is_started_by_the_next_change() {
        let mut cycle = serving();
        cycle.handle_end("exit status: 101", ms(1_500));
        let [Command::Say(line)] = &commands(&mut cycle)[..] else { panic!("one line") };
        assert!(line.contains("exit status: 101"), "{line}");
        save(&mut cycle, Part::Page, ms(2_000));
        cycle.handle_built(Ok(Built { new_program: false, new_page: true }), ms(2_300));
        assert_eq!(commands(&mut cycle), [Command::ReplacePage, publish(2, None), Command::Start]);
    }

    #[test]
    fn server_that_ends_while_it_starts_leaves_the_tool_ready() {
        let mut cycle = serving();
        save(&mut cycle, Part::Rules, ms(2_000));
        cycle.handle_built(Ok(NEW), ms(3_000));
        commands(&mut cycle);
        cycle.handle_end("exit status: 2", ms(3_100));
        commands(&mut cycle);
        assert!(!cycle.is_starting());
        assert_eq!(save(&mut cycle, Part::Rules, ms(4_000)), [Command::Build(RULES)]);
    }

    #[test]
    fn first_build_that_fails_starts_no_server() {
        let mut cycle = Cycle::new(ms(0));
        commands(&mut cycle);
        cycle.handle_built(Err("error".to_owned()), ms(500));
        assert!(!commands(&mut cycle).contains(&Command::Start));
        assert_eq!(save(&mut cycle, Part::Rules, ms(1_000)), [Command::Build(BOTH)]);
    }

    #[test]
    fn only_the_last_change_is_reported_of_and_once() {
        let mut cycle = serving();
        save(&mut cycle, Part::Rules, ms(2_000));
        cycle.handle_built(Ok(NEW), ms(3_000));
        cycle.handle_answer(ms(3_200));
        commands(&mut cycle);
        cycle.handle_moving(1, ms(3_300));
        assert_eq!(commands(&mut cycle), []);
        cycle.handle_moving(2, ms(3_400));
        cycle.handle_moving(2, ms(3_500));
        assert_eq!(commands(&mut cycle).len(), 1);
    }
}
