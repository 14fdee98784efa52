//! Objectives of a run, and whether it kept them: `--slo 'tick_p99_ms<10,state_mismatches=0'`.

mod figure;
mod objective;
mod verdict;

pub(crate) use self::{
    objective::Objectives,
    verdict::{Judged, broken, judge, table},
};
