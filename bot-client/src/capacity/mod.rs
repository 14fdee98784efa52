//! `ricochet-bots capacity`: how many players a server holds, and what breaks first.
//!
//! [`search`] chooses the next number, a [`Fleet`] grows or shrinks to it and is measured, [`step`] compares the result
//! with the objectives, [`limit`] names what broke, [`answer`] holds the result.

mod answer;
mod args;
mod limit;
mod search;
mod step;
mod table;

use std::{future, process::ExitCode, time::Duration};

use shared::game::Game;

use self::{answer::Answer, search::Search, step::Step};
pub(crate) use self::{args::CapacityArgs, search::Bounds};
use crate::{fleet::Fleet, html};

/// Searches between `bounds`, prints the result, and writes it to the files of `args`.
///
/// # Errors
/// The file cannot be written; and the errors of [`Fleet::new`].
pub(crate) async fn run<G: Game>(args: &CapacityArgs, bounds: Bounds) -> anyhow::Result<ExitCode> {
    let mut fleet = Fleet::<G>::new(&args.run_of(bounds.max)).await?;
    let origin = fleet.origin.clone();
    let (mut search, mut steps) = (Search::new(bounds), Vec::new());
    let outcome = tokio::select! {
        outcome = measure_all(args, &mut fleet, &mut search, &mut steps) => outcome,
        _ = tokio::signal::ctrl_c() => {
            fleet.abort();
            Ok(())
        }
    };
    fleet.leave().await;
    outcome?;
    let answer = Answer::new(args, &search, steps, origin);
    println!("{}", table::render(&answer));
    html::write_result(&args.output, &answer)?;
    Ok(if answer.players > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure_all<G: Game>(
    args: &CapacityArgs,
    fleet: &mut Fleet<G>,
    search: &mut Search,
    steps: &mut Vec<Step>,
) -> anyhow::Result<()> {
    while let Some(players) = search.next() {
        fleet.resize(players).await?;
        tokio::time::sleep(SETTLE).await;
        let measured = fleet.measure(Duration::from_secs_f64(args.hold), future::pending()).await;
        let report = fleet.take_report(&args.run_of(players), measured).await;
        let step = Step::new(report, &args.slo);
        eprintln!("{}", table::line(&step));
        search.handle_verdict(step.kept);
        steps.push(step);
    }
    Ok(())
}

/// A shard takes this long to change its quality by one rung, and its reported load is this old.
const SETTLE: Duration = Duration::from_secs(1);
