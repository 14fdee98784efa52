//! A queue by time; items of the same time come out in the order in which they were put in.

use std::{cmp::Ordering, collections::BinaryHeap};

use crate::store::Time;

/// Events by time.
pub(crate) struct Queue<T> {
    heap: BinaryHeap<Due<T>>,
    serial: u64,
}

struct Due<T> {
    time: Time,
    serial: u64,
    item: T,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { heap: BinaryHeap::new(), serial: 0 }
    }

    pub(crate) fn push(&mut self, time: Time, item: T) {
        self.serial += 1;
        self.heap.push(Due { time, serial: self.serial, item });
    }

    pub(crate) fn pop(&mut self) -> Option<(Time, T)> {
        self.heap.pop().map(|due| (due.time, due.item))
    }
}

impl<T> Ord for Due<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.time, other.serial).cmp(&(self.time, self.serial))
    }
}

impl<T> PartialOrd for Due<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Due<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Due<T> {}
