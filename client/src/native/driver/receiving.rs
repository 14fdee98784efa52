//! Receiving: from the sockets to the sessions.

use std::time::{Duration, Instant};

use mio::Token;

use super::{
    driven::{Driven, Stage},
    link::Wire,
    worker::{FIRST_LINK, WAKER, Worker},
};

/// Time for messages before the sockets are read again. A burst of snapshots keeps a driver busy for milliseconds. Packets that
/// arrive meanwhile need a correct arrival time, or the driver's own delay would count as latency of the players.
const SLICE: Duration = Duration::from_micros(250);

impl Worker {
    /// Records the arrival time of everything that has arrived, and handles messages for one slice of time.
    pub(super) fn sweep(&mut self) {
        for event in &self.events {
            match event.token() {
                WAKER => {}
                Token(number) if number < FIRST_LINK => self.quics[number].handle_readable(),
                Token(token) => {
                    let key = token - FIRST_LINK;
                    let Some(driven) = self.links.get_mut(key) else { continue };
                    let Wire::WebSocket(link) = &mut driven.wire else { continue };
                    if event.is_writable() && link.is_blocked() {
                        self.schedule.set(key, self.swept);
                    }
                    if event.is_readable() || event.is_error() {
                        link.handle_readable(event.is_read_closed() || event.is_error());
                        if driven.touch(self.swept) {
                            self.touched.push_back(key);
                        }
                    }
                }
            }
        }
        self.events.clear();
        for quic in self.quics.iter_mut().filter(|quic| quic.is_readable()) {
            quic.receive(|key, event, now| {
                let Some(driven) = self.links.get_mut(key) else { return };
                let Wire::Quic(link) = &mut driven.wire else { return };
                link.handle_event(event);
                if driven.touch(now) {
                    self.touched.push_back(key);
                }
            });
        }
        let until = self.swept + SLICE;
        while let Some(key) = self.touched.pop_front() {
            self.read(key);
            if Instant::now() >= until {
                break;
            }
        }
    }

    pub(super) fn touch(&mut self, key: usize) {
        if self.links[key].touch(self.swept) {
            self.touched.push_back(key);
        }
    }

    /// Handles everything that a link has received.
    fn read(&mut self, key: usize) {
        let Some(link) = self.links.get_mut(key) else { return };
        let now = Instant::now();
        let arrived = link.touched.take().unwrap_or(now);
        match &mut link.stage {
            Stage::Opening(_) => return self.open(key, now),
            Stage::Idle => return link.poll_events(),
            Stage::Playing(rider) if !rider.is_reading() => return link.poll_events(),
            Stage::Playing(_) | Stage::Parting { .. } => {}
        }
        loop {
            let received = link.wire.poll_message();
            let lost = match (received, &mut link.stage) {
                (Ok(Some((channel, bytes))), Stage::Playing(rider)) => {
                    match rider.handle_message(channel, bytes, arrived) {
                        Ok(()) => continue,
                        Err(error) => Err(error),
                    }
                }
                (Ok(Some(_)), _) => continue,
                (Ok(None), _) => break,
                (Err(error), Stage::Playing(rider)) => rider.handle_lost(error),
                (Err(_), _) => return self.part(key, now),
            };
            return self.get_off(key, lost, now);
        }
        if link.wire.has_more() {
            self.touch(key);
        }
        self.plan(key, now);
    }

    /// Continues a handshake, and sends the result to the waiting task when it is done.
    pub(super) fn open(&mut self, key: usize, now: Instant) {
        let Self { links, quics, .. } = self;
        let Driven { wire: Wire::Quic(link), stage, .. } = &mut links[key] else { return };
        link.drive(&mut quics[link.socket()], now);
        link.poll_events();
        let outcome = match link.ended() {
            Some(error) => Err(error.clone()),
            None if link.is_open() => Ok(()),
            None => return self.plan(key, now),
        };
        let Stage::Opening(reply) = std::mem::replace(stage, Stage::Idle) else { return };
        match outcome {
            Ok(()) => self.give_ticket(key, reply),
            Err(error) => {
                let _ = reply.send(Err(error));
                self.remove(key, None, now);
            }
        }
    }
}
