//! The answer: how many players, and what broke first. `--json` writes it.

use serde::Serialize;

use super::{args::CapacityArgs, limit::Limit, search::Search, step::Step};
use crate::report::origin::Origin;

/// See the module. [`crate::report::saved::capacity`] reads it back.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) objectives: Vec<String>,
    /// In the order in which they were measured.
    pub(crate) steps: Vec<Step>,
    /// The most that kept every objective, 0 if none did.
    pub(crate) players: u32,
    /// The fewest that broke one, twice in a row.
    pub(crate) broke_at: Option<u32>,
    pub(crate) limit: Limit,
    pub(crate) limit_in_words: String,
    /// Whether the server may well hold more.
    pub(crate) lower_bound: bool,
    pub(crate) interrupted: bool,
    /// The address the bots were given.
    pub(crate) server: String,
    pub(crate) origin: Origin,
}

impl Answer {
    /// What a search has found in these steps.
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
