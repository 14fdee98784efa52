//! The link conditioner: it simulates a bad link that delays, loses, repeats and reorders messages, repeatable by a seed.
//!
//! In: `push(now, bytes)` in the order of sending. Out: `poll(now)` in the order of arrival. It works inside a
//! process, so tests, bots and the browser can use it without privileges for the machine's network.

use std::{collections::BTreeMap, time::Duration};

use crate::{limits::CONDITIONER_MESSAGES_MAX, rng::Rng};

/// The faults of a link. The default has none.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct ConditionerConfig {
    /// Time that a message takes, one way.
    pub delay: Duration,
    /// Largest deviation from `delay`, more or less, evenly distributed.
    pub jitter: Duration,
    /// Part of the messages that are lost, 0 to 1.
    pub loss: f64,
    /// Part of the messages that arrive twice, 0 to 1.
    pub duplicate: f64,
    /// Part of the messages that are held back so that later ones overtake them, 0 to 1.
    pub reorder: f64,
}

/// One direction of a bad link.
#[derive(Clone, Debug)]
pub struct Conditioner {
    config: ConditionerConfig,
    order: Order,
    rng: Rng,
    /// Messages in flight, by arrival time. The number keeps messages with the same time in order.
    in_flight: BTreeMap<(Duration, u64), Vec<u8>>,
    pushed: u64,
    newest_due: Duration,
}

/// The bound of messages in flight is reached. A caller with datagrams may ignore the error: the message is lost. An ordered link
/// must be closed, because it cannot lose messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{CONDITIONER_MESSAGES_MAX} messages are in flight already")]
pub struct LinkFull;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    /// Like UDP: messages are independent.
    None,
    /// Like TCP: a lost message is sent again and delays all later ones.
    Kept,
}

impl ConditionerConfig {
    /// Returns true if the link has no faults.
    pub fn is_clear(&self) -> bool {
        *self == Self::default()
    }
}

impl Conditioner {
    /// A link that loses, repeats and reorders: for datagrams.
    pub const fn new(config: ConditionerConfig, seed: u64) -> Self {
        Self::with_order(config, seed, Order::None)
    }

    /// A link that keeps the order and loses nothing: for streams. A loss delays the message and all later ones.
    pub const fn ordered(config: ConditionerConfig, seed: u64) -> Self {
        Self::with_order(config, seed, Order::Kept)
    }

    const fn with_order(config: ConditionerConfig, seed: u64, order: Order) -> Self {
        Self { config, order, rng: Rng::new(seed), in_flight: BTreeMap::new(), pushed: 0, newest_due: Duration::ZERO }
    }

    /// Replaces the faults. Messages in flight keep their arrival times.
    pub const fn set_config(&mut self, config: ConditionerConfig) {
        self.config = config;
    }

    /// Sends a message at `now`.
    ///
    /// # Errors
    /// [`LinkFull`]; the message is dropped.
    pub fn push(&mut self, now: Duration, bytes: Vec<u8>) -> Result<(), LinkFull> {
        match self.order {
            Order::None => {
                if self.happens(self.config.loss) {
                    return Ok(());
                }
                if self.happens(self.config.duplicate) {
                    let due = now + self.travel_time();
                    self.insert(due, bytes.clone())?;
                }
                let due = now + self.travel_time() + self.hold_back();
                self.insert(due, bytes)
            }
            Order::Kept => {
                let arrival = now + self.travel_time() + self.retransmissions();
                self.newest_due = self.newest_due.max(arrival);
                self.insert(self.newest_due, bytes)
            }
        }
    }

    /// The next message that has arrived by `now`.
    pub fn poll(&mut self, now: Duration) -> Option<Vec<u8>> {
        let entry = self.in_flight.first_entry()?;
        if entry.key().0 > now { None } else { Some(entry.remove()) }
    }

    /// Time at which the next message arrives.
    pub fn next_due(&self) -> Option<Duration> {
        self.in_flight.first_key_value().map(|(&(due, _), _)| due)
    }

    /// Number of messages in flight.
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    fn insert(&mut self, due: Duration, bytes: Vec<u8>) -> Result<(), LinkFull> {
        if self.in_flight.len() >= CONDITIONER_MESSAGES_MAX {
            return Err(LinkFull);
        }
        self.in_flight.insert((due, self.pushed), bytes);
        self.pushed += 1;
        Ok(())
    }

    fn travel_time(&mut self) -> Duration {
        let ConditionerConfig { delay, jitter, .. } = self.config;
        // Evenly distributed from `delay - jitter` to `delay + jitter`, and never negative.
        (delay + self.up_to(2 * jitter)).saturating_sub(jitter)
    }

    fn hold_back(&mut self) -> Duration {
        if self.happens(self.config.reorder) { HOLD_BACK_MIN + self.up_to(HOLD_BACK_SPREAD) } else { Duration::ZERO }
    }

    /// Delay of a message on an ordered link by losses: the sender learns of a loss after a round trip at the earliest.
    fn retransmissions(&mut self) -> Duration {
        let once = 2 * self.config.delay + 2 * self.config.jitter + RETRANSMISSION_MIN;
        let lost = (0..RETRANSMISSIONS_MAX).take_while(|_| self.happens(self.config.loss)).count();
        once * lost as u32
    }

    fn happens(&mut self, probability: f64) -> bool {
        // A link without faults draws no random numbers, so that it costs nothing.
        probability > 0.0 && f64::from(self.rng.below(MILLION)) < probability * f64::from(MILLION)
    }

    fn up_to(&mut self, span: Duration) -> Duration {
        if span.is_zero() {
            return Duration::ZERO;
        }
        Duration::from_micros(self.rng.below(span.as_micros().min(u32::MAX.into()) as u32).into())
    }
}

const MILLION: u32 = 1_000_000;
/// Delay of a message that is held back: one to a few ticks at the usual rates.
const HOLD_BACK_MIN: Duration = Duration::from_millis(20);
const HOLD_BACK_SPREAD: Duration = Duration::from_millis(60);
/// Time that TCP with selective acknowledgements waits beyond a round trip before it sends again.
const RETRANSMISSION_MIN: Duration = Duration::from_millis(30);
const RETRANSMISSIONS_MAX: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    const TICK: Duration = Duration::from_millis(20);

    /// Sends `count` numbered messages a tick apart, and returns number and arrival in order of arrival.
    fn send(mut link: Conditioner, count: u32) -> Vec<(u32, Duration)> {
        let mut arrivals = Vec::new();
        let mut drain = |link: &mut Conditioner, now| {
            while let Some(due) = link.next_due().filter(|&due| due <= now) {
                let bytes = link.poll(now).expect("one is due");
                arrivals.push((u32::from_be_bytes(bytes.try_into().unwrap()), due));
            }
        };
        for number in 0..count {
            let now = TICK * number;
            drain(&mut link, now);
            link.push(now, number.to_be_bytes().to_vec()).unwrap();
        }
        drain(&mut link, Duration::MAX);
        arrivals
    }

    fn bad() -> ConditionerConfig {
        ConditionerConfig {
            delay: Duration::from_millis(60),
            jitter: Duration::from_millis(15),
            loss: 0.05,
            duplicate: 0.02,
            reorder: 0.03,
        }
    }

    #[test]
    fn clear_link_delivers_at_once_and_in_order() {
        let arrivals = send(Conditioner::new(ConditionerConfig::default(), 1), 100);
        assert_eq!(arrivals, (0..100).map(|number| (number, TICK * number)).collect::<Vec<_>>());
    }

    #[test]
    fn same_seed_gives_the_same_arrivals() {
        assert_eq!(send(Conditioner::new(bad(), 7), 1_000), send(Conditioner::new(bad(), 7), 1_000));
        assert_ne!(send(Conditioner::new(bad(), 7), 1_000), send(Conditioner::new(bad(), 8), 1_000));
    }

    #[test]
    fn losses_and_duplicates_are_as_frequent_as_asked() {
        let count = 20_000;
        let arrivals = send(Conditioner::new(ConditionerConfig { duplicate: 0.0, ..bad() }, 1), count);
        let lost = 1.0 - arrivals.len() as f64 / f64::from(count);
        assert!((0.045..0.055).contains(&lost), "lost {lost}");
        let arrivals = send(Conditioner::new(ConditionerConfig { loss: 0.0, ..bad() }, 1), count);
        let repeated = arrivals.len() as f64 / f64::from(count) - 1.0;
        assert!((0.015..0.025).contains(&repeated), "repeated {repeated}");
    }

    #[test]
    fn delay_and_jitter_bound_the_travel_time() {
        let config = ConditionerConfig { loss: 0.0, duplicate: 0.0, reorder: 0.0, ..bad() };
        let arrivals = send(Conditioner::new(config, 1), 10_000);
        let times: Vec<_> = arrivals.iter().map(|&(number, arrival)| arrival - TICK * number).collect();
        let (least, most) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
        assert!((Duration::from_millis(45)..Duration::from_millis(46)).contains(&least), "{least:?}");
        assert!((Duration::from_millis(74)..=Duration::from_millis(75)).contains(&most), "{most:?}");
        let mean = times.iter().sum::<Duration>() / times.len() as u32;
        assert!((Duration::from_micros(59_500)..Duration::from_micros(60_500)).contains(&mean), "{mean:?}");
    }

    #[test]
    fn held_back_messages_are_overtaken() {
        let config = ConditionerConfig { reorder: 0.03, ..ConditionerConfig::default() };
        let arrivals = send(Conditioner::new(config, 1), 10_000);
        let overtaken = arrivals.windows(2).filter(|pair| pair[1].0 < pair[0].0).count();
        assert!((200..400).contains(&overtaken), "{overtaken} overtaken");
    }

    #[test]
    fn ordered_link_is_late_but_loses_and_reorders_nothing() {
        let arrivals = send(Conditioner::ordered(bad(), 1), 10_000);
        assert!(arrivals.iter().map(|&(number, _)| number).eq(0..10_000));
        assert!(arrivals.windows(2).all(|pair| pair[0].1 <= pair[1].1));
        let late = arrivals.iter().filter(|&&(number, arrival)| arrival - TICK * number > TICK * 5).count();
        assert!(late > 100, "only {late} waited for a message that was sent again");
    }

    #[test]
    fn full_link_takes_nothing_more() {
        let slow = ConditionerConfig { delay: Duration::from_secs(60), ..ConditionerConfig::default() };
        let mut link = Conditioner::new(slow, 1);
        for _ in 0..CONDITIONER_MESSAGES_MAX {
            link.push(Duration::ZERO, Vec::new()).unwrap();
        }
        assert_eq!(link.push(Duration::ZERO, Vec::new()), Err(LinkFull));
        assert!(link.poll(Duration::from_secs(60)).is_some());
        assert_eq!(link.push(Duration::ZERO, Vec::new()), Ok(()));
    }
}
