//! From the sockets to the sessions.

use std::time::Instant;

use mio::Token;

use super::{
    driven::{Driven, Stage},
    link::Wire,
    worker::{FIRST_LINK, WAKER, Worker},
};

impl Worker {
    /// Takes everything that has arrived.
    pub(super) fn sweep(&mut self) {
        for event in &self.events {
            match event.token() {
                WAKER => {}
                Token(number) if number < FIRST_LINK => self.quics[number].handle_readable(),
                Token(token) => {
                    let key = token - FIRST_LINK;
                    let Some(Driven { wire: Wire::WebSocket(link), touched, .. }) = self.links.get_mut(key) else {
                        continue;
                    };
                    if event.is_readable() || event.is_error() {
                        link.handle_readable(event.is_read_closed() || event.is_error());
                        if !std::mem::replace(touched, true) {
                            self.touched.push(key);
                        }
                    }
                    if event.is_writable() && link.is_blocked() {
                        self.schedule.set(key, self.swept);
                    }
                }
            }
        }
        self.events.clear();
        for quic in self.quics.iter_mut().filter(|quic| quic.is_readable()) {
            quic.receive(|key, event| {
                let Some(Driven { wire: Wire::Quic(link), touched, .. }) = self.links.get_mut(key) else { return };
                link.handle_event(event);
                if !std::mem::replace(touched, true) {
                    self.touched.push(key);
                }
            });
        }
        let mut touched = std::mem::take(&mut self.touched);
        for key in touched.drain(..) {
            self.read(key);
        }
        // Links with more to say have been put into the new list.
        touched.append(&mut self.touched);
        self.touched = touched;
    }

    pub(super) fn touch(&mut self, key: usize) {
        if !std::mem::replace(&mut self.links[key].touched, true) {
            self.touched.push(key);
        }
    }

    /// Takes what a link has received.
    fn read(&mut self, key: usize) {
        let Some(link) = self.links.get_mut(key) else { return };
        link.touched = false;
        let now = Instant::now();
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
                    match rider.handle_message(channel, bytes, now) {
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

    /// Goes on with a handshake, and answers whoever awaits its end.
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
