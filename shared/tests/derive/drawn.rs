//! The numbers for a page: names and values of entities between two ticks, of own records, and of inputs.

use std::f32::consts::TAU;

use shared::{
    EntityId, PlayerId, Tick,
    game::{Draw, Drawing, Entity, Field, IVec2, Input, Pose, Record, Replicate, draw},
};

use crate::game::{Arrow, Speed, Thing, Wind};

const AROUND: Drawing<'static, Wind> = Drawing { map: &Wind(40), hz: 20.0 };

#[derive(Clone, Copy, PartialEq, Eq, Debug, Replicate)]
#[draw(with(wind = Self::wind))]
struct Kite {
    #[replicate(position)]
    position: IVec2,
    #[draw(skip)]
    velocity: IVec2,
    #[draw(px, lerp, name = "tail")]
    tail_units: IVec2,
    #[replicate(cosmetic, turn)]
    facing: u8,
    #[replicate(intent)]
    #[draw(turn = 8)]
    sector: u16,
    #[replicate(intent)]
    torn: bool,
    #[draw(lerp, seconds, name = "age")]
    age_ticks: u16,
}

impl Kite {
    fn wind(&self, wind: &Wind) -> f32 {
        wind.0 as f32 + f32::from(self.age_ticks)
    }
}

impl Entity for Kite {
    type Map = Wind;

    fn step(&mut self, _: &Wind) -> bool {
        true
    }

    fn position(&self, _: &Wind) -> IVec2 {
        self.position
    }
}

const KITE: Kite = Kite {
    position: IVec2::new(16, 32),
    velocity: IVec2::ONE,
    tail_units: IVec2::new(0, -32),
    facing: 240,
    sector: 1,
    torn: true,
    age_ticks: 30,
};

fn drawn<E: Replicate<Map = Wind>>(pose: &Pose<E>) -> Vec<f32> {
    let mut numbers = Vec::new();
    E::draw(pose, &AROUND, &mut numbers);
    numbers
}

#[test]
fn fields_are_drawn_by_name_and_in_their_units() {
    let names = ["tail_x", "tail_y", "facing", "sector", "torn", "age", "wind"].map(str::to_owned).to_vec();
    assert_eq!(draw::kinds::<Kite>(), [("Kite", names)]);
    let later = Kite { tail_units: IVec2::new(64, -32), facing: 16, sector: 3, torn: false, age_ticks: 40, ..KITE };
    let pose = Pose { state: KITE, ..Pose::straight(KITE, later, 1.0, 2, &Wind(0)) };
    // Half of the way, in the shorter direction; fields that are not interpolated have the value of `state`.
    assert_eq!(drawn(&pose), [2.0, -2.0, 0.0, TAU / 4.0, 1.0, 1.75, 70.0]);
}

#[test]
fn kinds_are_drawn_each_by_its_own_fields() {
    let kinds = draw::kinds::<Thing>();
    assert_eq!(kinds.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["Balloon", "Arrow", "Flag"]);
    assert_eq!(kinds[1].1, ["speed"]);
    let arrow = Thing::Arrow(Arrow { position: IVec2::ZERO, speed: Speed(-7) });
    let pose = Pose::still(arrow, &Wind(0));
    assert_eq!(drawn(&pose), [-7.0]);
    for (kind, (_, names)) in kinds.iter().enumerate().filter(|(kind, _)| *kind != 1) {
        assert!(names.iter().all(|name| !name.contains("position")), "{kind}: {names:?}");
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
#[record(sparse)]
#[draw(map = Wind, with(lift = Self::lift))]
struct Own {
    #[draw(seconds, name = "rest")]
    rest_ticks: u16,
    #[draw(skip)]
    secret: u8,
    score: i16,
}

impl Own {
    fn lift(&self, wind: &Wind) -> f32 {
        (wind.0 - i32::from(self.score)) as f32
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Record)]
struct StillAir(u16);

#[test]
fn what_only_the_player_knows_is_drawn_too() {
    let (mut names, mut numbers) = (Vec::new(), Vec::new());
    <Own as Draw<Wind>>::number_names(&mut names);
    Own { rest_ticks: 30, secret: 9, score: -2 }.draw(&AROUND, &mut numbers);
    assert_eq!((names, numbers), (["rest", "score", "lift"].map(str::to_owned).to_vec(), vec![1.5, -2.0, 42.0]));
    // A field without a name has the name of its struct; a struct without a function works with any map.
    let (mut names, mut numbers) = (Vec::new(), Vec::new());
    <StillAir as Draw<()>>::number_names(&mut names);
    StillAir(3).draw(&Drawing { map: &(), hz: 1.0 }, &mut numbers);
    assert_eq!((names, numbers), (vec!["still_air".to_owned()], vec![3.0]));
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Field)]
struct Nested {
    side: Side,
    goals: [i8; 2],
    player: PlayerId,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
enum Side {
    #[default]
    Left,
    Middle,
    Right,
}

fn numbers(field: impl Field) -> Vec<f32> {
    let mut numbers = Vec::new();
    field.numbers(&mut |number| numbers.push(number));
    numbers
}

#[test]
fn every_form_of_field_has_names_and_numbers() {
    let mut names = Vec::new();
    Nested::number_names("last", &mut names);
    assert_eq!(names, ["last_side", "last_goals_0", "last_goals_1", "last_player"]);
    let nested = Nested { side: Side::Right, goals: [-3, 4], player: PlayerId(7) };
    assert_eq!(numbers(nested), [2.0, -3.0, 4.0, 7.0]);
    assert_eq!(Nested::from_numbers(&mut [2.0, -3.0, 4.0, 7.0].into_iter()), nested);
    assert_eq!([numbers(true), numbers(false)], [[1.0], [0.0]]);
    assert_eq!([numbers(EntityId(5)), numbers(Tick(6))], [[5.0], [6.0]]);
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Input)]
struct Wish {
    #[input(max = 100)]
    push: IVec2,
    #[input(turn = 1_024)]
    aim: u16,
    #[input(max = 8)]
    gear: u8,
    side: Side,
    speed: Notch,
    fire: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Field)]
#[field(max = 50)]
struct Notch(i8);

fn wish(numbers: &[f64]) -> Wish {
    Wish::from_numbers(&mut numbers.iter().copied())
}

#[test]
fn inputs_are_made_of_what_a_page_hands_in() {
    let mut names = Vec::new();
    Wish::number_names(&mut names);
    assert_eq!(names, ["push_x", "push_y", "aim", "gear", "side", "speed", "fire"]);
    let wanted = Wish { push: IVec2::new(3, -4), aim: 256, gear: 8, side: Side::Middle, speed: Notch(-50), fire: true };
    assert_eq!(wish(&[2.6, -4.0, f64::from(TAU) / 4.0, 8.0, 1.0, -50.0, 1.0]), wanted);
}

#[test]
fn nonsense_of_a_page_is_the_nearest_input_there_is() {
    assert_eq!(wish(&[]), Wish::default());
    assert_eq!(wish(&[f64::NAN; 7]), Wish::default());
    let most = Wish { push: IVec2::splat(100), aim: 0, gear: 8, side: Side::Right, speed: Notch(50), fire: true };
    assert_eq!(Wish { aim: 0, ..wish(&[1e300; 7]) }, most);
    let least = Wish { push: IVec2::splat(-100), speed: Notch(-50), fire: true, ..Wish::default() };
    assert_eq!(Wish { aim: 0, ..wish(&[f64::NEG_INFINITY; 7]) }, least);
}
