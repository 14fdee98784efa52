//! The loop: hands events to the cycle, and does what it says.

use std::{
    sync::{
        Arc,
        atomic::Ordering,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    Options,
    builder::{Builder, Program},
    cargo::{ENDS, errors_in},
    cycle::{Built, Command, Cycle, Scope},
    event::Event,
    folder::Folder,
    project::Project,
    server::Server,
    watcher,
};

/// How often the server and the folder are looked at: while it starts or a page is to report, and else.
const LOOK_SOON: Duration = Duration::from_millis(10);
const LOOK: Duration = Duration::from_millis(200);

/// Serves the game, and builds and serves it again whenever its sources change, until a signal comes.
///
/// # Errors
/// Folders cannot be made or watched, or no port is free. Sources that do not compile are no error: the tool shows it, and waits.
pub fn run(project: Project, options: &Options) -> Result<()> {
    let work = project.target.join("dev").join(&project.game);
    let folder = Folder::make(work.join("page"))?;
    // A match of last week's rules helps nobody.
    let state = Folder::make(work.join("state"))?.root().to_owned();
    let flags = project.flags.iter().chain(&options.server).cloned();
    let server = Server::new(options.addresses.choose()?, folder.root(), state, flags);
    let (sender, events) = mpsc::channel();
    let at_end = sender.clone();
    ctrlc::set_handler(move || drop(at_end.send(Event::End))).context("cannot wait for Ctrl-C")?;
    let _watcher = watcher::watch(project.sources.clone(), sender.clone())?;
    println!("building {}; it will be served at {}", project.game, server.page());
    println!("admin page and inspector: {}", server.admin());
    println!("change what you like; Ctrl-C ends");
    let builder = Arc::new(Builder::new(project, folder.clone()));
    let mut shell = Shell { begun: Instant::now(), builder, folder, server, sender, built: None, lost: 0 };
    let mut cycle = Cycle::new(Duration::ZERO);
    loop {
        shell.execute_all(&mut cycle);
        // After the commands: a server that is to be ended would answer.
        shell.look(&mut cycle);
        shell.execute_all(&mut cycle);
        let soon = cycle.is_starting() || cycle.awaits_a_page();
        let look = if soon { LOOK_SOON } else { LOOK };
        let wait = cycle.due().map_or(look, |due| due.saturating_sub(shell.now()).min(look));
        match events.recv_timeout(wait) {
            Ok(Event::Saved(part)) => cycle.handle_saved(part, shell.now()),
            Ok(Event::Built(outcome)) => shell.handle_built(outcome, &mut cycle),
            Ok(Event::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        cycle.handle_time(shell.now());
    }
    ENDS.store(true, Ordering::Relaxed);
    shell.server.stop();
    println!("ended");
    Ok(())
}

/// Executes the cycle's commands.
struct Shell {
    begun: Instant,
    builder: Arc<Builder>,
    folder: Folder,
    server: Server,
    sender: Sender<Event>,
    /// The program of the last build.
    built: Option<Program>,
    /// Matches that could not go on, when the server was last looked at.
    lost: usize,
}

impl Shell {
    fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    fn execute_all(&mut self, cycle: &mut Cycle) {
        while let Some(command) = cycle.poll_command() {
            self.execute(command, cycle);
        }
    }

    fn execute(&mut self, command: Command, cycle: &mut Cycle) {
        let done = match command {
            Command::ReplacePage => self.folder.replace_page(),
            Command::Publish { change, error } => self.folder.publish(change, error.as_deref()),
            Command::Build(scope) => return self.build(scope),
            Command::Stop => return self.server.stop(),
            Command::Say(line) => return println!("{line}"),
            Command::Start => {
                let started = self.built.clone().map_or(Ok(()), |program| self.server.start(program));
                if let Err(error) = &started {
                    cycle.handle_end(&error.to_string(), self.now());
                }
                started
            }
        };
        if let Err(error) = done {
            eprintln!("error: {error}");
        }
    }

    fn build(&self, scope: Scope) {
        let (builder, sender) = (Arc::clone(&self.builder), self.sender.clone());
        thread::spawn(move || sender.send(Event::Built(builder.build(scope))));
    }

    fn handle_built(&mut self, outcome: Result<Program, String>, cycle: &mut Cycle) {
        let outcome = match outcome {
            Ok(program) => {
                let built = Built { new_program: !self.server.runs(&program), new_page: self.folder.has_new_page() };
                self.built = Some(program);
                Ok(built)
            }
            Err(error) => {
                eprintln!("{}", error.trim_end());
                Err(errors_in(&error))
            }
        };
        cycle.handle_built(outcome, self.now());
    }

    /// Looks for events that nothing sends: a server that is ready or has ended, and the report of a page.
    fn look(&mut self, cycle: &mut Cycle) {
        if let Some(status) = self.server.take_end() {
            cycle.handle_end(&status.to_string(), self.now());
        }
        if cycle.is_starting() && self.server.answers() {
            cycle.handle_answer(self.now());
            let lost = self.server.matches_lost();
            if lost > self.lost {
                println!(
                    "the new rules do not accept the newest state of the match: it goes on from an older one, or a new match has begun, which its players join by themselves"
                );
            }
            self.lost = lost;
        }
        if cycle.awaits_a_page()
            && let Some(change) = self.folder.take_moving()
        {
            cycle.handle_moving(change, self.now());
        }
    }
}
