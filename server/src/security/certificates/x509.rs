//! Parses the parts of a certificate that a host should check: dates, host names, issuer.
//!
//! ```text
//! Certificate  SEQUENCE { tbs SEQUENCE { [0] version?, serial, algorithm, issuer, validity SEQUENCE { from, until }, subject, key,
//!                                        [1]?, [2]?, [3] SEQUENCE { SEQUENCE { id, critical?, OCTET STRING { names } }… }? }, .. }
//! ```
//!
//! RFC 5280 section 4.1, in DER: tag, length, content.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, SystemTime},
};

/// The parsed parts. Issuer and subject are compared as bytes to build a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct X509<'a> {
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) from: SystemTime,
    pub(super) until: SystemTime,
    /// Subject alternative names: hosts, and addresses as text.
    pub(super) names: Vec<String>,
}

impl<'a> X509<'a> {
    /// Parses a certificate in DER; `None` if it is malformed.
    pub(super) fn parse(certificate: &'a [u8]) -> Option<Self> {
        let (certificate, _) = element(certificate, SEQUENCE)?;
        let (mut rest, _) = element(certificate, SEQUENCE)?;
        if let Some((_, after)) = element(rest, VERSION) {
            rest = after;
        }
        for tag in [INTEGER, SEQUENCE] {
            (_, rest) = element(rest, tag)?;
        }
        let (issuer, rest) = element(rest, SEQUENCE)?;
        let (validity, rest) = element(rest, SEQUENCE)?;
        let (subject, rest) = element(rest, SEQUENCE)?;
        let (_, mut rest) = element(rest, SEQUENCE)?;
        let (from, validity) = moment(validity)?;
        let (until, _) = moment(validity)?;
        let mut names = Vec::new();
        while let Some((tag, content, after)) = any_element(rest) {
            if tag == EXTENSIONS {
                names = alternative_names(content).unwrap_or_default();
            }
            rest = after;
        }
        Some(Self { issuer, subject, from, until, names })
    }

    /// True from the first to the last second of its validity.
    pub(super) fn is_valid(&self, now: SystemTime) -> bool {
        (self.from..=self.until).contains(&now)
    }

    /// True if issuer and subject are the same; the signature is not verified.
    pub(super) fn is_self_signed(&self) -> bool {
        self.issuer == self.subject
    }
}

/// The end of a certificate's validity; `None` if it is malformed.
pub(super) fn valid_until(certificate: &[u8]) -> Option<SystemTime> {
    X509::parse(certificate).map(|certificate| certificate.until)
}

/// The readable name of an issuer or subject: its common name, or else its organisation.
///
/// ```text
/// Name  SEQUENCE { SET { SEQUENCE { id, text } }… }
/// ```
pub(super) fn name_in_words(name: &[u8]) -> String {
    let find = |wanted: &[u8]| {
        let mut rest = name;
        while let Some((_, set, after)) = any_element(rest) {
            rest = after;
            let pair = element(set, SEQUENCE).map(|(pair, _)| pair);
            let Some((id, text)) = pair.and_then(|pair| element(pair, IDENTIFIER)) else { continue };
            if id == wanted
                && let Some((_, text, _)) = any_element(text)
            {
                return Some(String::from_utf8_lossy(text).escape_debug().to_string());
            }
        }
        None
    };
    find(&COMMON_NAME).or_else(|| find(&ORGANISATION)).unwrap_or_else(|| "(without a name)".to_owned())
}

fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let (mut extensions, _) = element(extensions, SEQUENCE)?;
    while let Some((extension, after)) = element(extensions, SEQUENCE) {
        extensions = after;
        let (id, rest) = element(extension, IDENTIFIER)?;
        if id != ALTERNATIVE_NAMES {
            continue;
        }
        let value = element(rest, BOOLEAN).map_or(rest, |(_, rest)| rest);
        let (value, _) = element(value, OCTETS)?;
        let (mut list, _) = element(value, SEQUENCE)?;
        let mut names = Vec::new();
        while let Some((tag, name, after)) = any_element(list) {
            list = after;
            match tag {
                DNS_NAME => names.push(String::from_utf8_lossy(name).escape_debug().to_string()),
                IP_ADDRESS => names.extend(address(name).map(|address| address.to_string())),
                _ => {}
            }
        }
        return Some(names);
    }
    None
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| Ipv4Addr::from(octets).into());
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|octets| Ipv6Addr::from(octets).into())).ok()
}

/// Parses the first of two times; returns it and the bytes after it.
fn moment(validity: &[u8]) -> Option<(SystemTime, &[u8])> {
    let (tag, text, rest) = any_element(validity)?;
    Some((time(tag, std::str::from_utf8(text).ok()?)?, rest))
}

const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const IP_ADDRESS: u8 = 0x87;
/// 2.5.29.17
const ALTERNATIVE_NAMES: [u8; 3] = [0x55, 0x1d, 0x11];
/// 2.5.4.3
const COMMON_NAME: [u8; 3] = [0x55, 0x04, 0x03];
/// 2.5.4.10
const ORGANISATION: [u8; 3] = [0x55, 0x04, 0x0a];
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The content of the first element, if it has that tag, and the bytes after it.
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    any_element(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, rest)| (content, rest))
}

fn any_element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, length], rest) = bytes.split_first_chunk()?;
    let (length, rest) = match length {
        0..=0x7f => (usize::from(length), rest),
        // 0x81 and 0x82: the length itself has one or two bytes. No real certificate needs more.
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

/// `YYMMDDHHMMSSZ`, or the same with a year of four digits; the tag decides.
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
        // From 2050 on years have four digits.
        for (year, month, day) in
            [(2027, 1, 1), (2028, 2, 29), (2049, 12, 31), (2050, 1, 1), (2100, 3, 1), (4096, 1, 1)]
        {
            let expected = SystemTime::from(date_time_ymd(year, month, day));
            assert_eq!(valid_until(&der(year, month, day)), Some(expected), "{year}-{month}-{day}");
        }
    }

    #[test]
    fn names_and_issuer_are_read() {
        let names = ["play.example.org", "*.example.org", "203.0.113.7", "2001:db8::7"].map(str::to_owned);
        let mut params = CertificateParams::new(names.clone()).unwrap();
        params.distinguished_name.push(rcgen::DnType::CommonName, "The leaf");
        params.not_before = date_time_ymd(2026, 1, 2);
        params.not_after = date_time_ymd(2027, 1, 2);
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        let found = X509::parse(&der).unwrap();
        assert_eq!(found.names, names);
        assert!(found.is_self_signed());
        assert_eq!(name_in_words(found.subject), "The leaf");
        for (day, is_valid) in [(1, false), (2, true), (3, true)] {
            assert_eq!(found.is_valid(date_time_ymd(2026, 1, day).into()), is_valid);
        }
        assert!(!found.is_valid(date_time_ymd(2027, 1, 3).into()));
    }

    #[test]
    fn what_is_no_certificate_has_no_end_and_does_no_harm() {
        let der = der(2030, 1, 1);
        for cut in 0..der.len() {
            assert_eq!(X509::parse(&der[..cut]), None);
            let mut flipped = der.clone();
            flipped[cut] ^= 0xff;
            let _ = X509::parse(&flipped).map(|found| (name_in_words(found.issuer), name_in_words(found.subject)));
        }
        assert_eq!(valid_until(b""), None);
        assert_eq!(valid_until(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        for text in ["", "Z", "270132000000Z", "271301000000Z", "27010100000Z", "2701010000000Z", "27010100000é"] {
            assert_eq!(time(UTC_TIME, text), None, "{text}");
        }
    }
}
