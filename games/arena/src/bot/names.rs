//! What computer opponents are called.

/// A name for the opponent in a seat that none of `taken` has, and no opponent of another seat below `seats`: where there
/// are more seats than names, or somebody has the seat's, it gets a number.
pub fn name(seat: usize, seats: usize, taken: &[String]) -> String {
    let own = NAMES[seat % NAMES.len()];
    let round = seat / NAMES.len();
    // Rounds that no seat begins with are free for all of this name.
    let later = seats.div_ceil(NAMES.len())..;
    let mut numbered = std::iter::once(round).chain(later).map(|round| match round {
        0 => own.to_owned(),
        round => format!("{own} {}", round + 1),
    });
    let is_free = |name: &String| !taken.iter().any(|taken| taken.eq_ignore_ascii_case(name));
    numbered.find(is_free).expect("not all numbers are taken")
}

/// All names, without their numbers.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

/// Short, easy to shout, from everywhere.
const NAMES: [&str; 64] = [
    "Ada", "Bram", "Cleo", "Dax", "Edda", "Finn", "Gaia", "Hugo", "Inka", "Juno", "Kiro", "Luna", "Milo", "Nara",
    "Odin", "Pia", "Quill", "Runa", "Sol", "Tavi", "Uma", "Vito", "Wren", "Xeno", "Yuki", "Zola", "Arlo", "Bibi",
    "Caspar", "Dina", "Elio", "Fleur", "Gus", "Hana", "Ivo", "Jade", "Kaya", "Leif", "Mina", "Nico", "Oona", "Paco",
    "Quin", "Rosa", "Sami", "Thea", "Ugo", "Vera", "Wim", "Xia", "Yara", "Zeno", "Anouk", "Boris", "Coco", "Dodo",
    "Emil", "Frida", "Gino", "Hedda", "Igor", "Jolie", "Knut", "Lotte",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_opponents_and_nobody_else_have_one_name() {
        let taken = ["ada".to_owned(), "Ada 5".to_owned(), "Bram".to_owned()];
        let names: std::collections::BTreeSet<_> = (0..200).map(|seat| name(seat, 200, &taken)).collect();
        assert_eq!(names.len(), 200);
        assert!(
            names.contains("Ada 6") && names.contains("Bram 5") && names.contains("Cleo") && names.contains("Cleo 2")
        );
        assert_eq!(name(0, 16, &["Ada".to_owned()]), "Ada 2");
    }
}
