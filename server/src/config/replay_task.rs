//! The command line of `ricochet-server replay`.

use std::{net::SocketAddr, path::PathBuf};

use clap::Subcommand;

/// A task for a recording.
#[derive(Clone, PartialEq, Eq, Debug, Subcommand)]
pub enum ReplayTask {
    /// Describe a recording, without playing it.
    Info {
        /// The recording.
        file: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Play a recording and compare every tick with its hash; exit code 1 if anything is damaged or differs.
    Verify {
        /// The recording.
        file: PathBuf,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Serve the page that plays a recording.
    Show {
        /// The recording.
        file: PathBuf,
        /// Address of the page; port 0 is any free port.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
        http: SocketAddr,
    },
}
