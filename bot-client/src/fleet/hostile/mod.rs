//! Bots that break the rules, each in one way, within what a client can send. Floods outside of a session are the work
//! of `ricochet-attack`.
//!
//! A hostile bot contains a whole client: the sans-I/O [`client::Client`] plays fair, and
//! [`Offender`](offender::Offender) changes its messages on the way to the link.
//!
//! ```text
//! life: visit, rest, visit …        one visit: Client -> fair message -> Offender -> messages -> Link
//! ```

mod life;
mod malformed;
mod offender;
mod visit;

pub(crate) use self::life::live;
