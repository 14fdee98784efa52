//! The result of a search: how many players the server holds, and what broke first. `--json` writes it.

use serde::Serialize;

use super::{args::CapacityArgs, limit::Limit, search::Search, step::Step};
use crate::report::origin::Origin;

/// Result of a search. [`crate::report::saved::capacity`] reads it back.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) objectives: Vec<String>,
    /// Steps in the order in which they were measured.
    pub(crate) steps: Vec<Step>,
    /// The largest number of players that kept every objective, 0 if none did.
    pub(crate) players: u32,
    /// The smallest number of players that broke an objective, twice in a row.
    pub(crate) broke_at: Option<u32>,
    pub(crate) limit: Limit,
    pub(crate) limit_in_words: String,
    /// True if the server may hold more: the search was interrupted, nothing broke, or the bots were the limit.
    pub(crate) lower_bound: bool,
    pub(crate) interrupted: bool,
    /// Address of the server, as given to the bots.
    pub(crate) server: String,
    pub(crate) origin: Origin,
}

impl Answer {
    /// Summarises a search and its steps.
    pub(crate) fn new(args: &CapacityArgs, search: &Search, steps: Vec<Step>, origin: Origin) -> Self {
        let threads = args.common.threads;
        let broke = search.broke().and_then(|players| steps.iter().rfind(|step| step.players == players && !step.kept));
        let limit = broke.map_or(Limit::None, |step| Limit::of(step, threads));
        let interrupted = search.next().is_some();
        Self {
            objectives: args.slo.iter().map(ToString::to_string).collect(),
            players: search.kept(),
            broke_at: search.broke(),
            limit,
            limit_in_words: broke.map_or_else(|| "nothing broke".to_owned(), |step| limit.in_words(step, threads)),
            lower_bound: interrupted || matches!(limit, Limit::None | Limit::Bots),
            interrupted,
            server: args.common.server.clone(),
            origin,
            steps,
        }
    }
}
