//! Changes one entity of a match in development, in a game that says nothing of it: through the match as serde writes it.
//!
//! The difficulty: an entity can lie anywhere in a match, and nothing says where. The idea: the match is written with the names of its
//! fields, and every struct in there that has a field of the right name may be the one. So each is changed in turn, those first that hold
//! what the entity holds now; the match is read again, and the change counts if the entity then is what was wanted and no other entity
//! is another than before. What is not found like that is refused, and nothing has changed.

use crate::game::{Game, Replicate, Start, reflect::Reflected};

/// Structs that are tried; each try writes and reads the whole match.
const TRIES_MAX: usize = 256;

/// The match with one entity changed.
///
/// # Errors
/// The entity is not found in the match as serde writes it, as a sentence.
pub(super) fn through_checkpoint<G: Game>(
    game: &G,
    start: &Start<'_, G>,
    id: crate::EntityId,
    wanted: G::Entity,
) -> Result<G, String> {
    let refusal = |why: &str| format!("this game cannot be edited: {why}; it can implement `Game::edit`");
    let before = game.entity(id).ok_or_else(|| format!("there is no entity {}", id.0))?;
    let Some(tree) = game.named() else {
        return Err(refusal("it writes its checkpoint itself"));
    };
    let (held, fields) = (before.reflect(), wanted.reflect());
    let changed: Vec<_> = held.iter().zip(&fields).filter(|(held, wanted)| held != wanted).collect();
    let [((name, _), (_, value))] = changed[..] else {
        return Err(refusal("more than one field would change at once"));
    };
    let mut places = Vec::new();
    structs(&tree, &mut places).ok_or_else(|| refusal("its checkpoint is nested too deeply"))?;
    // Those that hold what the entity holds come first.
    let held: Vec<_> = held.iter().map(|(name, value)| (&**name, forms(value))).collect();
    let likeness = |fields: &Vec<Place<'_>>| {
        let holds = |(name, forms): &&(&str, Vec<Vec<u8>>)| {
            fields.iter().any(|place| place.name == *name && forms.iter().any(|form| form == place.value))
        };
        held.iter().filter(holds).count()
    };
    let mut places: Vec<_> = places
        .into_iter()
        .filter_map(|fields| {
            let likeness = likeness(&fields);
            let place = fields.into_iter().find(|place| place.name == &**name)?;
            Some((likeness, place))
        })
        .collect();
    places.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    for (_, place) in places.into_iter().take(TRIES_MAX) {
        for form in forms(value) {
            let end = place.at + place.value.len();
            let bytes = [&tree[..place.at], &form, &tree[end..]].concat();
            let Ok(edited) = G::restore(start, &bytes) else { continue };
            if is_wanted(game, &edited, id, &wanted) {
                return Ok(edited);
            }
        }
    }
    Err(refusal(&format!("its checkpoint holds `{name}` of entity {} in another form", id.0)))
}

/// Returns true if the entity is as wanted, and every other one is unchanged.
fn is_wanted<G: Game>(before: &G, edited: &G, id: crate::EntityId, wanted: &G::Entity) -> bool {
    let expected = before.entities().map(|(other, state)| (other, if other == id { *wanted } else { state }));
    edited.entities().eq(expected)
}

/// The ways in which serde may write a value.
fn forms(value: &Reflected) -> Vec<Vec<u8>> {
    let mut forms = vec![value.clone()];
    match value {
        // An enum has its variants as they are declared, or as `rename_all` wants them.
        Reflected::Text(word) => forms.extend([camel(word).into(), word.replace('_', "-").into()]),
        // A vector is a tuple for serde.
        Reflected::Fields(fields) => {
            forms.push(Reflected::List(fields.iter().map(|(_, value)| value.clone()).collect()));
        }
        _ => {}
    }
    forms.iter().filter_map(|form| rmp_serde::to_vec_named(form).ok()).collect()
}

/// `dark_blue` as `DarkBlue`.
fn camel(word: &str) -> String {
    let mut out = String::new();
    for part in word.split('_') {
        let mut letters = part.chars();
        out.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// A field of a struct inside of MessagePack.
struct Place<'a> {
    name: &'a str,
    /// Where its value begins.
    at: usize,
    value: &'a [u8],
}

/// Deeper than any match is.
const DEPTH_MAX: usize = 64;

/// The structs in there, each as its fields.
fn structs<'a>(bytes: &'a [u8], found: &mut Vec<Vec<Place<'a>>>) -> Option<()> {
    walk(bytes, 0, DEPTH_MAX, found).map(drop)
}

/// Goes over the value at `at`; gives where it ends.
fn walk<'a>(bytes: &'a [u8], at: usize, depth: usize, found: &mut Vec<Vec<Place<'a>>>) -> Option<usize> {
    let depth = depth.checked_sub(1)?;
    let number = |from: usize, bytes_of_it: usize| {
        let digits = bytes.get(from..from + bytes_of_it)?;
        Some(digits.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)))
    };
    let marker = *bytes.get(at)?;
    let (mut at, values, is_map) = match marker {
        0x80..=0x8f => (at + 1, usize::from(marker & 0x0f), true),
        0x90..=0x9f => (at + 1, usize::from(marker & 0x0f), false),
        0xdc | 0xde => (at + 3, number(at + 1, 2)?, marker == 0xde),
        0xdd | 0xdf => (at + 5, number(at + 1, 4)?, marker == 0xdf),
        0xa0..=0xbf => return Some(at + 1 + usize::from(marker & 0x1f)),
        0xc4 | 0xd9 => return Some(at + 2 + number(at + 1, 1)?),
        0xc5 | 0xda => return Some(at + 3 + number(at + 1, 2)?),
        0xc6 | 0xdb => return Some(at + 5 + number(at + 1, 4)?),
        0xcc | 0xd0 => return Some(at + 2),
        0xcd | 0xd1 => return Some(at + 3),
        0xca | 0xce | 0xd2 => return Some(at + 5),
        0xcb | 0xcf | 0xd3 => return Some(at + 9),
        // Extensions are written by no derive.
        0xc7..=0xc9 | 0xd4..=0xd8 => return None,
        _ => return Some(at + 1),
    };
    let mut fields = Vec::new();
    for _ in 0..values {
        let name = at;
        if is_map {
            at = walk(bytes, at, depth, found)?;
        }
        let end = walk(bytes, at, depth, found)?;
        if let (true, Ok(name)) = (is_map, rmp_serde::from_slice::<&str>(bytes.get(name..at)?)) {
            fields.push(Place { name, at, value: bytes.get(at..end)? });
        }
        at = end;
    }
    if !fields.is_empty() {
        found.push(fields);
    }
    Some(at)
}
