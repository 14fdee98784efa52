//! Petri's implementation of [`Page`], which the engine's half of the module calls.

#[cfg(feature = "replay")]
use petri::event::Event;
use petri::{
    Dish,
    entity::{CRUMB_RADIUS_PX, PELLET_RADIUS_PX},
    input::REACH_PX,
    plate::{self, Plate},
};
use serde_json::json;
use shared::quantize::POSITION_PER_PX;
use web_client::Page;
#[cfg(feature = "replay")]
use web_client::{Facts, Names, facts};

/// Petri's part of the page's module.
#[derive(Debug, Default)]
pub struct PetriPage;

impl Page for PetriPage {
    type Game = Dish;

    /// The side of the dish, and the numbers of the rules that the page needs for drawing and steering, px.
    fn map(plate: &Plate) -> String {
        let (small, large) = (0, petri::limits::MASS_MAX);
        let radius_px = plate::radius(large) / POSITION_PER_PX;
        json!({
            "side": plate.side_px(),
            "view": plate::view_px(small),
            "view_per_radius": f64::from(plate::view_px(large) - plate::view_px(small)) / f64::from(radius_px),
            "pellet": PELLET_RADIUS_PX,
            "crumb": CRUMB_RADIUS_PX,
            "reach": REACH_PX,
        })
        .to_string()
    }

    /// Marks a cell that was swallowed.
    #[cfg(feature = "replay")]
    fn mark(&mut self, event: &Event, names: &Names) -> Option<Facts> {
        let Event::Swallowed { by, owner, mass, .. } = event else { return None };
        Some(facts(json!({
            "kind": "swallowed",
            "by": by.0,
            "owner": owner.0,
            "by_name": names.of(*by),
            "owner_name": names.of(*owner),
            "mass": mass,
        })))
    }
}

#[cfg(all(test, feature = "replay"))]
mod tests {
    use shared::{PlayerId, Tick, TickRate, game::IVec2};

    use super::*;

    #[test]
    fn page_knows_the_numbers_it_draws_by() {
        let plate = Plate::new(16_000, TickRate::new(30).expect("30 Hz is allowed"));
        let map = PetriPage::map(&plate);
        assert_eq!(map, r#"{"crumb":24,"pellet":10,"reach":8,"side":16000,"view":900,"view_per_radius":3.0}"#);
    }

    #[test]
    fn page_is_handed_events_by_the_names_of_their_fields() {
        let event = Event::Swallowed { by: PlayerId(1), owner: PlayerId(2), position: IVec2::new(16, 32), mass: 40 };
        let told = r#"{"kind":"swallowed","tick":7,"by":1,"owner":2,"position":{"x":1.0,"y":2.0},"mass":40}"#;
        assert_eq!(PetriPage::event(Tick(7), &event), told);
    }
}
