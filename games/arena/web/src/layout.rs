//! The one place that says which float of a frame means what. Rust writes records by field name, the page reads the
//! same names from `layout`, so the two cannot part.
//!
//! ```text
//! frame = Head, Own if Head.own is 1, Craft * Head.crafts, Shell * Head.shells, Pickup * Head.pickups
//! ```
//!
//! Positions are pixels of the world, velocities pixels per second, angles radians clockwise from the right, times
//! seconds; what is yes or no is 1 or 0.

/// Makes a struct of floats that knows its fields' names and writes itself in their order.
macro_rules! records {
    ($($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident,)+ })+) => {
        $(
            $(#[$about])*
            #[derive(Clone, Copy, PartialEq, Debug, Default)]
            pub struct $name { $($(#[$field_about])* pub $field: f32,)+ }

            impl $name {
                /// Names of the fields, in the order in which they are written.
                pub const FIELDS: &'static [&'static str] = &[$(stringify!($field)),+];

                /// Appends the fields.
                pub fn write(self, out: &mut Vec<f32>) {
                    let Self { $($field),+ } = self;
                    out.extend([$($field),+]);
                }
            }
        )+

        const RECORDS: &[(&str, &[&str])] = &[$((stringify!($name), $name::FIELDS)),+];
    };
}

records! {
    /// What follows in the frame.
    Head {
        /// Whether there is an own craft.
        own,
        /// Crafts of others.
        crafts,
        /// Shells.
        shells,
        /// Pickups.
        pickups,
    }

    /// The player's own craft, as predicted.
    Own {
        /// The seat.
        player,
        /// Centre.
        x,
        /// Centre.
        y,
        /// Velocity.
        vx,
        /// Velocity.
        vy,
        /// Where the gun points.
        aim,
        /// 0 to 100; 0 is a wreck.
        health,
        /// A sum of 1 protected, 2 shield, 4 rapid fire, 8 rail.
        flags,
        /// Part of the gun's pause that is over; at 1 it fires.
        gun,
        /// Part of the dash's pause that is over.
        dash,
        /// Rail shots left.
        rail_shots,
        /// Damage the shield still absorbs.
        shield,
        /// Rapid fire left.
        rapid,
        /// Protection left.
        protection,
        /// Until a wreck respawns.
        respawn,
    }

    /// Somebody else's craft.
    Craft {
        /// The seat.
        player,
        /// Centre.
        x,
        /// Centre.
        y,
        /// Velocity.
        vx,
        /// Velocity.
        vy,
        /// Where the gun points.
        aim,
        /// 0 to 100; 0 is a wreck.
        health,
        /// As of the own craft.
        flags,
        /// 0 when known, up to 1 when guessed as far as guessing goes.
        guessed,
    }

    /// A shell in flight.
    Shell {
        /// Its key, the upper 16 bits: the same for its whole life, and no other's at the same time.
        key_high,
        /// Its key, the lower 16 bits.
        key_low,
        /// Who fired it.
        owner,
        /// Where it is.
        x,
        /// Where it is.
        y,
        /// Velocity.
        vx,
        /// Velocity.
        vy,
        /// Walls it survives.
        bounces_left,
        /// Whether the server has not told of it yet.
        predicted,
    }

    /// A place of a pickup.
    Pickup {
        /// Its number on the map.
        place,
        /// Where it lies.
        x,
        /// Where it lies.
        y,
        /// 0 health, 1 rapid fire, 2 shield, 3 rail.
        kind,
        /// Whether it can be taken.
        available,
    }
}

/// The records of a frame and their fields in order, as JSON: `{"Head": ["own", …], …}`.
pub(crate) fn json() -> String {
    let records: serde_json::Map<_, _> =
        RECORDS.iter().map(|&(name, fields)| (name.to_owned(), fields.into())).collect();
    serde_json::Value::from(records).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_written_in_the_order_of_their_names() {
        let mut out = Vec::new();
        Pickup { place: 1.0, x: 2.0, y: 3.0, kind: 4.0, available: 5.0 }.write(&mut out);
        assert_eq!(out, [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(Pickup::FIELDS, ["place", "x", "y", "kind", "available"]);
    }

    #[test]
    fn layout_names_every_record() {
        let layout: serde_json::Value = serde_json::from_str(&json()).unwrap();
        assert_eq!(layout["Head"], serde_json::json!(["own", "crafts", "shells", "pickups"]));
        assert_eq!(layout.as_object().unwrap().len(), 5);
    }
}
