//! The numbers of the game: those that designers change, and the integers per tick that the simulation uses.
//!
//! Both ends derive the same integers from the tick rate by integer arithmetic. The map message repeats those that a
//! client needs to run crafts and shells forward, so that a client in another language need not derive them.

use shared::{quantize::POSITION_PER_PX, tick::TickRate};

/// Half the side of a craft's box against walls, position units: 14 px.
pub const CRAFT_HALF: i32 = 14 * POSITION_PER_PX;
/// Radius within which a shell or the rail hits a craft, position units: 16 px.
pub const CRAFT_HIT_RADIUS: i32 = 16 * POSITION_PER_PX;
/// Radius within which a craft takes a pickup, position units: 34 px, so that brushing past is enough.
pub const PICKUP_RADIUS: i32 = 34 * POSITION_PER_PX;
/// Health of a new craft.
pub const HEALTH_MAX: u8 = 100;
/// Damping is in 1/4096 of the velocity per tick.
pub const DRAG_ONE: i32 = 4_096;
/// A wall gives back this part of the speed it stops: 1/2.
pub const WALL_RESTITUTION_DIVISOR: i32 = 2;

/// Acceleration of full thrust, px/s².
const ACCELERATION: i64 = 1_400;
/// Damping, per second: speed decays by e in a quarter of a second, and full thrust ends near 330 px/s.
const DRAG_PER_SECOND: i64 = 4;
/// Speed a dash adds, px/s.
const DASH: i64 = 620;
/// Speed of a shell, px/s.
const SHELL_SPEED: i64 = 640;
/// A shell is moved in steps no longer than this, so that it cannot pass a corner or a craft, px.
const SHELL_STEP: i64 = 16;

/// Integers per tick, derived from the tick rate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rules {
    /// The tick rate they are for.
    pub tick_rate: TickRate,
    /// Numbers that move crafts and shells.
    pub motion: Motion,
    /// Ticks between two shells.
    pub fire_ticks: u8,
    /// Ticks between two shells under rapid fire.
    pub rapid_fire_ticks: u8,
    /// Ticks between two rail shots.
    pub rail_ticks: u8,
    /// Ticks between two dashes.
    pub dash_ticks: u8,
    /// Ticks until a shell expires.
    pub shell_life_ticks: u16,
    /// Number of bounces of a shell.
    pub shell_bounces: u8,
    /// Damage of a shell.
    pub shell_damage: u8,
    /// Damage of the rail.
    pub rail_damage: u8,
    /// Rail shots per pickup.
    pub rail_shots: u8,
    /// Reach of the rail, position units.
    pub rail_reach: i32,
    /// Ticks from death to respawn.
    pub respawn_ticks: u16,
    /// Ticks of protection after a respawn; the first shot ends it.
    pub protection_ticks: u16,
    /// Ticks of rapid fire per pickup.
    pub rapid_ticks: u16,
    /// Damage a shield absorbs.
    pub shield_points: u8,
    /// Health a pickup restores.
    pub pickup_health: u8,
    /// Ticks until a taken pickup returns.
    pub pickup_return_ticks: u16,
    /// Ticks after a hit in which leaving counts as a kill for the shooter.
    pub kill_credit_ticks: u16,
}

/// Numbers that both ends need to run a visible craft or shell forward.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Motion {
    /// Velocity units that full thrust adds per tick.
    pub acceleration: i32,
    /// Part of the velocity lost per tick, in 1/4096.
    pub drag: i32,
    /// Velocity units that a dash adds.
    pub dash: i32,
    /// Largest velocity component: three quarters of a 64 px tile per tick.
    pub speed_max: i32,
    /// Speed of a shell, velocity units.
    pub shell_speed: i32,
    /// Number of steps of a shell per tick.
    pub shell_steps: i32,
}

impl Rules {
    /// The rules for a tick rate.
    pub const fn new(tick_rate: TickRate) -> Self {
        Self {
            tick_rate,
            motion: Motion::new(tick_rate),
            fire_ticks: tick_rate.ticks_in_ms(220) as u8,
            rapid_fire_ticks: tick_rate.ticks_in_ms(100) as u8,
            rail_ticks: tick_rate.ticks_in_ms(900) as u8,
            dash_ticks: tick_rate.ticks_in_ms(1_600) as u8,
            shell_life_ticks: tick_rate.ticks_in_ms(2_200) as u16,
            shell_bounces: 2,
            shell_damage: 20,
            rail_damage: 70,
            rail_shots: 3,
            rail_reach: 1_600 * POSITION_PER_PX,
            respawn_ticks: tick_rate.ticks_in_ms(2_500) as u16,
            protection_ticks: tick_rate.ticks_in_ms(1_500) as u16,
            rapid_ticks: tick_rate.ticks_in_ms(8_000) as u16,
            shield_points: 50,
            pickup_health: 50,
            pickup_return_ticks: tick_rate.ticks_in_ms(12_000) as u16,
            kill_credit_ticks: tick_rate.ticks_in_ms(5_000) as u16,
        }
    }
}

impl Motion {
    /// The numbers for a tick rate.
    pub const fn new(tick_rate: TickRate) -> Self {
        let hz = tick_rate.hz() as i64;
        // Velocity units are 1/256 px per tick, so px/s become units by 256 / hz and px/s² by 256 / hz².
        let shell_px_per_tick = (SHELL_SPEED + hz - 1) / hz;
        Self {
            acceleration: (ACCELERATION * 256 / (hz * hz)) as i32,
            // 1 - e^(-k/hz) by its Padé approximation k / (hz + k/2): integers only.
            drag: (DRAG_ONE as i64 * DRAG_PER_SECOND / (hz + DRAG_PER_SECOND / 2)) as i32,
            dash: (DASH * 256 / hz) as i32,
            speed_max: 48 * 256,
            shell_speed: (SHELL_SPEED * 256 / hz) as i32,
            shell_steps: ((shell_px_per_tick + SHELL_STEP - 1) / SHELL_STEP) as i32,
        }
    }
}
