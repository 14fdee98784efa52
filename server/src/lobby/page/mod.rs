//! The pages and their files, inside the program.
//!
//! ```text
//! GET /                    the page of the default game; browsers check it again at each load
//! GET /NAME/               the page of a game
//! GET /web/{build}/{path}  files of the pages; each build has its own address, so browsers keep them for ever
//! GET /status              the status page, and its files below it
//! ```
//!
//! In development the page of one game is read from a folder instead, see [`development`].

mod development;
mod encoding;
mod policy;
mod status;

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use shared::RoomId;

use self::encoding::{Encoding, media_type};
use super::{Lobby, address::Reached, refusal::Refusal};
use crate::{
    config::Games,
    games::{Hosted, PackedPage, PageFile},
};

/// The routes of the pages. `development` is the folder of a page in development; then files of other pages are not served.
pub(super) fn routes(games: Games, development: Option<PathBuf>) -> Router<Arc<Lobby>> {
    let files = development.map_or_else(|| page_files(games), development::routes);
    let router = Router::new().route("/", get(index)).merge(files).merge(status::routes());
    games.iter().fold(router, |router, game| {
        let page =
            async move |State(lobby): State<Arc<Lobby>>, reached: Reached, query: RawQuery, headers: HeaderMap| {
                page_of(&lobby, game, &reached, query, headers).await
            };
        router.route(&address(game), get(page))
    })
}

/// Answers requests without a route. The name of a game without its slash is redirected to the game's page.
pub(super) async fn elsewhere(State(lobby): State<Arc<Lobby>>, uri: Uri) -> Result<Redirect, Refusal> {
    let named = lobby.config.games().iter().find(|game| uri.path().strip_prefix('/') == Some(game.name()));
    named.map(|game| lead_to(game, uri.query())).ok_or(Refusal::UnknownPath)
}

/// The files of the pages.
pub(crate) fn page_files<S: Clone + Send + Sync + 'static>(games: Games) -> Router<S> {
    let file = async move |Path((build, path)): Path<(String, String)>, headers: HeaderMap| {
        // Only the exact build is answered, because browsers keep the file under this address for ever.
        let page = games.iter().filter_map(Hosted::page).find(|page| page.build() == build);
        let file = page.and_then(|page| page.file(&path)).ok_or(Refusal::UnknownPath)?;
        answer(file, &headers, "public, max-age=31536000, immutable")
    };
    Router::new().route("/web/{build}/{*path}", get(file))
}

/// The page that shows a recording; its policy allows no connection to other addresses.
pub(crate) fn replay_page(page: &PackedPage, headers: &HeaderMap) -> Result<Response, Refusal> {
    with_policy(index_of(page, headers)?, &policy::of_a_replay(page))
}

/// The path of a game's page, also of the default game's.
pub(super) fn address(game: &dyn Hosted) -> String {
    format!("/{}/", game.name())
}

async fn index(
    State(lobby): State<Arc<Lobby>>,
    reached: Reached,
    query: RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let game = lobby.config.load().default_game(lobby.config.games());
    page_of(&lobby, game, &reached, query, headers).await
}

/// The page of a game. A link to a room is redirected to the page of the game that the room plays.
async fn page_of(
    lobby: &Lobby,
    game: &'static dyn Hosted,
    reached: &Reached,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let room = query.as_deref().and_then(room_in).and_then(|room| lobby.directory.room(room));
    if let Some(other) = room.map(|room| room.played.game).filter(|&other| other != game) {
        return Ok(lead_to(other, query.as_deref()).into_response());
    }
    let config = lobby.config.load();
    let no_page = Refusal::NoPage { game: game.name() };
    if let Some(folder) = &config.dev_page {
        // Only the page of the default game is in development.
        let folder = (game == config.default_game(lobby.config.games())).then(|| folder.clone());
        let (page, import_map) = development::index(folder.ok_or(no_page)?, headers).await?;
        return with_policy(page, &policy::of_the_page(Some(&import_map), reached, &lobby.udp));
    }
    let page = game.page().ok_or(no_page)?;
    with_policy(index_of(page, &headers)?, &policy::of_the_page(page.import_map(), reached, &lobby.udp))
}

/// Adds the policy, which contains the host that the client named. A host that is not a valid header value was refused earlier.
fn with_policy(mut response: Response, policy: &str) -> Result<Response, Refusal> {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// The room in the link to a page.
fn room_in(query: &str) -> Option<RoomId> {
    let room = query.split('&').find_map(|part| part.strip_prefix("room="))?;
    room.parse().ok().map(RoomId)
}

fn lead_to(game: &dyn Hosted, query: Option<&str>) -> Redirect {
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::temporary(&format!("{}{query}", address(game)))
}

fn index_of(page: &PackedPage, headers: &HeaderMap) -> Result<Response, Refusal> {
    answer(page.file("index.html").ok_or(Refusal::UnknownPath)?, headers, "no-cache")
}

fn answer(file: PageFile, headers: &HeaderMap, caching: &'static str) -> Result<Response, Refusal> {
    let kind = HeaderValue::from_static(media_type(file.path));
    let caching = HeaderValue::from_static(caching);
    let vary = HeaderValue::from_static("accept-encoding");
    let head = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching), (header::VARY, vary)];
    match Encoding::of(headers) {
        Some(encoding) => {
            let name = HeaderValue::from_static(encoding.name());
            Ok((head, [(header::CONTENT_ENCODING, name)], file.bytes(encoding)).into_response())
        }
        None => Ok((head, file.whole().ok_or(Refusal::UnknownPath)?).into_response()),
    }
}
