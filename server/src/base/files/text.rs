//! Reads files that people write: with any line ends, and with the byte order mark that some editors put in front of the text.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

/// U+FEFF in UTF-8. It has no meaning in UTF-8, and is not part of the text.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Most bytes of a text: settings, or the most bans that may exist, with room to spare. A device file would have no end.
const TEXT_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Reads a text file without its mark, with `\n` as line end.
///
/// # Errors
/// When it cannot be read; [`io::ErrorKind::InvalidData`] when it is not UTF-8, [`io::ErrorKind::FileTooLarge`] when it has more than
/// 16 MiB.
pub(crate) fn read_text(path: &Path) -> io::Result<String> {
    let bytes = read_bytes(path, TEXT_BYTES_MAX)?;
    let text = String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(text.replace("\r\n", "\n"))
}

/// Reads at most `limit` bytes of a file whose parser accepts bytes and any line ends (PEM, JSON).
///
/// # Errors
/// When it cannot be read; [`io::ErrorKind::FileTooLarge`] when it is longer.
pub(crate) fn read_bytes(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        let words = format!("it has more than the allowed {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
    }
    Ok(bytes.strip_prefix(MARK).map(<[u8]>::to_vec).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::tests::folder, *};

    #[test]
    fn mark_and_line_ends_make_no_difference() {
        let folder = folder("text");
        let path = folder.join("text");
        for text in ["a = 1\nb = 2\n", "\u{feff}a = 1\nb = 2\n", "a = 1\r\nb = 2\r\n", "\u{feff}a = 1\r\nb = 2\r\n"] {
            fs::write(&path, text).unwrap();
            assert_eq!(read_text(&path).unwrap(), "a = 1\nb = 2\n", "{text:?}");
        }
        fs::write(&path, b"\xff").unwrap();
        assert_eq!(read_text(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
        #[cfg(unix)]
        assert_eq!(read_text(Path::new("/dev/zero")).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn bytes_are_read_up_to_their_limit_and_not_cut_silently() {
        let folder = folder("bytes");
        let path = folder.join("text");
        fs::write(&path, "\u{feff}abc").unwrap();
        assert_eq!(read_bytes(&path, 6).unwrap(), b"abc");
        assert_eq!(read_bytes(&path, 5).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        fs::remove_dir_all(folder).unwrap();
    }
}
