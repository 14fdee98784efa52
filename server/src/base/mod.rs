//! Small tools that any module may use, and that import no other module of this crate.

pub(crate) mod calendar;
pub(crate) mod cpu_limit;
pub(crate) mod files;
pub(crate) mod label_values;
pub(crate) mod origin;
pub(crate) mod process;
pub(crate) mod steps;
pub(crate) mod text;
pub(crate) mod timestamp;
pub(crate) mod token_bucket;
