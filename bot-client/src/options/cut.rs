//! Links that are cut on purpose, and the transport that bots use afterwards.

use serde::Serialize;

use super::{number::number, transport::Transport};

/// Links that are cut on purpose.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub(crate) struct Cut {
    /// Seconds between two cuts, counted from the start of the measurement. All bots are cut at the same times.
    pub(crate) every: f64,
    /// Seconds until a bot tries to come back.
    pub(crate) down: f64,
    /// The transport after the cut.
    pub(crate) back_over: BackOver,
}

/// The transport that a bot uses after a cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BackOver {
    /// The same as before.
    Same,
    /// The next of the three.
    Next,
    /// This transport.
    This(Transport),
}

impl Cut {
    /// Reads `EVERY[:DOWN[:TRANSPORT]]`.
    ///
    /// # Errors
    /// A part is missing or out of range; the text says which values are allowed.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut parts = text.split(':');
        let every = number(parts.next().unwrap_or_default(), 0.1, 100_000.0)?;
        let down = parts.next().map_or(Ok(0.0), |down| number(down, 0.0, 3_600.0))?;
        let back_over = match parts.next() {
            None => BackOver::Same,
            Some("next") => BackOver::Next,
            Some(name) => BackOver::This(
                Transport::ALL
                    .into_iter()
                    .find(|transport| transport.label() == name)
                    .ok_or("a transport is quic, ws, wt or next")?,
            ),
        };
        if parts.next().is_some() {
            Err("at most EVERY:DOWN:TRANSPORT".into())
        } else {
            Ok(Self { every, down, back_over })
        }
    }
}

impl BackOver {
    /// The transport of a bot that was on `transport` before the cut.
    pub(crate) const fn after(self, transport: Transport) -> Transport {
        match self {
            Self::Same => transport,
            Self::Next => Transport::ALL[(transport.index() + 1) % Transport::ALL.len()],
            Self::This(transport) => transport,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_has_one_to_three_parts() {
        let cut = Cut::parse;
        assert_eq!(cut("20").unwrap(), Cut { every: 20.0, down: 0.0, back_over: BackOver::Same });
        assert_eq!(cut("20:10").unwrap().down, 10.0);
        assert_eq!(cut("5:0:ws").unwrap().back_over, BackOver::This(Transport::Ws));
        assert_eq!(cut("5:0.5:next").unwrap().back_over.after(Transport::Wt), Transport::Quic);
        for line in ["", "0", "5:-1", "5:1:tcp", "5:1:ws:9"] {
            assert!(cut(line).is_err(), "{line}");
        }
    }
}
