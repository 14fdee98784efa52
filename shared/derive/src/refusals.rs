//! Tests of the derives' errors: each error names the field and the allowed attributes.
//!
//! They call the expansion as a function, which is much faster than to compile whole programs.

use proc_macro2::TokenStream;
use syn::{DeriveInput, Result, parse_str};

use crate::{entity, field, input, record, replicate};

type Derive = fn(&DeriveInput) -> Result<TokenStream>;

/// Checks that the derive refuses the declaration with a text that contains all of `said`.
#[track_caller]
fn check(derive: Derive, declaration: &str, said: &[&str]) {
    let item = parse_str(declaration).expect("it is Rust");
    let error = derive(&item).expect_err("it is refused").to_string();
    for part in said {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn unknown_words_are_answered_with_those_there_are() {
    let fields = ["`position`", "`intent`", "`cosmetic`", "`turn`", "`fixed`", "`max = …`", "`unseen`"];
    check(replicate::expand, "struct S { #[replicate(intend)] a: u8 }", &fields);
    check(replicate::expand, "#[replicate(ones)] struct S { a: u8 }", &["`once`", "`impulses = …`"]);
    check(input::expand, "struct S { #[input(turns = 4)] a: u8 }", &["`max = …`", "`turn = …`", "`missing = …`"]);
    check(input::expand, r#"struct S { #[input(missing = "hold")] a: u8 }"#, &[r#""repeat""#, r#""keep""#]);
    check(record::expand, "#[record(thin)] struct S { a: u8 }", &["`sparse`", "`serde`"]);
    check(record::expand, "struct S { #[record(min = 1)] a: u8 }", &["`max = …`"]);
    check(field::expand, "#[field(min = 1)] struct S(u8);", &["`max = …`"]);
}

#[test]
fn a_mask_has_six_bits() {
    let intents = |count: usize| (0..count).map(|bit| format!("#[replicate(intent)] i{bit}: u8,")).collect::<String>();
    let item = |count, rest: &str| format!("#[replicate(impulses = 2)] struct S {{ {} {rest} }}", intents(count));
    let six = parse_str(&item(3, "speed: i32")).expect("it is Rust");
    assert!(replicate::expand(&six).is_ok());
    check(replicate::expand, &item(4, "speed: i32"), &["`i3`", "4 intents, 2 impulses and 1", "need 7 bits of 6"]);
    check(replicate::expand, "#[replicate(impulses = 6)] struct S { speed: i32 }", &["the impulses", "7 bits of 6"]);
}

#[test]
fn attributes_that_contradict_each_other_are_refused() {
    check(replicate::expand, "struct S { #[replicate(fixed, intent)] a: u8 }", &["`a`", "`fixed`"]);
    check(replicate::expand, "struct S { #[replicate(turn)] a: u8 }", &["`a`", "`intent` or `cosmetic`"]);
    check(replicate::expand, "struct S { #[replicate(turn, intent)] a: u16 }", &["`a`", "`u8`"]);
    check(
        replicate::expand,
        "struct S { #[replicate(position, max = 4)] a: IVec2 }",
        &["`a`", "its own bound", "`fixed`"],
    );
    check(
        replicate::expand,
        "struct S { #[replicate(position)] a: IVec2, #[replicate(position)] b: IVec2 }",
        &["`b`", "only one"],
    );
    check(replicate::expand, "#[replicate(once)] struct S { #[replicate(intent)] a: u8 }", &["`S`", "`a`", "`once`"]);
    check(replicate::expand, "#[replicate(once, impulses = 1)] struct S { a: u8 }", &["`S`", "cannot have impulses"]);
    check(replicate::expand, "#[replicate(impulses = 1)] struct S { #[replicate(fixed)] a: u8 }", &["motion fields"]);
    check(input::expand, "struct S { #[input(turn = 4, max = 3)] a: u8 }", &["`a`", "remove `max`"]);
    check(input::expand, "struct S { #[input(turn = 4)] a: Angle }", &["`a`", "u8, u16"]);
    check(field::expand, "#[field(max = 1)] enum E { A, B }", &["remove `max`"]);
    check(field::expand, "#[field(max = 1)] struct S { a: u8 }", &["on its fields"]);
}

#[test]
fn what_a_page_cannot_be_handed_is_refused() {
    let words = ["`skip`", "`name = \"…\"`", "`lerp`", "`px`", "`seconds`", "`turn = …`"];
    check(replicate::expand, "struct S { #[draw(angle)] a: u8 }", &words);
    check(record::expand, "struct S { #[draw(hide)] a: u8 }", &words);
    check(replicate::expand, "#[draw(also(a = f))] struct S { a: u8 }", &["`with(name = function, …)`", "`map = …`"]);
    check(replicate::expand, "#[draw(map = M)] struct S { a: u8 }", &["has a map already"]);
    check(record::expand, "#[draw(with(a = f))] struct S { b: u8 }", &["`with`", "`map = …`"]);
    check(replicate::expand, "struct S { #[draw(skip, px)] a: u8 }", &["`a`", "`skip`"]);
    check(replicate::expand, "struct S { #[draw(px, seconds)] a: u8 }", &["`a`", "several units"]);
    check(replicate::expand, "struct S { #[draw(turn = 4)] a: Angle }", &["`a`", "u8, u16"]);
    check(replicate::expand, "struct S { #[replicate(position)] #[draw(px)] a: IVec2 }", &["`a`", "`x` and `y`"]);
    check(record::expand, "struct S { #[draw(lerp)] a: u8 }", &["`a`", "fields of entities"]);
    check(record::expand, "#[draw(map = M)] enum E { A }", &["structs of fields"]);
    check(replicate::expand, "struct S { vx: u8 }", &["`vx`", "every entity", "`skip`", "`name`"]);
    check(replicate::expand, "#[draw(with(b = f))] struct S { #[draw(name = \"b\")] a: u8 }", &["`b`", "two fields"]);
    // A field that is left out needs no name, and only entities have the engine's numbers.
    for (derive, fits) in [
        (replicate::expand as Derive, "struct S { #[draw(skip)] vx: u8, #[draw(name = \"wide\")] x: u8 }"),
        (record::expand, "struct S { x: u8 }"),
    ] {
        assert!(derive(&parse_str(fits).expect("it is Rust")).is_ok(), "{fits}");
    }
}

#[test]
fn other_forms_of_types_are_refused() {
    check(replicate::expand, "struct S(u8);", &["names"]);
    check(replicate::expand, "struct S<T> { a: T }", &["without parameters"]);
    check(replicate::expand, "enum E { A(A), B { b: u8 } }", &["hold one struct", "`B(B)`"]);
    check(replicate::expand, "#[replicate(once)] enum E { A(A) }", &["structs in its variants"]);
    check(replicate::expand, "enum E {}", &["without variants"]);
    check(entity::expand, "struct S { a: u8 }", &["`impl Entity for …`"]);
    check(entity::expand, "enum E { A }", &["`A(A)`"]);
    check(input::expand, "enum E { A }", &["structs"]);
    check(field::expand, "enum E { A(u8) }", &["`A`", "`Record`"]);
    check(field::expand, "enum E { A = 1 }", &["`A`", "encoded as 0"]);
    check(field::expand, "struct S(u8, u8);", &["`struct Direction(u8)`", "have names"]);
    check(input::expand, "struct S {}", &["at least one field"]);
    check(record::expand, "enum E { A = 1 }", &["`A`", "code 0"]);
    check(record::expand, "#[record(sparse)] enum E { A }", &["structs"]);
}

#[test]
fn counts_are_limited_on_both_sides_of_their_edge() {
    fn fields(count: usize) -> String {
        (0..count).map(|field| format!("f{field}: u8,")).collect()
    }
    fn variants(count: usize, fields: &str) -> String {
        (0..count).map(|variant| format!("V{variant}{fields},")).collect()
    }
    let edge = |derive: Derive, item: &dyn Fn(usize) -> String, most: usize, said: &[&str]| {
        let fits = parse_str(&item(most)).expect("it is Rust");
        assert!(derive(&fits).is_ok());
        check(derive, &item(most + 1), said);
    };
    edge(input::expand, &|count| format!("struct S {{ {} }}", fields(count)), 7, &["`f7`", "at most 7"]);
    edge(
        record::expand,
        &|count| format!("#[record(sparse)] struct S {{ {} }}", fields(count)),
        7,
        &["`f7`", "7 bits"],
    );
    edge(record::expand, &|count| format!("enum E {{ {} }}", variants(count, "")), 128, &["128"]);
    edge(field::expand, &|count| format!("enum E {{ {} }}", variants(count, "")), 128, &["128"]);
    edge(replicate::expand, &|count| format!("enum E {{ {} }}", variants(count, "(S)")), 64, &["64 kinds"]);
}
