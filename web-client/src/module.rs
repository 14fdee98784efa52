//! What a game's crate exports to its page: `wasm_bindgen` exports no generic types, so these make ones of a game's own.

/// Exports what every page needs: `layout()`, `protocol_version()`, and panics told to the console.
#[macro_export]
macro_rules! module {
    ($page:ty) => {
        /// Which float of a frame means what, as JSON: `{"own": […], "input": […], "kinds": [{"name", "fields": […]}, …]}`.
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn layout() -> String {
            $crate::layout::<$page>()
        }

        /// The version of the protocol that the module speaks, to compare with the server's before anything is opened.
        #[wasm_bindgen::prelude::wasm_bindgen]
        pub fn protocol_version() -> u16 {
            $crate::PROTOCOL_VERSION
        }

        /// A panic would reach the page as a bare "unreachable": this tells the console what it was.
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

/// The whole module of a game whose page draws what the derives describe and nothing else: a [`Page`](crate::Page) with every default, and
/// all that [`module!`](macro@crate::module), [`player!`](crate::player), [`input!`](crate::input) and [`replay!`](crate::replay) export.
///
/// ```ignore
/// #[cfg(target_arch = "wasm32")]
/// web_client::page!(MyGame);
/// ```
#[macro_export]
macro_rules! page {
    ($game:ty) => {
        /// The page of the game, as the engine makes it.
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

/// What [`page!`](macro@crate::page) makes of the feature `play`: a macro cannot ask for features of the crate that it is defined in.
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

/// The same of the feature `replay`.
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

/// Exports `Player`. Its `session` is for what the game adds, above all what its controls mean, where [`input!`](crate::input) is not enough.
#[cfg(feature = "play")]
#[macro_export]
macro_rules! player {
    ($page:ty) => {
        /// A player's end of a session. Times are milliseconds of `performance.now()`.
        #[wasm_bindgen::prelude::wasm_bindgen]
        #[derive(Debug)]
        pub struct Player {
            pub(crate) session: $crate::Session<$page>,
        }

        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Player {
            /// Says hello with the ticket of `POST /api/join`. `reliable`: the link loses nothing (WebSocket).
            #[wasm_bindgen(constructor)]
            pub fn new(ticket: String, name: String, reliable: bool, now_ms: f64) -> Self {
                Self { session: $crate::Session::new(ticket, name, reliable, now_ms) }
            }

            /// Takes in a message from the server. Gives what was wrong with one that makes no sense: end the session then.
            pub fn handle_message(&mut self, bytes: &[u8], now_ms: f64) -> Option<String> {
                self.session.handle_message(bytes, now_ms)
            }

            /// Makes the inputs and pings whose time has come; poll the outputs after it.
            pub fn advance(&mut self, now_ms: f64) {
                self.session.advance(now_ms);
            }

            /// When [`Player::advance`] has something to do next.
            pub fn next_wake_ms(&self) -> f64 {
                self.session.next_wake_ms()
            }

            /// Ticks whose inputs were made so far.
            pub fn inputs_made(&self) -> f64 {
                self.session.inputs_made()
            }

            /// The next message to send; [`Player::output_is_reliable`] says how.
            pub fn poll_output(&mut self) -> Option<Vec<u8>> {
                self.session.poll_output()
            }

            /// Whether the message polled last must arrive.
            pub fn output_is_reliable(&self) -> bool {
                self.session.output_is_reliable()
            }

            /// The next thing that happened, as JSON with a `kind`.
            pub fn poll_event(&mut self) -> Option<String> {
                self.session.poll_event()
            }

            /// Sends a line to everyone in the room.
            pub fn chat(&mut self, text: &str) {
                self.session.chat(text);
            }

            /// Shows what the player in a seat sees, to a spectator; poll the outputs after it.
            pub fn watch(&mut self, seat: u16) {
                self.session.watch(seat);
            }

            /// Leaves for good; poll the outputs after it.
            pub fn leave(&mut self) {
                self.session.leave();
            }

            /// Writes what is to be seen now; read it through [`Player::frame_pointer`].
            pub fn fill_frame(&mut self, now_ms: f64) {
                self.session.fill_frame(now_ms);
            }

            /// Where in the module's memory the floats of the frame lie. Valid until the next call.
            pub fn frame_pointer(&self) -> usize {
                self.session.frame().as_ptr() as usize
            }

            /// How many floats the frame has.
            pub fn frame_length(&self) -> usize {
                self.session.frame().len()
            }

            /// The moment that the frame shows, in ticks of the room.
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
            /// The floats of the frame, for those who share the module's memory.
            pub fn frame(&self) -> &[f32] {
                self.session.frame()
            }
        }
    };
}

/// Lets the page hand in what the player wants, as the numbers that the layout names.
#[cfg(feature = "play")]
#[macro_export]
macro_rules! input {
    () => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Player {
            /// What the player wants from now on: the fields of the game's input, in the order of the layout.
            pub fn set_input(&mut self, numbers: &[f64]) {
                self.session.set_input(numbers);
            }
        }
    };
}

/// Exports `Replay`.
#[cfg(feature = "replay")]
#[macro_export]
macro_rules! replay {
    ($page:ty) => {
        /// A recording that is being watched. Times are seconds from its beginning.
        #[wasm_bindgen::prelude::wasm_bindgen]
        #[derive(Debug)]
        pub struct Replay {
            watching: $crate::Watching<$page>,
        }

        #[wasm_bindgen::prelude::wasm_bindgen]
        impl Replay {
            /// Reads a file.
            ///
            /// # Errors
            /// In words, when nothing of it can be shown. What is merely damaged is in [`Replay::info`].
            #[wasm_bindgen(constructor)]
            pub fn new(file: Vec<u8>) -> Result<Self, String> {
                $crate::Watching::new(file).map(|watching| Self { watching })
            }

            /// What the recording says of itself, as JSON: map, server, room, length, damage, results, ….
            pub fn info(&self) -> String {
                self.watching.info()
            }

            /// The map as JSON.
            pub fn map(&self) -> String {
                self.watching.map()
            }

            /// Where it stands.
            pub fn seconds(&self) -> f64 {
                self.watching.seconds()
            }

            /// Goes on by `seconds` at a speed; poll the events after it.
            pub fn advance(&mut self, seconds: f64, speed: f64) {
                self.watching.advance(seconds, speed);
            }

            /// Goes to a moment, or to the nearest there is; poll the events after it.
            pub fn seek(&mut self, seconds: f64) {
                self.watching.seek(seconds);
            }

            /// Goes on by whole ticks, or back.
            pub fn step(&mut self, ticks: i32) {
                self.watching.step(ticks);
            }

            /// Whether there is nothing more.
            pub fn is_over(&self) -> bool {
                self.watching.is_over()
            }

            /// Whether the tick shown became what was recorded of it.
            pub fn matches(&self) -> bool {
                self.watching.matches()
            }

            /// Shows what a player steers as one's own, or what nobody does.
            pub fn follow(&mut self, seat: Option<u16>) {
                self.watching.follow(seat);
            }

            /// Writes what is to be seen; read it through [`Replay::frame_pointer`].
            pub fn fill_frame(&mut self) {
                self.watching.fill_frame();
            }

            /// Where in the module's memory the floats of the frame lie. Valid until the next call.
            pub fn frame_pointer(&self) -> usize {
                self.watching.frame().as_ptr() as usize
            }

            /// How many floats the frame has.
            pub fn frame_length(&self) -> usize {
                self.watching.frame().len()
            }

            /// The moment that the frame shows, in ticks of the room.
            pub fn render_tick(&self) -> f64 {
                self.watching.render_tick()
            }

            /// The next thing that happened, as JSON with a `kind`; as a player is told, and `anew` and `gap`.
            pub fn poll_event(&mut self) -> Option<String> {
                self.watching.poll_event()
            }

            /// Looks through so many ticks ahead of what is shown; gives the part of the recording that is looked through.
            pub fn survey(&mut self, ticks: u32) -> f64 {
                self.watching.survey(ticks)
            }

            /// The next mark that was found for the time line, as JSON with a `kind` and `at`.
            pub fn poll_mark(&mut self) -> Option<String> {
                self.watching.poll_mark()
            }
        }

        impl Replay {
            /// The floats of the frame, for those who share the module's memory.
            pub fn frame(&self) -> &[f32] {
                self.watching.frame()
            }
        }
    };
}
