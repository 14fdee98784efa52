//! Bots that break the rules, each in one way, as far as a client can within its messages. What floods a server outside of
//! them is `ricochet-attack`'s.
//!
//! A hostile bot is a whole client at heart: the sans-I/O [`client::Client`] plays fair, and [`Offender`](offender::Offender)
//! spoils what it says on its way to the link.
//!
//! ```text
//! life: visit, rest, visit …        one visit: Client -> fair message -> Offender -> messages -> Link
//! ```

mod life;
mod malformed;
mod offender;
mod visit;

pub(crate) use self::life::live;
