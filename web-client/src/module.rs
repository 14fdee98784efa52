//! Macros that export a game's module to its page. `wasm_bindgen` cannot export generic types, so each game's crate defines its own types
//! with these macros.

/// Exports the functions that every page needs, `layout()` and `protocol_version()`, and logs panics to the console.
#[macro_export]
macro_rules! module {
    ($page:ty) => {
        /// Names of the floats of a frame, as JSON: `{"own": […], "input": […], "kinds": [{"name", "fields": […]}, …]}`.
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn layout() -> String {
            $crate::layout::<$page>()
        }

        /// Protocol version of the module. The page compares it with the server's before it opens a link.
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn protocol_version() -> u16 {
            $crate::PROTOCOL_VERSION
        }

        /// Without this a panic reaches the page as a bare "unreachable". The hook logs its message to the console.
        mod panic {
            #[wasm_bindgen::prelude::wasm_bindgen]
            extern "C" {
                #[wasm_bindgen(js_namespace = console)]
                fn error(text: &str);
            }

            /// Runs once, when the module is loaded.
            #[wasm_bindgen::prelude::wasm_bindgen(start)]
            fn start() {
                if cfg!(target_arch = "wasm32") {
                    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
                }
            }
        }
    };
}

/// The whole module of a game whose page needs only the fields that the derives describe: a [`Page`](crate::Page) with every default, and
/// the exports of [`module!`](macro@crate::module), [`player!`](crate::player), [`input!`](crate::input) and [`replay!`](crate::replay).
///
/// ```ignore
/// #[cfg(target_arch = "wasm32")]
/// web_client::page!(MyGame);
/// ```
#[macro_export]
macro_rules! page {
    ($game:ty) => {
        /// The page of the game, with the engine's defaults.
        #[derive(Debug, Default)]
        pub struct GamePage;

        impl $crate::Page for GamePage {
            type Game = $game;
        }

        $crate::module!(GamePage);
        $crate::play_part!(GamePage);
        $crate::replay_part!(GamePage);
    };
}

/// The part of [`page!`](macro@crate::page) that needs the feature `play`. A `cfg` inside a macro would test the features of the game's
/// crate instead of this crate's.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "play")]
macro_rules! play_part {
    ($page:ty) => {
        $crate::player!($page);
        $crate::input!();
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "play"))]
macro_rules! play_part {
    ($page:ty) => {};
}

/// The part of [`page!`](macro@crate::page) that needs the feature `replay`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "replay")]
macro_rules! replay_part {
    ($page:ty) => {
        $crate::replay!($page);
    };
}

#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "replay"))]
macro_rules! replay_part {
    ($page:ty) => {};
}

/// Exports `Player`. A game adds its own methods through `session`, for example for controls where [`input!`](crate::input) is not enough.
#[cfg(feature = "play")]
#[macro_export]
macro_rules! player {
    ($page:ty) => {
        /// The client's end of a session. Times are milliseconds of `performance.now()`.
        #[wasm_bindgen::prelude::wasm_bindgen]
        #[derive(Debug)]
        pub struct Player {
            pub(crate) session: $crate::Session<$page>,
        }

        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Player {
            /// Starts a session with the ticket of `POST /api/join`. `reliable` is true for a link that loses nothing (WebSocket).
            #[wasm_bindgen(constructor)]
            pub fn new(ticket: String, name: String, reliable: bool, now_ms: f64) -> Self {
                Self { session: $crate::Session::new(ticket, name, reliable, now_ms) }
            }

            /// Handles a message from the server. Returns an error text if the message is invalid; the page should end the session then.
            pub fn handle_message(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
                self.session.handle_message(bytes, now_ms)
            }

            /// Makes the inputs and pings that are due. Poll the outputs after it.
            pub fn advance(&mut self, now_ms: f64) {
                self.session.advance(now_ms);
            }

            /// Time at which [`Player::advance`] has something to do next.
            pub fn next_wake_ms(&self) -> f64 {
                self.session.next_wake_ms()
            }

            /// Inputs made so far, one per tick.
            pub fn inputs_made(&self) -> f64 {
                self.session.inputs_made()
            }

            /// Next message to send. [`Player::output_is_reliable`] gives its channel.
            pub fn poll_output(&mut self) -> Option<Vec<u8>> {
                self.session.poll_output()
            }

            /// Returns true if the message polled last must be sent reliably.
            pub fn output_is_reliable(&self) -> bool {
                self.session.output_is_reliable()
            }

            /// Next event, as JSON with a `kind`.
            pub fn poll_event(&mut self) -> Option<String> {
                self.session.poll_event()
            }

            /// Sends a line of chat to the room.
            pub fn chat(&mut self, text: &str) {
                self.session.chat(text);
            }

            /// Asks the server to show this spectator the view of the player in a seat. Poll the outputs after it.
            pub fn watch(&mut self, seat: u16) {
                self.session.watch(seat);
            }

            /// Leaves the room and ends the session. Poll the outputs after it.
            pub fn leave(&mut self) {
                self.session.leave();
            }

            /// Writes the frame of `now_ms`; read it through [`Player::frame_pointer`].
            pub fn fill_frame(&mut self, now_ms: f64) {
                self.session.fill_frame(now_ms);
            }

            /// Address of the frame's floats in the module's memory. Valid until the next call of the module.
            pub fn frame_pointer(&self) -> usize {
                self.session.frame().as_ptr() as usize
            }

            /// Number of floats of the frame.
            pub fn frame_length(&self) -> usize {
                self.session.frame().len()
            }

            /// Time at which the frame shows the entities of others, in ticks of the room.
            pub fn render_tick(&self) -> f64 {
                self.session.render_tick()
            }

            /// The map as JSON, once it has arrived.
            pub fn map(&self) -> Option<String> {
                self.session.map()
            }

            /// Figures of the network overlay as JSON.
            pub fn figures(&mut self) -> String {
                self.session.figures()
            }
        }

        impl Player {
            /// The floats of the frame, for Rust code of the game.
            pub fn frame(&self) -> &[f32] {
                self.session.frame()
            }
        }
    };
}

/// Adds `Player.set_input`, with which the page sets the input by the numbers that the layout names.
#[cfg(feature = "play")]
#[macro_export]
macro_rules! input {
    () => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Player {
            /// Sets the input that is sent each tick from now on: the fields of the game's input, in the order of the layout.
            pub fn set_input(&mut self, numbers: &[f64]) {
                self.session.set_input(numbers);
            }
        }
    };
}

/// Exports `Replay`, which plays recordings.
#[cfg(feature = "replay")]
#[macro_export]
macro_rules! replay {
    ($page:ty) => {
        /// A recording and the moment that is shown. Times are seconds from the beginning of the recording.
        #[wasm_bindgen::prelude::wasm_bindgen]
        #[derive(Debug)]
        pub struct Replay {
            watching: $crate::Watching<$page>,
        }

        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Replay {
            /// Reads a recording from the bytes of its file.
            ///
            /// # Errors
            /// A message for the viewer if no part of the file can be played. A file that is only damaged in parts opens, and
            /// [`Replay::info`] lists the damage.
            #[wasm_bindgen(constructor)]
            pub fn new(file: Vec<u8>) -> Result<Self, String> {
                $crate::Watching::new(file).map(|watching| Self { watching })
            }

            /// Facts about the recording as JSON: map, server, room, length, damage, results, ….
            pub fn info(&self) -> String {
                self.watching.info()
            }

            /// The map as JSON.
            pub fn map(&self) -> String {
                self.watching.map()
            }

            /// The moment that is shown, in seconds.
            pub fn seconds(&self) -> f64 {
                self.watching.seconds()
            }

            /// Plays `seconds` of real time at a speed, at most four seconds of the recording per call. Poll the events after it.
            pub fn advance(&mut self, seconds: f64, speed: f64) {
                self.watching.advance(seconds, speed);
            }

            /// Goes to a moment, or to the nearest one that can be played. Poll the events after it.
            pub fn seek(&mut self, seconds: f64) {
                self.watching.seek(seconds);
            }

            /// Moves by whole ticks, backwards if `ticks` is negative.
            pub fn step(&mut self, ticks: i32) {
                self.watching.step(ticks);
            }

            /// Returns true at the end of the recording.
            pub fn is_over(&self) -> bool {
                self.watching.is_over()
            }

            /// Returns false if the state of the tick that is shown differs from the recorded hash.
            pub fn matches(&self) -> bool {
                self.watching.matches()
            }

            /// Shows the entities of the player in a seat as the own ones. With none, no entity is the own one.
            pub fn follow(&mut self, seat: Option<u16>) {
                self.watching.follow(seat);
            }

            /// Writes the frame of the moment that is shown; read it through [`Replay::frame_pointer`].
            pub fn fill_frame(&mut self) {
                self.watching.fill_frame();
            }

            /// Address of the frame's floats in the module's memory. Valid until the next call of the module.
            pub fn frame_pointer(&self) -> usize {
                self.watching.frame().as_ptr() as usize
            }

            /// Number of floats of the frame.
            pub fn frame_length(&self) -> usize {
                self.watching.frame().len()
            }

            /// Time at which the frame shows the entities of others, in ticks of the room.
            pub fn render_tick(&self) -> f64 {
                self.watching.render_tick()
            }

            /// Next event, as JSON with a `kind`: events of the room and the game as a player gets them, and also `anew` and `gap`.
            pub fn poll_event(&mut self) -> Option<String> {
                self.watching.poll_event()
            }

            /// Searches up to `ticks` more ticks for marks. Returns the fraction of the recording that has been searched.
            pub fn survey(&mut self, ticks: u32) -> f64 {
                self.watching.survey(ticks)
            }

            /// Next mark that the survey found for the time line, as JSON with a `kind` and `at`, in seconds.
            pub fn poll_mark(&mut self) -> Option<String> {
                self.watching.poll_mark()
            }
        }

        impl Replay {
            /// The floats of the frame, for Rust code of the game.
            pub fn frame(&self) -> &[f32] {
                self.watching.frame()
            }
        }
    };
}
