//! Damages bytes. Most random changes give bytes that cannot be decoded at all, so half of the changes keep valid
//! MessagePack: another number in place of one, or a list that is longer or shorter.

use shared::rng::Rng;

/// A value in the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Node {
    start: usize,
    end: usize,
    /// Number of elements of a short list.
    elements: Option<u8>,
    /// Start of its last element.
    last: usize,
}

/// Returns `bytes` with one damage.
pub(crate) fn spoiled(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if bytes.is_empty() {
        return vec![rng.next_u64() as u8; 3];
    }
    if rng.chance(2, 3)
        && let Some(nodes) = nodes(&bytes)
    {
        // Lists are rare, and a game relies on their lengths.
        let lists: Vec<&Node> = nodes.iter().filter(|node| node.elements.is_some()).collect();
        let node = match rng.chance(1, 3) && !lists.is_empty() {
            true => *lists[rng.below(lists.len() as u32) as usize],
            false => nodes[rng.below(nodes.len() as u32) as usize],
        };
        reshape(&mut bytes, node, rng);
        return bytes;
    }
    let at = rng.below(bytes.len() as u32) as usize;
    match rng.below(4) {
        0 => bytes.truncate(at),
        1 => bytes[at] ^= 1 << rng.below(8),
        2 => bytes[at] = rng.next_u64() as u8,
        _ => drop(bytes.remove(at)),
    }
    bytes
}

/// Replaces a value by another one.
fn reshape(bytes: &mut Vec<u8>, node: Node, rng: &mut Rng) {
    let Node { start, end, elements, last } = node;
    if let Some(count) = elements.filter(|&count| count > 0) {
        if rng.chance(1, 2) || count == SHORT_MAX {
            bytes[start] -= 1;
            drop(bytes.drain(last..end));
        } else {
            bytes[start] += 1;
            let element = bytes[last..end].to_vec();
            drop(bytes.splice(end..end, element));
        }
        return;
    }
    let number = NUMBERS[rng.below(NUMBERS.len() as u32) as usize];
    drop(bytes.splice(start..end, number.iter().copied()));
}

/// Largest number of elements of a list with a header of one byte.
const SHORT_MAX: u8 = 15;
/// Numbers at the edges of their types, nil, and true.
const NUMBERS: &[&[u8]] = &[
    &[0],
    &[1],
    &[0x7f],
    &[0xff],
    &[0xcc, 0xff],
    &[0xcd, 0xff, 0xff],
    &[0xce, 0xff, 0xff, 0xff, 0xff],
    &[0xce, 0x7f, 0xff, 0xff, 0xff],
    &[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    &[0xd0, 0x80],
    &[0xd1, 0x80, 0],
    &[0xd2, 0x80, 0, 0, 0],
    &[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0],
    &[0xc0],
    &[0xc3],
];

/// All values in a sequence; `None` if the bytes are not MessagePack.
fn nodes(bytes: &[u8]) -> Option<Vec<Node>> {
    let (mut nodes, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        at = walk(bytes, at, 0, &mut nodes)?;
    }
    (!nodes.is_empty()).then_some(nodes)
}

/// Values of a game are not nested deeper.
const DEPTH_MAX: usize = 64;

/// Adds the value at `start` and all values in it; returns its end.
fn walk(bytes: &[u8], start: usize, depth: usize, nodes: &mut Vec<Node>) -> Option<usize> {
    let length = |at: usize, size: usize| {
        let digits = bytes.get(at..at + size)?;
        Some(digits.iter().fold(0, |sum: usize, &digit| sum << 8 | usize::from(digit)))
    };
    let first = *bytes.get(start)?;
    let body = start + 1;
    let (at, inside) = match first {
        0x00..=0x7f | 0xc0..=0xc3 | 0xe0..=0xff => (body, 0),
        0x80..=0x8f => (body, usize::from(first & 15) * 2),
        0x90..=0x9f => (body, usize::from(first & 15)),
        0xa0..=0xbf => (body + usize::from(first & 31), 0),
        0xc4 | 0xd9 => (body + 1 + length(body, 1)?, 0),
        0xc5 | 0xda => (body + 2 + length(body, 2)?, 0),
        0xc6 | 0xdb => (body + 4 + length(body, 4)?, 0),
        0xcc | 0xd0 => (body + 1, 0),
        0xcd | 0xd1 => (body + 2, 0),
        0xca | 0xce | 0xd2 => (body + 4, 0),
        0xcb | 0xcf | 0xd3 => (body + 8, 0),
        0xdc => (body + 2, length(body, 2)?),
        0xdd => (body + 4, length(body, 4)?),
        0xde => (body + 2, length(body, 2)? * 2),
        0xdf => (body + 4, length(body, 4)? * 2),
        0xc7..=0xc9 | 0xd4..=0xd8 => return None,
    };
    if at > bytes.len() || inside > bytes.len() || depth > DEPTH_MAX {
        return None;
    }
    let (mut end, mut last) = (at, at);
    for _ in 0..inside {
        last = end;
        end = walk(bytes, end, depth + 1, nodes)?;
    }
    let elements = (0x90..=0x9f).contains(&first).then_some(first & 15);
    nodes.push(Node { start, end, elements, last });
    Some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_with_their_ends() {
        let bytes = [0x92, 0x05, 0xcd, 0x01, 0x00, 0xa2, b'h', b'i'];
        let nodes = nodes(&bytes).expect("a list, then a text");
        let ends: Vec<_> = nodes.iter().map(|node| (node.start, node.end)).collect();
        assert_eq!(ends, [(1, 2), (2, 5), (0, 5), (5, 8)]);
        assert_eq!((nodes[2].elements, nodes[2].last), (Some(2), 2));
        assert_eq!(super::nodes(&[0x92, 5]), None, "an element is missing");
    }

    #[test]
    fn most_of_what_keeps_its_form_can_be_read() {
        let bytes = [0x93, 0x05, 0x92, 0x01, 0x02, 0xcd, 0x01, 0x00];
        let mut rng = Rng::new(1);
        let readable = (0..300).filter(|_| nodes(&spoiled(&bytes, &mut rng)).is_some()).count();
        assert!(readable > 180, "{readable} of 300");
        assert!((0..300).all(|_| spoiled(&bytes, &mut rng).len() < 40));
    }
}
