//! SipHash-2-4 over 64-bit words: a keyed one-way function.
//!
//! Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012. Public values that depend on a secret seed are derived with it, so
//! that the seed cannot be computed from them.

/// The hash of `words`, read as little-endian bytes, under `key`.
pub fn keyed_hash(key: [u64; 2], words: &[u64]) -> u64 {
    let mut state = [
        key[0] ^ 0x736f_6d65_7073_6575,
        key[1] ^ 0x646f_7261_6e64_6f6d,
        key[0] ^ 0x6c79_6765_6e65_7261,
        key[1] ^ 0x7465_6462_7974_6573,
    ];
    // The last block is the length in bytes, in its highest byte.
    let length = (words.len() as u64 * 8) << 56;
    for &word in words.iter().chain([&length]) {
        state[3] ^= word;
        rounds(&mut state, 2);
        state[0] ^= word;
    }
    state[2] ^= 0xff;
    rounds(&mut state, 4);
    state.into_iter().fold(0, |hash, word| hash ^ word)
}

fn rounds(state: &mut [u64; 4], count: usize) {
    let [mut a, mut b, mut c, mut d] = *state;
    for _ in 0..count {
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
    }
    *state = [a, b, c, d];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_the_paper_are_met() {
        // Vectors of the reference implementation: the key is 00 01 … 0f, the input is 00 01 … with 0, 8 or 16 bytes.
        let key = [0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908];
        for (words, expected) in [
            (vec![], 0x726f_db47_dd0e_0e31),
            (vec![0x0706_0504_0302_0100], 0x93f5_f579_9a93_2462),
            (vec![0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908], 0x3f2a_cc7f_57c2_9bdb),
        ] {
            assert_eq!(keyed_hash(key, &words), expected, "{words:x?}");
        }
    }
}
