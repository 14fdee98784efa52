//! The steps of CI, each with a headline and its time; the first failure ends the run.

mod browser;
mod count;
mod deny;
mod deploy;
mod dev;
mod fuzz;
mod instructions;
mod machine_faults;
mod npm;
mod own_game;
mod page;
mod python;
mod rust;
mod tutorial;
mod wasm;

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use self::count::Counts;
use crate::tidy;

/// One thing that must hold. A new part of the project registers its check by a line in [`STEPS`].
struct Step {
    name: &'static str,
    /// Also part of `cargo xtask check`.
    fast: bool,
    run: fn() -> Result<Outcome>,
}

/// How a step ended, when nothing was wrong with the machine.
enum Outcome {
    /// It holds.
    Passed,
    /// Tests ran.
    Tests(Counts),
    /// The checks passed; the text says which could not be made here.
    Partly(String),
    /// Nothing was checked, and why that is acceptable here.
    Absent(String),
}

/// Cheap steps first, so that most faults show within a minute.
const STEPS: &[Step] = &[
    Step { name: "format", fast: true, run: rust::format },
    Step { name: "tidy", fast: true, run: || tidy::run().map(|()| Outcome::Passed) },
    Step { name: "page", fast: true, run: page::fresh },
    Step { name: "lints", fast: true, run: rust::lints },
    Step { name: "python environment", fast: false, run: python::environment },
    Step { name: "machine faults", fast: false, run: machine_faults::prepare },
    Step { name: "tests", fast: true, run: rust::tests },
    Step { name: "browser", fast: false, run: browser::tests },
    Step { name: "npm", fast: false, run: npm::test },
    Step { name: "own game", fast: false, run: own_game::test },
    Step { name: "documentation tests", fast: false, run: rust::doc_tests },
    Step { name: "page tests", fast: false, run: page::tests },
    Step { name: "tutorial", fast: false, run: tutorial::test },
    Step { name: "dev", fast: false, run: dev::test },
    Step { name: "documents", fast: false, run: rust::documents },
    Step { name: "wasm", fast: false, run: wasm::build },
    Step { name: "fuzz targets", fast: false, run: fuzz::check },
    Step { name: "instructions", fast: false, run: instructions::check },
    Step { name: "deploy", fast: false, run: deploy::check },
    Step { name: "dependencies", fast: false, run: deny::check },
];

/// Runs every step, or the fast ones, or the one named `only`.
///
/// # Errors
/// A step failed, which is printed already, or there is no such step.
pub(crate) fn run(fast: bool, only: Option<&str>) -> Result<()> {
    let started = Instant::now();
    let wanted = |step: &&Step| (step.fast || !fast) && only.is_none_or(|name| name == step.name);
    let steps: Vec<_> = STEPS.iter().filter(wanted).collect();
    if steps.is_empty() {
        bail!("the steps are: {}", STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", "));
    }
    let mut counts = Counts::default();
    let (mut summary, mut absent) = (Vec::new(), Vec::new());
    for (number, step) in steps.iter().enumerate() {
        println!("\n=== {}/{} {}", number + 1, steps.len(), step.name);
        let step_started = Instant::now();
        let outcome = (step.run)();
        let took = step_started.elapsed();
        let (ended, told) = match outcome {
            Ok(Outcome::Passed) => (true, "ok".to_owned()),
            Ok(Outcome::Partly(why)) => {
                absent.push(format!("{} in part: {why}", step.name));
                (true, format!("ok, but {why}"))
            }
            Ok(Outcome::Absent(why)) => {
                absent.push(format!("{}: {why}", step.name));
                (true, format!("absent: {why}"))
            }
            Ok(Outcome::Tests(ran)) => {
                counts += ran;
                (ran.failed == 0, ran.to_string())
            }
            Err(error) => {
                // A step without tests still counts, so that the last line never says that nothing failed.
                counts.failed += 1;
                (false, format!("{error:#}"))
            }
        };
        println!("--- {}: {told} ({})", step.name, seconds(took));
        summary.push(format!("{:>8}  {:<20}  {told}", seconds(took), step.name));
        if !ended {
            summary.push(format!("FAILED at `{}`; {} steps did not run", step.name, steps.len() - number - 1));
            break;
        }
    }
    println!("\n=== summary, {} in total", seconds(started.elapsed()));
    for line in summary {
        println!("{line}");
    }
    if counts.failed == 0 || !absent.is_empty() {
        println!("{}", not_checked(&absent));
    }
    println!("\n{counts}");
    if counts.failed > 0 {
        bail!("the project is not as it should be");
    }
    Ok(())
}

/// One line about everything that this machine could not check.
fn not_checked(absent: &[String]) -> String {
    match absent {
        [] => "everything was checked".to_owned(),
        _ => format!("not checked here: {}", absent.join("; ")),
    }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
