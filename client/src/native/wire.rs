//! A TCP connection with or without TLS, for HTTP and WebSocket.

use std::{fmt::Debug, sync::Arc};

use quinn::rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::http::Uri;

use crate::native::{reach, trust::Trust};

/// A TCP connection with or without TLS.
pub(super) type Wire = Box<dyn ByteStream>;

/// The traits of both kinds of connection.
pub(super) trait ByteStream: AsyncRead + AsyncWrite + Unpin + Send + Debug {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Debug> ByteStream for S {}

/// Connects to the host of a URL, with TLS for `https` and `wss`.
///
/// # Errors
/// The reason, in words.
pub(super) async fn open(url: &Uri, trust: &Trust) -> Result<Wire, String> {
    let secure = matches!(url.scheme_str(), Some("https" | "wss"));
    let host = url.host().ok_or_else(|| format!("{url} names no host"))?.trim_matches(['[', ']']);
    let port = url.port_u16().unwrap_or(if secure { 443 } else { 80 });
    let stream = reach::connect_tcp(host, port).await.map_err(|error| error.to_string())?;
    if !secure {
        return Ok(Box::new(stream));
    }
    let tls = trust.tls(b"http/1.1").map_err(|error| error.to_string())?;
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await;
    Ok(Box::new(stream.map_err(|error| error.to_string())?))
}
