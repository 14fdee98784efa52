//! Finds faults in a host's own certificate that TLS does not refuse but browsers do, without a helpful message.

use std::{fmt, time::SystemTime};

use super::x509::{X509, name_in_words};
use crate::base::timestamp::Moment;

/// A fault that the host should mend.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ChainProblem {
    /// A certificate has expired, or is not valid yet.
    #[error("{which} is not valid: it is valid from {from} until {until}, and now is {now}")]
    Dates {
        /// The certificate at fault.
        which: Which,
        /// Start of its validity.
        from: Moment,
        /// End of its validity.
        until: Moment,
        /// The clock of this machine.
        now: Moment,
    },
    /// A certificate is followed by one that did not issue it.
    #[error(
        "the certificates are not in order: {which} was issued by \"{issuer}\", but the next one is that of \"{next}\"; the server's own certificate comes first, and each is followed by the one of its issuer"
    )]
    Order {
        /// The first of the two.
        which: Which,
        /// Name of its issuer.
        issuer: String,
        /// Name of the certificate that follows.
        next: String,
    },
    /// The certificate has no subject alternative name, the only place where browsers look for the host's name.
    #[error("the certificate names no host (subject alternative name), so no browser accepts it")]
    NoNames,
    /// The issuer's certificate is missing.
    #[error(
        "the issuer of the certificate, \"{issuer}\", is not in the file: clients that do not know it will not connect; use the full chain (fullchain.pem)"
    )]
    NoIssuer {
        /// Name of the issuer.
        issuer: String,
    },
}

/// Position of a certificate in the file; 0 is the server's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Which(usize);

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("the certificate"),
            index => write!(f, "certificate {} of the file", index + 1),
        }
    }
}

impl ChainProblem {
    /// True if every browser refuses the certificate; false if it depends on the authorities that the browser trusts.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::NoIssuer { .. })
    }
}

/// Checks a chain, the server's own certificate first, as of `now`.
pub(super) fn problems(chain: &[X509<'_>], now: SystemTime) -> Vec<ChainProblem> {
    let mut problems = Vec::new();
    for (index, certificate) in chain.iter().enumerate() {
        if !certificate.is_valid(now) {
            let (from, until, now) = (certificate.from.into(), certificate.until.into(), now.into());
            problems.push(ChainProblem::Dates { which: Which(index), from, until, now });
        }
    }
    for (index, pair) in chain.windows(2).enumerate() {
        if pair[0].issuer != pair[1].subject {
            let (issuer, next) = (name_in_words(pair[0].issuer), name_in_words(pair[1].subject));
            problems.push(ChainProblem::Order { which: Which(index), issuer, next });
        }
    }
    match chain {
        [own, ..] if own.names.is_empty() => problems.push(ChainProblem::NoNames),
        [own] if !own.is_self_signed() => {
            problems.push(ChainProblem::NoIssuer { issuer: name_in_words(own.issuer) });
        }
        _ => {}
    }
    problems
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

    use super::*;

    fn params(name: &str, hosts: &[&str], years: (i32, i32)) -> (CertificateParams, KeyPair) {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        (params, KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap())
    }

    /// A certificate and its authority's, with these years of validity.
    fn chain(hosts: &[&str], own: (i32, i32), authority: (i32, i32)) -> [Vec<u8>; 2] {
        let (mut params_of_ca, key) = params("The authority", &[], authority);
        params_of_ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = params_of_ca.self_signed(&key).unwrap().der().to_vec();
        let issuer = Issuer::new(params_of_ca, key);
        let (params, key) = params("play", hosts, own);
        [params.signed_by(&key, &issuer).unwrap().der().to_vec(), ca]
    }

    #[track_caller]
    fn check(chain: &[&Vec<u8>], expected: &[&str]) {
        let parsed: Vec<_> = chain.iter().map(|der| X509::parse(der).unwrap()).collect();
        let found = problems(&parsed, date_time_ymd(2026, 6, 1).into());
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn chain_that_browsers_accept_has_no_problem() {
        let [own, ca] = chain(&["play.example.org"], (2026, 2027), (2020, 2040));
        check(&[&own, &ca], &[]);
    }

    #[test]
    fn dates_are_looked_at_on_both_sides_and_of_every_certificate() {
        let hosts = ["play.example.org"];
        let [own, ca] = chain(&hosts, (2025, 2026), (2020, 2040));
        check(
            &[&own, &ca],
            &["the certificate is not valid: it is valid from 2025-01-01T00:00:00Z until 2026-01-01T00:00:00Z"],
        );
        let [own, ca] = chain(&hosts, (2027, 2028), (2020, 2040));
        check(&[&own, &ca], &["now is 2026-06-01T00:00:00Z"]);
        let [own, ca] = chain(&hosts, (2026, 2027), (2020, 2026));
        check(&[&own, &ca], &["certificate 2 of the file is not valid"]);
    }

    #[test]
    fn order_names_and_a_missing_issuer_are_looked_at() {
        let [own, ca] = chain(&["play.example.org"], (2026, 2027), (2020, 2040));
        check(&[&own], &["the issuer of the certificate, \"The authority\", is not in the file"]);
        let [other, _] = chain(&["other.example.org"], (2026, 2027), (2020, 2040));
        check(&[&own, &other, &ca], &["issued by \"The authority\", but the next one is that of \"play\""]);
        let [nameless, ca] = chain(&[], (2026, 2027), (2020, 2040));
        check(&[&nameless, &ca], &["names no host"]);
        // A self-signed certificate needs no issuer in the file.
        let (params, key) = params("self", &["play.example.org"], (2026, 2027));
        check(&[&params.self_signed(&key).unwrap().der().to_vec()], &[]);
    }
}
