//! Parses objectives.
//!
//! ```text
//! objectives = objective *( "," objective )
//! objective  = name relation number          ; spaces around each are ignored
//! relation   = "<" / "<=" / ">" / ">=" / "="
//! number     = digits [ "." digits ]
//! ```

use std::{fmt, str::FromStr};

use super::figure::Figure;

/// A list of objectives.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Objectives(Vec<Objective>);

/// A bound of a figure.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Objective {
    pub(crate) figure: Figure,
    relation: Relation,
    bound: f64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Relation {
    Below,
    AtMost,
    Above,
    AtLeast,
    Exactly,
}

impl Objectives {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Objective> {
        self.0.iter()
    }
}

impl FromStr for Objectives {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let objectives: Vec<Objective> =
            text.split(',').take(OBJECTIVES_MAX + 1).map(str::parse).collect::<Result<_, _>>()?;
        if objectives.len() > OBJECTIVES_MAX {
            return Err(format!("at most {OBJECTIVES_MAX} objectives"));
        }
        Ok(Self(objectives))
    }
}

impl Objective {
    /// True if this value keeps the objective.
    pub(crate) fn is_kept_by(&self, value: f64) -> bool {
        let Self { relation, bound, .. } = *self;
        match relation {
            Relation::Below => value < bound,
            Relation::AtMost => value <= bound,
            Relation::Above => value > bound,
            Relation::AtLeast => value >= bound,
            Relation::Exactly => value == bound,
        }
    }
}

impl FromStr for Objective {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let begins =
            text.find(['<', '>', '=']).ok_or_else(|| format!("{text:?} is not NAME<NUMBER, with <, <=, >, >= or ="))?;
        let (name, rest) = text.split_at(begins);
        let (relation, number) = Relation::ALL
            .iter()
            .find_map(|&(sign, relation)| Some((relation, rest.strip_prefix(sign)?)))
            .expect("it begins with one of the signs");
        let (name, number) = (name.trim(), number.trim());
        let figure = Figure::named(name).ok_or_else(|| unknown(name))?;
        // `f64` also parses nan, inf and 1e9, which are mistakes here.
        let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match number.parse() {
            Ok(bound) if is_plain => Ok(Self { figure, relation, bound }),
            _ => Err(format!("{name}{}{number}: {number:?} is not a number such as 10 or 0.5", relation.sign())),
        }
    }
}

impl fmt::Display for Objective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { figure, relation, bound } = self;
        write!(f, "{}{}{bound}", figure.name, relation.sign())
    }
}

impl Relation {
    /// A sign stands before those that it begins with.
    const ALL: [(&str, Self); 5] =
        [("<=", Self::AtMost), ("<", Self::Below), (">=", Self::AtLeast), (">", Self::Above), ("=", Self::Exactly)];

    fn sign(self) -> &'static str {
        Self::ALL.iter().find(|&&(_, relation)| relation == self).map(|&(sign, _)| sign).expect("each has a sign")
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<String> = Figure::all().map(|figure| figure.name).collect();
    format!("unknown figure {name:?}; the figures are {}", names.join(", "))
}

/// More objectives than figures are a mistake.
const OBJECTIVES_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Vec<String>, String> {
        text.parse().map(|objectives: Objectives| objectives.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn documented_objectives_are_read_and_written_alike() {
        let text = "tick_p99_ms<10,input_to_effect_above_rtt_p99_ms<15,state_mismatches=0";
        assert_eq!(parse(text).unwrap().join(","), text);
        assert_eq!(parse(" joined >= 16 , failed<= 0.5").unwrap(), ["joined>=16", "failed<=0.5"]);
    }

    #[test]
    fn each_relation_is_tested_on_both_sides_of_its_bound() {
        for (sign, kept_by) in [
            ("<", [true, false, false]),
            ("<=", [true, true, false]),
            (">", [false, false, true]),
            (">=", [false, true, true]),
            ("=", [false, true, false]),
        ] {
            let objective: Objective = format!("resyncs{sign}2").parse().unwrap();
            assert_eq!([1.0, 2.0, 3.0].map(|value| objective.is_kept_by(value)), kept_by, "{sign}");
            assert!(!objective.is_kept_by(f64::NAN), "{sign}");
        }
    }

    #[test]
    fn unknown_name_is_refused_with_those_that_are_known() {
        let error = parse("tick_p98_ms<10").unwrap_err();
        for part in ["tick_p98_ms", "tick_p99_ms", "state_mismatches", "rtt_max_ms"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn invalid_objective_is_refused_with_a_reason() {
        for text in [
            "",
            ",",
            "joined",
            "joined<",
            "<3",
            "joined<x",
            "joined<-1",
            "joined<nan",
            "joined<inf",
            "joined<1e3",
            "joined==1",
            "joined=<1",
            "joined<1<2",
            "joined<1,",
            "joined<.",
            "joined!=1",
            "joined<1 2",
        ] {
            assert!(!parse(text).unwrap_err().is_empty(), "{text}");
        }
    }

    #[test]
    fn number_of_objectives_is_bounded() {
        let some = |count| vec!["joined>1"; count].join(",");
        assert_eq!(parse(&some(OBJECTIVES_MAX)).unwrap().len(), OBJECTIVES_MAX);
        assert!(parse(&some(OBJECTIVES_MAX + 1)).unwrap_err().contains("at most"));
    }
}
