//! Results read back from files: a run, or a capacity search.

pub(crate) mod capacity;

use std::path::Path;

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::report::{Report, saved::capacity::Capacity};

/// A result of an earlier run.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Saved {
    Run(Box<Report>),
    Capacity(Box<Capacity>),
}

impl Saved {
    /// Reads a file that `--json` or `--report` wrote.
    ///
    /// # Errors
    /// The file cannot be read, or a field is wrong; the message names the file and the field.
    pub(crate) fn read(file: &Path) -> Result<Self> {
        let name = || file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", name()))?;
        let json: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", name()))?;
        Self::of(json).with_context(name)
    }

    /// Decodes a JSON value by the fields it has.
    ///
    /// # Errors
    /// It is neither kind of result, or a field is missing or wrong; the message names the field.
    pub(crate) fn of(json: Value) -> Result<Self> {
        if json.get("steps").is_some() {
            Ok(Self::Capacity(Box::new(typed(json)?)))
        } else if json.get("bots").is_some() {
            Ok(Self::Run(Box::new(typed(json)?)))
        } else {
            anyhow::bail!("this is neither a run, which has `bots`, nor a capacity result, which has `steps`")
        }
    }
}

fn typed<T: DeserializeOwned>(json: Value) -> Result<T> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner();
        match path.as_str() {
            "." => anyhow::anyhow!("{problem}"),
            path => anyhow::anyhow!("in `{path}`: {problem}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::samples;

    fn problem(json: Value) -> String {
        format!("{:#}", Saved::of(json).unwrap_err())
    }

    #[test]
    fn written_result_is_read_back() {
        let report = samples::run(20);
        assert_eq!(Saved::of(serde_json::to_value(&report).unwrap()).unwrap(), Saved::Run(Box::new(report)));
        assert!(matches!(Saved::of(samples::capacity()).unwrap(), Saved::Capacity(_)));
    }

    #[test]
    fn run_without_newer_fields_is_read() {
        let mut json = serde_json::to_value(samples::run(20)).unwrap();
        for later in ["timeline", "spreads", "origin"] {
            json.as_object_mut().unwrap().remove(later);
        }
        assert!(Saved::of(json).is_ok());
    }

    #[test]
    fn wrong_field_is_named() {
        let mut json = serde_json::to_value(samples::run(20)).unwrap();
        json["rtt_ms"]["p99"] = json!("fast");
        assert!(problem(json.clone()).contains("`rtt_ms.p99`"), "{}", problem(json));
        assert!(problem(json!({ "bots": 3 })).contains("missing field `joined`"));
        assert!(problem(json!({ "steps": [{ "players": -4 }] })).contains("`steps[0].players`"));
        assert!(problem(json!([1, 2])).contains("neither"));
    }

    #[test]
    fn file_that_cannot_be_read_is_named() {
        let missing = Path::new("no-such-folder/run.json");
        assert!(Saved::read(missing).unwrap_err().to_string().contains("no-such-folder/run.json"));
    }
}
