//! Until when a certificate is valid: the one thing that a host must not overlook.
//!
//! ```text
//! Certificate  SEQUENCE { tbs SEQUENCE { [0] version?, serial, algorithm, issuer, validity SEQUENCE { from, until }, .. }, .. }
//! ```
//!
//! RFC 5280 section 4.1, in DER: a tag, a length, the content.

use std::time::{Duration, SystemTime};

/// The end of a certificate's validity; `None` where it is no certificate.
pub(super) fn valid_until(certificate: &[u8]) -> Option<SystemTime> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (mut rest, _) = element(certificate, SEQUENCE)?;
    if let Some((_, after)) = element(rest, VERSION) {
        rest = after;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        (_, rest) = element(rest, tag)?;
    }
    let (validity, _) = element(rest, SEQUENCE)?;
    let (_, _, until) = any_element(validity)?;
    let (tag, text, _) = any_element(until)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The content of the first element, if it has that tag, and what follows it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any_element(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

fn any_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        // So many bytes of length follow; more than two are no certificate of anybody's.
        0x81 => (usize::from(*rest.first()?), &rest[1..]),
        0x82 => {
            let (length, rest) = rest.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(*length)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `YYMMDDHHMMSSZ`, or with four digits of the year.
fn time(tag: u8, text: &str) -> Option<SystemTime> {
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let year: u64 = year.parse().ok()?;
            (year + if year < 50 { 2_000 } else { 1_900 }, rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    if rest.len() != 10 || year < 1_970 {
        return None;
    }
    let two = |at: usize| rest[at..at + 2].parse::<u64>().ok();
    let days = days_since_1970(year, two(0)?, two(2)?)?;
    let secs = ((days * 24 + two(4)?) * 60 + two(6)?) * 60 + two(8)?;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(secs))
}

fn days_since_1970(year: u64, month: u64, day: u64) -> Option<u64> {
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let month_days = |month| match month {
        2 => 28 + u64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let valid = (1..=12).contains(&month) && (1..=month_days(month)).contains(&day);
    let years: u64 = (1_970..year).map(|year| 365 + u64::from(leap(year))).sum();
    valid.then(|| years + (1..month).map(month_days).sum::<u64>() + day - 1)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn der(year: i32, month: u8, day: u8) -> Vec<u8> {
        let mut params = CertificateParams::new(["a.example".to_owned()]).unwrap();
        params.not_after = date_time_ymd(year, month, day);
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        params.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn end_is_read_in_both_notations_of_time() {
        // Beyond 2049 years have four digits.
        for (year, month, day) in
            [(2027, 1, 1), (2028, 2, 29), (2049, 12, 31), (2050, 1, 1), (2100, 3, 1), (4096, 1, 1)]
        {
            let expected = SystemTime::from(date_time_ymd(year, month, day));
            assert_eq!(valid_until(&der(year, month, day)), Some(expected), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_end_and_does_no_harm() {
        let der = der(2030, 1, 1);
        for cut in 0..der.len() {
            let _ = valid_until(&der[..cut]);
            let mut flipped = der.clone();
            flipped[cut] ^= 0xff;
            let _ = valid_until(&flipped);
        }
        assert_eq!(valid_until(b""), None);
        assert_eq!(valid_until(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        for text in ["", "Z", "270132000000Z", "271301000000Z", "27010100000Z", "2701010000000Z", "27010100000é"] {
            assert_eq!(time(UTC_TIME, text), None, "{text}");
        }
    }
}
