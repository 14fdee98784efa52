//! Which requests mean this machine by its own names. A page elsewhere can make its own name point here and have a browser ask
//! (DNS rebinding); what only the host may read is not told to it.

use axum::http::{HeaderMap, header, uri::Authority};

use crate::origin;

/// Whether a request was made for a name or an address of this machine's loopback.
pub(crate) fn is_for_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.parse::<Authority>().is_ok_and(|authority| origin::is_this_machine(authority.host()))
}
