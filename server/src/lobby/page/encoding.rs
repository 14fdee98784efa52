//! The form in which a browser gets a file of a page: its media type, and an encoding that the browser accepts.

use std::{
    collections::BTreeMap,
    io::{self, Read},
    sync::{Mutex, PoisonError},
};

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use flate2::read::GzDecoder;

use crate::games::PageFile;

/// The compression of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
}

impl PageFile {
    /// The file without compression. Every browser accepts one of the two encodings, so a file is unpacked only at the first request
    /// that accepts neither, and kept.
    pub(super) fn whole(self) -> Option<Bytes> {
        static UNPACKED: Mutex<BTreeMap<usize, Bytes>> = Mutex::new(BTreeMap::new());
        let mut unpacked = UNPACKED.lock().unwrap_or_else(PoisonError::into_inner);
        let address = self.gzip.as_ptr().addr();
        if let Some(bytes) = unpacked.get(&address) {
            return Some(bytes.clone());
        }
        let bytes = Bytes::from(unpack(self.gzip).ok()?);
        unpacked.insert(address, bytes.clone());
        Some(bytes)
    }

    /// The packed bytes.
    pub(super) const fn bytes(self, encoding: Encoding) -> &'static [u8] {
        match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
        }
    }
}

/// Unpacks gzip.
pub(super) fn unpack(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut whole = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut whole)?;
    Ok(whole)
}

/// The media type of a file, by its name.
pub(super) fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

impl Encoding {
    /// The smallest encoding that a request accepts.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        Self::choose(headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?)
    }

    /// The smallest encoding that an `accept-encoding` header allows.
    fn choose(accepted: &str) -> Option<Self> {
        [Self::Brotli, Self::Gzip].into_iter().find(|encoding| takes(accepted, encoding.name()))
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// True if a list like `gzip;q=0.8, br` contains the coding with a weight above 0. A bare `*` matches no coding.
fn takes(accepted: &str, name: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        let named = words.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name));
        let weight = words.find_map(|word| word.strip_prefix("q=")).map_or(Ok(1.0), str::parse::<f32>);
        named && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_accepted_encoding_is_chosen() {
        for (accepted, encoding) in [
            ("gzip, deflate, br, zstd", Some(Encoding::Brotli)),
            ("gzip, deflate", Some(Encoding::Gzip)),
            ("GZIP;q=0.5, br;q=0", Some(Encoding::Gzip)),
            ("br;q=x", None),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(Encoding::choose(accepted), encoding, "{accepted:?}");
        }
    }
}
