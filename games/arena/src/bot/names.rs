//! The names of computer opponents.

/// Short names from many languages.
pub(super) const NAMES: &[&str] = &[
    "Ada", "Bram", "Cleo", "Dax", "Edda", "Finn", "Gaia", "Hugo", "Inka", "Juno", "Kiro", "Luna", "Milo", "Nara",
    "Odin", "Pia", "Quill", "Runa", "Sol", "Tavi", "Uma", "Vito", "Wren", "Xeno", "Yuki", "Zola", "Arlo", "Bibi",
    "Caspar", "Dina", "Elio", "Fleur", "Gus", "Hana", "Ivo", "Jade", "Kaya", "Leif", "Mina", "Nico", "Oona", "Paco",
    "Quin", "Rosa", "Sami", "Thea", "Ugo", "Vera", "Wim", "Xia", "Yara", "Zeno", "Anouk", "Boris", "Coco", "Dodo",
    "Emil", "Frida", "Gino", "Hedda", "Igor", "Jolie", "Knut", "Lotte",
];
