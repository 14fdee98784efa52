//! The effect of packet loss on each transport, across real sockets: the kernel's TCP and QUIC over a network that is made bad
//! packet by packet.
//!
//! ```text
//! xtask loss ─ unshare ─> a network namespace of its own
//!                          server, bots <─ loopback ─> NFQUEUE ─> delayed or dropped ─> loopback
//! ```
//!
//! Losing messages inside of the bots would flatter WebSocket, whose TCP has to send a lost packet again and holds back all
//! that came after it. Nothing outside of the namespace is touched, and nothing stays.

mod bad_network;
mod run;

use std::{io::Write, process::Command};

use anyhow::{Context, Result, ensure};
use clap::Args;

use self::{bad_network::BadNetwork, run::Run};
use crate::{
    bench::{conditions::Conditions, pinned},
    live_server::{Addresses, LiveServer},
    machine,
    played::Played,
    process::{build_release, quiet_output},
    workspace,
};

/// How long, with how many, and how bad.
#[derive(Args)]
pub(crate) struct Options {
    /// Playing bots
    #[arg(long, default_value_t = 32)]
    bots: u32,
    /// Seconds of each run, once all have joined
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(5..))]
    secs: u32,
    /// Round trip, ms
    #[arg(long, default_value_t = 50.0)]
    rtt_ms: f64,
    /// Packets lost, percent each way
    #[arg(long, value_delimiter = ',', default_values_t = [0.0, 1.0, 3.0, 5.0])]
    loss: Vec<f64>,
    /// Measure the release programs that are built already
    #[arg(long)]
    no_build: bool,
    /// Already in a namespace of its own
    #[arg(long, hide = true)]
    inside: bool,
    #[command(flatten)]
    played: Played,
}

const TRANSPORTS: [&str; 3] = ["quic", "wt", "ws"];

/// Runs every transport at every loss and prints the table, and writes it to `loss.json` in the target folder.
///
/// # Errors
/// The machine does not allow it, something cannot be built or started, or a view was wrong.
pub(crate) fn loss(options: &Options) -> Result<()> {
    if options.inside {
        return measure(options);
    }
    pinned::ensure()?;
    let tools = ["iptables-legacy", "ip"];
    machine::ensure_packages("iptables or ip", &["iptables", "iproute2"], || {
        tools.iter().all(|tool| machine::has(&[tool, "-V"]))
    })?;
    ensure!(
        machine::has(&["unshare", "--net", "true"]),
        "this needs a network namespace of its own, which only root may make here: run it as root"
    );
    if !options.no_build {
        build_release(&[])?;
    }
    let program = std::env::current_exe().context("cannot find this program")?;
    let status = Command::new("unshare")
        .args(["--net", "--"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .arg("--inside")
        .status()
        .context("cannot start unshare")?;
    ensure!(status.success(), "the measurement failed");
    Ok(())
}

fn measure(options: &Options) -> Result<()> {
    // Packets of a real network are small; those of the loopback would be 64 KiB.
    let ready = quiet_output(&["ip", "link", "set", "lo", "up", "mtu", "1500"]);
    ready.context("the loopback of the namespace cannot be set up")?;
    let folder = workspace::target_dir().join("loss");
    std::fs::create_dir_all(&folder).context("no place for logs")?;
    let addresses = Addresses::free()?;
    let _server = LiveServer::start(addresses, &options.played, &[], &folder.join("server.log"))?;
    let network = BadNetwork::begin(addresses.http.port(), addresses.udp.port())?;
    let mut conditions = Conditions::begin();
    println!("{} bots, {} at 20 Hz, round trip {} ms\n", options.bots, options.played.words(), options.rtt_ms);
    println!("{}", run::HEADINGS);
    let mut runs = Vec::new();
    for &loss_percent in &options.loss {
        for transport in TRANSPORTS {
            let name = format!("{transport}-{loss_percent}");
            network.set(options.rtt_ms / 2.0, loss_percent);
            let report = run::play(addresses, transport, options, &folder.join(name))?;
            let run = Run { transport, loss_percent, lost_packets: network.take_lost_percent(), report };
            println!("{run}");
            // Half an hour of work must not wait in a buffer.
            std::io::stdout().flush().context("nobody reads this")?;
            runs.push(run);
        }
    }
    conditions.end();
    println!("\n{:.1} % of the machine's time was stolen meanwhile", conditions.steal_percent);
    let path = workspace::target_dir().join("loss.json");
    let saved = serde_json::json!({ "conditions": conditions, "played": options.played.words(), "rtt_ms": options.rtt_ms, "runs": runs });
    std::fs::write(&path, serde_json::to_string_pretty(&saved)?).context("cannot write loss.json")?;
    println!("written to {}", path.display());
    let wrong: u64 = runs.iter().map(Run::mismatches).sum();
    ensure!(wrong == 0, "bots were shown {wrong} states that were not so");
    Ok(())
}
