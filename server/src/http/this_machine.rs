//! Detects requests that name this machine by a loopback name. A page of another site can make its own name resolve to this machine
//! (DNS rebinding) and let a browser ask; answers for the host only are not given to such requests.

use axum::http::{HeaderMap, header, uri::Authority};

use crate::base::origin;

/// True if the request's host is a name or an address of this machine's loopback.
pub(crate) fn is_for_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    host.parse::<Authority>().is_ok_and(|authority| origin::is_this_machine(authority.host()))
}
