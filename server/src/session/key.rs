//! The secret key that signs tickets and tokens. An attacker who has it can take any seat.
//!
//! If there is a state directory, the key is stored in its file `key`, so that tokens outlive the process; else each start makes a new one.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use ring::hmac;

use crate::base::files::{Access, replace};

/// A key of HMAC-SHA256.
#[derive(Clone)]
pub struct Key(hmac::Key);

/// Reasons why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("{}: cannot keep the session key there: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file does not contain a key.
    #[error("{}: {found} bytes are not a session key, which has {KEY_BYTES}; remove the file to get a new one", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
    },
}

/// As long as the hash: a longer key adds nothing, and a shorter one is easier to guess.
const KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub(super) const MAC_BYTES: usize = 32;
const FILE: &str = "key";

impl Key {
    /// A new random key.
    pub fn random() -> Self {
        Self::new(&rand::random::<[u8; KEY_BYTES]>())
    }

    /// Reads the key in `directory`, or makes one there. Only the owner may read the file.
    ///
    /// # Errors
    /// When the file can be neither read nor written, or does not contain a key.
    pub fn in_directory(directory: &Path) -> Result<Self, KeyError> {
        if let Some(key) = Self::read(directory)? {
            return Ok(key);
        }
        let path = directory.join(FILE);
        let bytes = rand::random::<[u8; KEY_BYTES]>();
        replace(&path, &bytes, Access::Private).map_err(|source| KeyError::Io { path, source })?;
        Ok(Self::new(&bytes))
    }

    /// Reads the key in `directory`, if there is one.
    ///
    /// # Errors
    /// When the file cannot be read, or does not contain a key.
    pub(crate) fn read(directory: &Path) -> Result<Option<Self>, KeyError> {
        let path = directory.join(FILE);
        match fs::read(&path) {
            Ok(bytes) if bytes.len() == KEY_BYTES => {
                warn_if_others_can_read(&path);
                Ok(Some(Self::new(&bytes)))
            }
            Ok(bytes) => Err(KeyError::WrongLength { found: bytes.len(), path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(KeyError::Io { path, source }),
        }
    }

    fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// Derives another secret by its name; it does not reveal this key.
    pub(crate) fn derive(&self, name: &str) -> [u8; MAC_BYTES] {
        // The first byte separates this from signed payloads, whose kinds are 1 and 2.
        let mut message = vec![0];
        message.extend_from_slice(name.as_bytes());
        self.sign(&message)
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let tag = hmac::sign(&self.0, message);
        tag.as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    /// Verifies a signature in constant time.
    pub(super) fn is_signed(&self, message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.0, message, mac).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(secret)")
    }
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(metadata) = fs::metadata(path)
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "other users can read the session key, and could take any player's seat: chmod 600");
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(test: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("ricochet-key-{}-{test}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn key_in_a_directory_is_made_once_and_private() {
        let directory = directory("once");
        let first = Key::in_directory(&directory).unwrap();
        let second = Key::in_directory(&directory).unwrap();
        assert!(second.is_signed(b"hello", &first.sign(b"hello")));
        assert!(!Key::random().is_signed(b"hello", &first.sign(b"hello")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(directory.join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn broken_key_is_refused_with_its_place() {
        let directory = directory("broken");
        fs::write(directory.join(FILE), b"short").unwrap();
        let text = Key::in_directory(&directory).unwrap_err().to_string();
        assert!(text.contains("key: 5 bytes are not a session key, which has 32"), "{text}");
        fs::remove_dir_all(&directory).unwrap();
        assert!(matches!(Key::in_directory(&directory), Err(KeyError::Io { .. })), "no directory, no key");
    }

    #[test]
    fn derived_secrets_differ() {
        let key = Key::random();
        assert_eq!(key.derive("a"), key.derive("a"));
        assert_ne!(key.derive("a"), key.derive("b"));
    }
}
