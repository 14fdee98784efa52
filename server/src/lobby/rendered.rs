//! Answers that many clients request: each is rendered at most a few times a second, and shared between its requests.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Serialize;

/// JSON answers by the key of the request.
#[derive(Debug)]
pub(super) struct Rendered<K> {
    answers: Mutex<BTreeMap<K, (Instant, Bytes)>>,
}

/// Time that an answer is used. Its content changes with every tick, but clients show it every few seconds only.
const KEPT: Duration = Duration::from_millis(250);
/// Most answers that are kept. More of them within [`KEPT`] come from a client that makes up keys.
const ANSWERS_MAX: usize = 64;

impl<K> Default for Rendered<K> {
    fn default() -> Self {
        Self { answers: Mutex::default() }
    }
}

impl<K: Ord> Rendered<K> {
    /// The answer for `key`; if none is newer than [`KEPT`], `render` makes one, and other requests wait for it.
    pub(super) fn json<T: Serialize>(&self, key: K, now: Instant, render: impl FnOnce() -> T) -> Response {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = answers.get(&key).filter(|(at, _)| now.saturating_duration_since(*at) < KEPT);
        let bytes = known.map(|(_, bytes)| bytes.clone()).unwrap_or_else(|| {
            let bytes = Bytes::from(serde_json::to_vec(&render()).expect("answers can be written as JSON"));
            answers.retain(|_, (at, _)| now.saturating_duration_since(*at) < KEPT);
            if answers.len() < ANSWERS_MAX {
                answers.insert(key, (now, bytes.clone()));
            }
            bytes
        });
        ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn answer_is_rendered_once_for_all_who_ask_at_the_same_time() {
        let rendered = Rendered::default();
        let (begin, times) = (Instant::now(), Cell::new(0));
        let ask = |key, at| {
            rendered.json(key, begin + Duration::from_millis(at), || times.set(times.get() + 1));
            times.get()
        };
        assert_eq!((ask(1, 0), ask(1, 0), ask(1, 249)), (1, 1, 1));
        assert_eq!((ask(2, 249), ask(1, 250), ask(1, 300)), (2, 3, 3));
    }

    #[test]
    fn made_up_questions_are_answered_and_not_kept() {
        let rendered = Rendered::default();
        let now = Instant::now();
        for key in 0..10 * ANSWERS_MAX {
            rendered.json(key, now, || key);
        }
        assert_eq!(rendered.answers.lock().unwrap().len(), ANSWERS_MAX);
        rendered.json(0, now + KEPT, || 0);
        assert_eq!(rendered.answers.lock().unwrap().len(), 1);
    }
}
