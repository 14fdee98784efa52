//! An allocator of small byte buffers that are kept for a short time: many buffers share one allocation.

use bytes::BytesMut;

/// See the module.
#[derive(Debug)]
pub struct Block {
    bytes: BytesMut,
    /// Size of an allocation.
    size: usize,
}

impl Block {
    /// An empty block. It allocates `size` bytes at a time, or more for a longer piece.
    pub fn new(size: usize) -> Self {
        Self { bytes: BytesMut::new(), size }
    }

    /// A copy of `parts`, concatenated.
    pub fn copy(&mut self, parts: &[&[u8]]) -> BytesMut {
        let length = parts.iter().map(|part| part.len()).sum();
        if self.bytes.capacity() < length {
            // This reuses the old allocation if all of its pieces have been dropped.
            self.bytes.reserve(self.size.max(length));
        }
        for part in parts {
            self.bytes.extend_from_slice(part);
        }
        self.bytes.split()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_copies_whatever_their_length() {
        let mut block = Block::new(8);
        let pieces = [block.copy(&[b"abc", b"", b"de"]), block.copy(&[b"longer than a block"]), block.copy(&[])];
        assert_eq!(pieces.each_ref().map(|piece| &piece[..]), [&b"abcde"[..], b"longer than a block", b""]);
    }

    #[test]
    fn block_that_nobody_holds_is_taken_again() {
        let mut block = Block::new(8);
        let first = block.copy(&[b"12345678"]).as_ptr();
        assert_eq!(block.copy(&[b"87654321"]).as_ptr(), first);
    }
}
