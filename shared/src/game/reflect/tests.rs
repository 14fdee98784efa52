//! The reflection that the derives generate.

use serde::Serialize;

use super::*;
use crate::{
    EntityId, PlayerId,
    game::{Entity, IVec2, Record},
};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
enum Side {
    Red,
    DarkBlue,
}

/// A ship.
#[derive(Clone, Copy, PartialEq, Eq, Debug, crate::game::Replicate)]
struct Ship {
    /// Centre.
    #[replicate(position)]
    position: IVec2,
    #[replicate(max = 100)]
    speed: i16,
    #[replicate(intent)]
    side: Side,
    #[replicate(fixed)]
    crew: [PlayerId; 2],
}

impl Entity for Ship {
    type Map = ();

    fn step(&mut self, (): &()) -> bool {
        true
    }

    fn position(&self, (): &()) -> IVec2 {
        self.position
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
struct Standing {
    side: Side,
    points: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Record)]
enum Event {
    Standing(Standing),
    /// A ship went down.
    ShipSunk {
        ship: EntityId,
        /// Its position.
        #[draw(px)]
        place: IVec2,
    },
    Left(PlayerId),
    Over,
}

const SHIP: Ship = Ship { position: IVec2::new(16, -32), speed: 7, side: Side::Red, crew: [PlayerId(3), PlayerId(4)] };

fn json(value: &Reflected) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn entity_has_the_names_of_its_fields() {
    let ship = r#"{"position":{"x":16,"y":-32},"speed":7,"side":"red","crew":[3,4]}"#;
    assert_eq!(json(&Reflected::Fields(SHIP.reflect())), ship);
    assert_eq!(serde_json::from_str::<Reflected>(ship).unwrap(), Reflected::Fields(SHIP.reflect()));
    let members = Ship::members(0);
    assert_eq!(members[0].about, "Centre.");
    assert_eq!(members[2].shape, Shape::Word(&["red", "dark_blue"]));
}

#[track_caller]
fn check(field: &str, value: &str, outcome: Result<Ship, &str>) {
    let value: Reflected = serde_json::from_str(value).unwrap();
    assert_eq!(with_field(&SHIP, field, &value), outcome.map_err(str::to_owned));
}

#[test]
fn field_is_set_by_its_name() {
    check("position", r#"{"y": 5, "x": 4}"#, Ok(Ship { position: IVec2::new(4, 5), ..SHIP }));
    check("side", r#""dark_blue""#, Ok(Ship { side: Side::DarkBlue, ..SHIP }));
    check("crew", "[1, 2]", Ok(Ship { crew: [PlayerId(1), PlayerId(2)], ..SHIP }));
    check("speed", "100", Ok(Ship { speed: 100, ..SHIP }));
}

#[test]
fn value_that_a_field_cannot_have_is_refused_in_words() {
    check("sped", "1", Err("there is no field `sped`; the fields are position, speed, side, crew"));
    check("side", r#""green""#, Err("side must be one of red, dark_blue"));
    check("speed", "true", Err("speed must be a whole number of -32768 to 32767, found true or false"));
    check("speed", "40000", Err("speed must be -32768 to 32767, found 40000"));
    check("crew", "[1]", Err("crew must be a list of 2"));
    check("position", r#"{"x": 4}"#, Err("position lacks `y`; its parts are x, y"));
    check("position", r#"{"x": 4, "y": 1, "z": 2}"#, Err("position has no part `z`; its parts are x, y"));
    check("position", "7", Err("position must be an object of x, y, found a whole number"));
    let refusal = with_field(&SHIP, "speed", &Reflected::Int(101)).unwrap_err();
    assert!(refusal.contains("speed") && refusal.contains("100"), "the bound of the declaration: {refusal}");
}

#[test]
fn events_are_objects_with_a_kind() {
    #[track_caller]
    fn check(event: Event, told: &str) {
        assert_eq!(json(&event.reflect()), told);
    }
    check(
        Event::Standing(Standing { side: Side::DarkBlue, points: 5 }),
        r#"{"kind":"standing","side":"dark_blue","points":5}"#,
    );
    let sunk = Event::ShipSunk { ship: EntityId(9), place: IVec2::new(24, 16) };
    check(sunk, r#"{"kind":"ship_sunk","ship":9,"place":{"x":1.5,"y":1.0}}"#);
    check(Event::Left(PlayerId(2)), r#"{"kind":"left","left":2}"#);
    check(Event::Over, r#"{"kind":"over"}"#);
}

#[test]
fn shape_of_events_is_that_of_their_values() {
    let Shape::Kinds(kinds) = Event::shape() else { panic!("an enum has kinds") };
    let names = |kind: usize| kinds[kind].fields.iter().map(|field| &*field.name).collect::<Vec<_>>();
    assert_eq!((kinds[0].name, names(0)), ("standing", vec!["side", "points"]));
    assert_eq!((kinds[1].name, kinds[1].about, names(1)), ("ship_sunk", "A ship went down.", vec!["ship", "place"]));
    assert_eq!(kinds[1].fields[1].shape, Shape::Vector(Box::new(Shape::Number)));
    assert_eq!(names(3), [""; 0]);
}

#[test]
fn serde_values_are_reflected_whole_or_as_text() {
    #[derive(Debug, Serialize)]
    struct Settings {
        name: &'static str,
        part: f32,
        seed: Option<u8>,
    }
    let settings = Reflected::of_serde(&Settings { name: "a", part: 0.5, seed: None });
    assert_eq!(json(&settings), r#"{"name":"a","part":0.5,"seed":null}"#);
    assert_eq!(Reflected::of_serde(&u64::MAX), Reflected::Text(u64::MAX.to_string().into()));
}
