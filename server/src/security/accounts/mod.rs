//! Identifies a player by a token of the host's own issuer: a JWT, signed with EdDSA or RS256 by one of the keys in a file.
//!
//! ```text
//! POST /api/join, authorization: Bearer JWT ──> signature, exp, nbf, iss, aud ──> Account: a number, a name
//! ```
//!
//! The key decides which algorithm is allowed, never the token. The issuer's name for the player (`sub`) does not leave this module:
//! the rest of the server knows an account by a hash of it.

mod verifier;

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use arc_swap::ArcSwapOption;
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tracing::{error, info};

use crate::{
    base::{calendar, files::read_bytes},
    config,
};

/// An account's identity inside the server: a hash of issuer and subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub u64);

/// The account that a token proves.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// The same for every token of this player.
    pub id: AccountId,
    /// The player's name in the token, if it has one.
    pub name: Option<String>,
}

/// Settings and public keys, both replaced while the server runs.
#[derive(Debug)]
pub struct Accounts {
    /// `None`: every player is a guest.
    keys: ArcSwapOption<Keys>,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Keys {
    settings: config::Accounts,
    keys: Vec<Key>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// Settings, and length and modification time of the key file, at the last read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Seen {
    settings: config::Accounts,
    stamp: Option<(u64, SystemTime)>,
}

/// Reasons why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file cannot be read.
    #[error("{}: cannot read the keys of accounts: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file is not a usable set of keys.
    #[error("{}: this is not a set of keys (JWKS): {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The reason, as a sentence.
        why: String,
    },
}

/// Reasons why a request does not prove an account.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AccountError {
    /// The request has no token, and this server takes no guests.
    #[error("this server takes only players with an account: send authorization: Bearer and a token of its issuer")]
    Required,
    /// The header is not a Bearer token of allowed length.
    #[error("the header authorization must be Bearer and a token of at most {TOKEN_BYTES_MAX} bytes")]
    Malformed,
    /// The token is not valid; the text says why.
    #[error("the token is refused: {0}")]
    Refused(String),
}

/// The claims that we read. A date that is not a number is refused here.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: f64,
    nbf: Option<f64>,
    name: Option<String>,
    preferred_username: Option<String>,
}

/// Tokens of identity providers have one or two thousand bytes.
pub const TOKEN_BYTES_MAX: usize = 4 * 1024;
/// Clocks of two machines may differ by this much.
const LEEWAY_SECS: f64 = 30.0;
/// Issuers have a handful of keys.
const KEYS_MAX: usize = 64;
const FILE_BYTES_MAX: usize = 1024 * 1024;
const SUBJECT_BYTES_MAX: usize = 255;

/// Keys that have been read for new settings and are not yet in use.
pub(crate) struct PreparedKeys {
    keys: Option<Keys>,
    seen: Seen,
}

impl PreparedKeys {
    /// Reads the key file of `settings`, if they name one.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub(crate) fn read(settings: &config::Accounts) -> Result<Self, KeysError> {
        let stamp = settings.jwks.as_deref().and_then(stamp);
        let keys = settings.jwks.as_deref().map(|path| Keys::read(path, settings)).transpose()?;
        Ok(Self { keys, seen: Seen { settings: settings.clone(), stamp } })
    }
}

impl Accounts {
    /// Reads the keys that `settings` name.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn new(settings: &config::Accounts) -> Result<Self, KeysError> {
        verifier::install();
        let accounts = Self { keys: ArcSwapOption::empty(), seen: Mutex::default() };
        accounts.set(settings)?;
        Ok(accounts)
    }

    /// Replaces settings and keys.
    ///
    /// # Errors
    /// When the keys cannot be read; then nothing changes.
    pub fn set(&self, settings: &config::Accounts) -> Result<(), KeysError> {
        self.apply(PreparedKeys::read(settings)?);
        Ok(())
    }

    /// Puts prepared keys into use.
    pub(crate) fn apply(&self, prepared: PreparedKeys) {
        self.keys.store(prepared.keys.map(Arc::new));
        *self.seen() = prepared.seen;
    }

    /// Reads the keys again if their file has changed. A broken file is logged once, and the keys in use stay.
    pub fn refresh(&self) {
        let Seen { settings, stamp: before } = self.seen().clone();
        let Some(path) = settings.jwks.as_deref() else { return };
        let now = stamp(path);
        if now == before || now.is_none() {
            return;
        }
        match self.set(&settings) {
            Ok(()) => info!(path = %path.display(), "read the keys of accounts again"),
            Err(error) => {
                error!(%error, "the file of account keys has changed and cannot be used; the keys in use stay");
                self.seen().stamp = now;
            }
        }
    }

    /// The account that a request's `authorization` proves; `None` for a guest.
    ///
    /// # Errors
    /// When the token is refused, or is missing although accounts are required.
    pub fn identify(&self, authorization: Option<&[u8]>) -> Result<Option<Account>, AccountError> {
        let keys = self.keys.load();
        // Without keys every player is a guest, even if a proxy on the way adds this header.
        let Some(keys) = keys.as_ref() else { return Ok(None) };
        let Some(authorization) = authorization else {
            return if keys.settings.required { Err(AccountError::Required) } else { Ok(None) };
        };
        let token =
            authorization.split_first_chunk::<7>().filter(|(scheme, _)| scheme.eq_ignore_ascii_case(b"bearer "));
        let (_, token) = token.ok_or(AccountError::Malformed)?;
        if token.len() > TOKEN_BYTES_MAX {
            return Err(AccountError::Malformed);
        }
        // The wall clock may have jumped, so a token is good if it is valid by either date: the calendar's or the wall clock's.
        let dates = [calendar::now(), SystemTime::now()];
        keys.identify(token, dates).map(Some)
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keys {
    fn read(path: &Path, settings: &config::Accounts) -> Result<Self, KeysError> {
        let malformed = |why: String| KeysError::Malformed { path: path.to_owned(), why };
        let bytes =
            read_bytes(path, FILE_BYTES_MAX).map_err(|source| KeysError::Io { path: path.to_owned(), source })?;
        let set: JwkSet = serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        // A set may also hold keys for encryption or other algorithms; they are skipped.
        let keys: Vec<Key> = set.keys.iter().filter_map(Key::new).take(KEYS_MAX).collect();
        if keys.is_empty() {
            return Err(malformed("it holds no key for signatures by EdDSA (Ed25519) or RS256".to_owned()));
        }
        Ok(Self { settings: settings.clone(), keys })
    }

    fn identify(&self, token: &[u8], dates: [SystemTime; 2]) -> Result<Account, AccountError> {
        let refused = |error: jsonwebtoken::errors::Error| AccountError::Refused(words(&error));
        let header = decode_header(token).map_err(refused)?;
        let fits = |key: &&Key| {
            key.algorithm == header.alg && (header.kid.is_none() || key.id.is_none() || header.kid == key.id)
        };
        let mut problem = AccountError::Refused("no key is for its kid and alg".to_owned());
        for key in self.keys.iter().filter(fits) {
            match decode::<Claims>(token, &key.key, &self.validation(key.algorithm)) {
                Ok(data) => return self.account(data.claims, dates),
                Err(error) => problem = refused(error),
            }
        }
        Err(problem)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let config::Accounts { issuer, audience, .. } = &self.settings;
        let mut validation = Validation::new(algorithm);
        // The library would judge `exp` by the wall clock alone; `check_dates` does it with both dates.
        validation.validate_exp = false;
        let mut required = vec!["exp", "sub"];
        if let Some(issuer) = issuer {
            validation.set_issuer(&[issuer]);
            required.push("iss");
        }
        match audience {
            Some(audience) => {
                validation.set_audience(&[audience]);
                required.push("aud");
            }
            None => validation.validate_aud = false,
        }
        validation.set_required_spec_claims(&required);
        validation
    }

    fn account(&self, claims: Claims, dates: [SystemTime; 2]) -> Result<Account, AccountError> {
        let Claims { sub, exp, nbf, name, preferred_username } = claims;
        check_dates(exp, nbf, dates)?;
        if sub.is_empty() || sub.len() > SUBJECT_BYTES_MAX {
            return Err(AccountError::Refused(format!("its sub must have 1 to {SUBJECT_BYTES_MAX} bytes")));
        }
        let issuer = self.settings.issuer.as_deref().unwrap_or_default();
        Ok(Account { id: AccountId::new(issuer, &sub), name: preferred_username.or(name) })
    }
}

impl Key {
    fn new(jwk: &Jwk) -> Option<Self> {
        let signs = jwk.common.public_key_use.as_ref().is_none_or(|to| *to == PublicKeyUse::Signature);
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(pair) if pair.curve == EllipticCurve::Ed25519 => Algorithm::EdDSA,
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            _ => return None,
        };
        let fits = match jwk.common.key_algorithm {
            None => true,
            Some(KeyAlgorithm::EdDSA) => algorithm == Algorithm::EdDSA,
            Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
            Some(_) => false,
        };
        let key = DecodingKey::from_jwk(jwk).ok()?;
        (signs && fits).then(|| Self { id: jwk.common.key_id.clone(), algorithm, key })
    }
}

impl AccountId {
    fn new(issuer: &str, subject: &str) -> Self {
        let hash = Sha256::new().chain_update(issuer).chain_update([0]).chain_update(subject).finalize();
        Self(u64::from_be_bytes(*hash.first_chunk().expect("SHA-256 has 32 bytes")))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Accepts a token that is valid at one of the two dates.
fn check_dates(exp: f64, nbf: Option<f64>, dates: [SystemTime; 2]) -> Result<(), AccountError> {
    let secs = dates.map(|date| date.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64());
    let is_over = |now: f64| exp < now - LEEWAY_SECS;
    let is_early = |now: f64| nbf.is_some_and(|nbf| nbf > now + LEEWAY_SECS);
    let refused = |why: &str| Err(AccountError::Refused(why.to_owned()));
    match secs {
        _ if secs.iter().any(|&now| !is_over(now) && !is_early(now)) => Ok(()),
        [now, _] if is_over(now) => refused("it has expired"),
        [..] => refused("it is not valid yet"),
    }
}

/// The fault in plain words, without any part of the token.
fn words(error: &jsonwebtoken::errors::Error) -> String {
    use jsonwebtoken::errors::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidIssuer => "it was issued by another issuer".to_owned(),
        ErrorKind::InvalidAudience => "it is for another audience".to_owned(),
        ErrorKind::InvalidSignature => "its signature is wrong".to_owned(),
        ErrorKind::MissingRequiredClaim(claim) => format!("it lacks {claim}"),
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => "its alg is not allowed".to_owned(),
        _ => "it cannot be read".to_owned(),
    }
}

fn stamp(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()?))
}

#[cfg(test)]
mod tests;
