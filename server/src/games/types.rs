//! A game's declarations as TypeScript, for pages that are written in it: `ricochet-server types GAME`.
//!
//! The values that a page gets are derived from the declarations in Rust (`#[derive(Replicate)]`, `#[derive(Record)]`, `#[derive(Input)]`),
//! and these types are, too: after a rename of a field, the compiler finds its uses in the page. Documentation comments are kept.

use std::fmt::{self, Write};

use shared::game::{
    Draw, Game, Input, MapOf, Record, Replicate, Settings,
    draw::{DrawnField, Scale},
    reflect::{Kind, Member, Shape},
};

use super::GameSetting;

/// The kinds of events that the engine sends itself.
const ENGINE_KINDS: [&str; 9] = ["joined", "session", "map", "player", "left", "chat", "ended", "anew", "gap"];

/// The text of a `.d.ts` file.
///
/// # Errors
/// A sentence that names the event, when an event of the game has the name of one of the engine's.
pub(super) fn of<G: Game>(settings: &[GameSetting]) -> Result<String, String> {
    let events = events(G::Event::shape())?;
    let mut out =
        format!("// The data that the page of `{}` gets, for version {} of its rules.\n\n", G::NAME, G::VERSION);
    write::<G>(&events, settings, &mut out).expect("texts can be written");
    Ok(out)
}

fn write<G: Game>(events: &[Kind], settings: &[GameSetting], out: &mut String) -> fmt::Result {
    out.write_str("import type { Entity } from 'ricochet-page/module/records.js';\n\n")?;
    let modes = G::Settings::MODES.iter().map(|mode| format!("'{mode}'")).collect::<Vec<_>>().join(" | ");
    write!(out, "/** The modes that can be played. */\nexport type Mode = {modes};\n\n")?;
    let names = G::Entity::NAMES;
    for (kind, name) in (0..).zip(names) {
        let drawn = G::Entity::drawn(kind);
        interface(out, &format!("{name} extends Entity"), &drawn)?;
    }
    doc(out, "", "The entities of a frame by the names of their kinds.")?;
    out.write_str("export type Entities = {\n")?;
    names.iter().try_for_each(|name| writeln!(out, "  {name}: {name};"))?;
    out.write_str("};\n\n")?;
    doc(out, "", "The record that only the player gets.")?;
    interface(out, "Own", &<G::Own as Draw<MapOf<G>>>::drawn())?;
    doc(out, "", "The player's input for a tick. A missing field counts as 0.")?;
    let optional: Vec<_> = G::Input::drawn();
    write_fields(out, "export interface Input {", &optional, "?")?;
    for Kind { name, about, fields } in events {
        doc(out, "", about)?;
        writeln!(out, "export interface {} {{", event_name(name))?;
        writeln!(out, "  kind: '{name}';\n  /** When it happened. */\n  tick: number;")?;
        members(out, fields)?;
        out.write_str("}\n\n")?;
    }
    doc(out, "", "An event of the game; `kind` names its type.")?;
    let union = events.iter().map(|kind| event_name(kind.name)).collect::<Vec<_>>().join(" | ");
    write!(out, "export type GameEvent = {union};\n\n")?;
    doc(out, "", "The settings of the game.")?;
    out.write_str("export interface Settings {\n")?;
    for GameSetting { name, about, default, range, .. } in settings {
        doc(out, "  ", &sentence_of_setting(about, *range))?;
        writeln!(out, "  {name}: {};", default.as_ref().map_or("unknown", type_of_setting))?;
    }
    out.write_str("}\n")
}

/// The kinds of a game's events. A type without kinds has the one kind `event`, as the page gets it.
fn events(shape: Shape) -> Result<Vec<Kind>, String> {
    let kinds = match shape {
        Shape::Kinds(kinds) => kinds,
        Shape::Fields(fields) => vec![Kind { name: "event", about: "", fields }],
        Shape::Nothing => vec![Kind { name: "event", about: "", fields: Vec::new() }],
        other => {
            let event = Member { name: "event".into(), about: "", shape: other };
            vec![Kind { name: "event", about: "", fields: vec![event] }]
        }
    };
    match kinds.iter().find(|kind| ENGINE_KINDS.contains(&kind.name)) {
        Some(Kind { name, .. }) => Err(format!(
            "the event `{name}` is called like one of the engine's, so a page cannot tell them apart: rename it; the engine's are {}",
            ENGINE_KINDS.join(", ")
        )),
        None => Ok(kinds),
    }
}

fn interface(out: &mut String, head: &str, fields: &[DrawnField]) -> fmt::Result {
    write_fields(out, &format!("export interface {head} {{"), fields, "")
}

fn write_fields(out: &mut String, head: &str, fields: &[DrawnField], optional: &str) -> fmt::Result {
    writeln!(out, "{head}")?;
    for DrawnField { names, about, scale, shape } in fields {
        let (ty, words) = type_of_number(shape, *scale);
        for name in names {
            doc(
                out,
                "  ",
                &[*about, unit(*scale), &words]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" "),
            )?;
            writeln!(out, "  {name}{optional}: {ty};")?;
        }
    }
    out.write_str("}\n\n")
}

/// The type of the numbers that a page gets for a field, and a sentence about the meaning of each number.
fn type_of_number(shape: &Shape, scale: Scale) -> (String, String) {
    match shape {
        Shape::Bool if scale == Scale::Plain => ("0 | 1".to_owned(), "1 is yes.".to_owned()),
        Shape::Word(words) if scale == Scale::Plain => {
            let numbers = (0..words.len()).map(|place| place.to_string()).collect::<Vec<_>>();
            let said = words.iter().enumerate().map(|(place, word)| format!("{place} {word}"));
            (numbers.join(" | "), format!("{}.", said.collect::<Vec<_>>().join(", ")))
        }
        _ => ("number".to_owned(), String::new()),
    }
}

fn unit(scale: Scale) -> &'static str {
    match scale {
        Scale::Plain => "",
        Scale::Px => "In px.",
        Scale::Seconds => "In seconds.",
        Scale::Turn(_) => "In radians, clockwise from the right.",
    }
}

fn members(out: &mut String, fields: &[Member]) -> fmt::Result {
    for Member { name, about, shape } in fields {
        doc(out, "  ", about)?;
        writeln!(out, "  {name}: {};", type_of(shape))?;
    }
    Ok(())
}

/// The type of a value in an event.
fn type_of(shape: &Shape) -> String {
    let object = |fields: &[Member]| {
        let fields = fields.iter().map(|Member { name, shape, .. }| format!("{name}: {}", type_of(shape)));
        format!("{{ {} }}", fields.collect::<Vec<_>>().join("; "))
    };
    match shape {
        Shape::Nothing => "null".to_owned(),
        Shape::Bool => "boolean".to_owned(),
        Shape::Int(..) | Shape::Number => "number".to_owned(),
        Shape::Word(words) => words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | "),
        Shape::Vector(_) => "{ x: number; y: number }".to_owned(),
        Shape::List(of, length) => format!("[{}]", vec![type_of(of); *length].join(", ")),
        Shape::Fields(fields) => object(fields),
        Shape::Kinds(kinds) => kinds.iter().map(|kind| object(&kind.fields)).collect::<Vec<_>>().join(" | "),
        Shape::Any => "unknown".to_owned(),
    }
}

fn type_of_setting(default: &toml::Value) -> &'static str {
    match default {
        toml::Value::Integer(_) | toml::Value::Float(_) => "number",
        toml::Value::Boolean(_) => "boolean",
        toml::Value::String(_) => "string",
        _ => "unknown",
    }
}

fn sentence_of_setting(about: &str, (low, high): (i64, i64)) -> String {
    if (low, high) == (i64::MIN, i64::MAX) { about.to_owned() } else { format!("{about} {low} to {high}.") }
}

/// `ship_sunk` as `ShipSunkEvent`.
fn event_name(kind: &str) -> String {
    let mut name = String::new();
    for word in kind.split('_') {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name.push_str("Event");
    name
}

/// Writes a documentation comment, unless the text is empty. A `*/` in the text cannot end the comment.
fn doc(out: &mut String, indent: &str, about: &str) -> fmt::Result {
    if about.is_empty() { Ok(()) } else { writeln!(out, "{indent}/** {} */", about.replace("*/", "* /")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &'static str) -> Kind {
        let side = Member { name: "side".into(), about: "Whose.", shape: Shape::Word(&["red", "blue"]) };
        let place = Member { name: "place".into(), about: "", shape: Shape::Vector(Box::new(Shape::Number)) };
        Kind { name, about: "It went down.", fields: vec![side, place] }
    }

    #[test]
    fn event_is_a_union_by_kind() {
        let events = events(Shape::Kinds(vec![kind("ship_sunk")])).unwrap();
        assert_eq!(event_name(events[0].name), "ShipSunkEvent");
        let mut out = String::new();
        members(&mut out, &events[0].fields).unwrap();
        assert_eq!(out, "  /** Whose. */\n  side: 'red' | 'blue';\n  place: { x: number; y: number };\n");
    }

    #[test]
    fn event_that_is_called_like_one_of_the_engine_is_refused() {
        let refusal = events(Shape::Kinds(vec![kind("chat")])).unwrap_err();
        assert!(refusal.starts_with("the event `chat` is called like one of the engine's"), "{refusal}");
    }

    #[test]
    fn types_say_what_a_value_may_be() {
        let list = Shape::List(Box::new(Shape::Int(0, 9)), 2);
        for (shape, ty) in [(Shape::Bool, "boolean"), (list, "[number, number]"), (Shape::Any, "unknown")] {
            assert_eq!(type_of(&shape), ty);
        }
        assert_eq!(type_of_number(&Shape::Word(&["off", "on"]), Scale::Plain), ("0 | 1".into(), "0 off, 1 on.".into()));
        assert_eq!(type_of_number(&Shape::Int(0, 255), Scale::Turn(256)).0, "number");
    }

    #[test]
    fn comment_cannot_be_ended_by_what_it_says() {
        let mut out = String::new();
        doc(&mut out, "", "a */ b").unwrap();
        assert_eq!(out, "/** a * / b */\n");
    }
}
