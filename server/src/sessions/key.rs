//! The secret that signs tickets and tokens: who has it can take any seat.
//!
//! With a state directory it lies there in `key`, so that tokens outlive the process; without one it is made anew.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use ring::hmac;

/// A key of HMAC-SHA256.
#[derive(Clone)]
pub struct Key(hmac::Key);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("{}: cannot keep the key of sessions there: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no key.
    #[error("{}: {found} bytes are no key of sessions, which has {KEY_BYTES}; remove the file to get a new one", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
    },
}

/// As long as the hash: a longer one adds nothing, and a shorter one is easier to guess.
const KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub(super) const MAC_BYTES: usize = 32;
const FILE: &str = "key";

impl Key {
    /// A key that nobody has.
    pub fn random() -> Self {
        Self::new(&rand::random::<[u8; KEY_BYTES]>())
    }

    /// The key that lies in `directory`, or a new one put there. Only its owner may read the file.
    ///
    /// # Errors
    /// When it can be neither read nor made, or is no key.
    pub fn in_directory(directory: &Path) -> Result<Self, KeyError> {
        let path = directory.join(FILE);
        let failed = |source| KeyError::Io { path: path.clone(), source };
        match fs::read(&path) {
            Ok(bytes) if bytes.len() == KEY_BYTES => {
                warn_if_others_can_read(&path);
                Ok(Self::new(&bytes))
            }
            Ok(bytes) => Err(KeyError::WrongLength { found: bytes.len(), path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let bytes = rand::random::<[u8; KEY_BYTES]>();
                write_private(&path, &bytes).map_err(failed)?;
                Ok(Self::new(&bytes))
            }
            Err(error) => Err(failed(error)),
        }
    }

    fn new(bytes: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// A secret for something else, by its name, which tells nothing of this one.
    pub(crate) fn derive(&self, name: &str) -> [u8; MAC_BYTES] {
        // A payload that is signed begins with its kind, and none has this one.
        let mut message = vec![0];
        message.extend_from_slice(name.as_bytes());
        self.sign(&message)
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; MAC_BYTES] {
        let tag = hmac::sign(&self.0, message);
        tag.as_ref().try_into().expect("SHA-256 has 32 bytes")
    }

    /// In a time that does not depend on where they differ.
    pub(super) fn is_signed(&self, message: &[u8], mac: &[u8]) -> bool {
        hmac::verify(&self.0, message, mac).is_ok()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(secret)")
    }
}

/// Written aside and moved into place whole, so that a crash leaves no half a key.
fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&aside, path)
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    if let Ok(metadata) = fs::metadata(path)
        && metadata.permissions().mode() & 0o077 != 0
    {
        tracing::warn!(path = %path.display(), "others can read the key of sessions, and take any player's craft: chmod 600");
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
        assert!(text.contains("key: 5 bytes are no key of sessions, which has 32"), "{text}");
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
