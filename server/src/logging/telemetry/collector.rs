//! One HTTP request to the collector and its response. It blocks, on a thread that does nothing else.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use axum::http::{Uri, header, uri::Scheme};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use rustls::{ClientConfig, RootCertStore, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    runtime::Runtime,
};
use tokio_rustls::TlsConnector;

/// The collector's address, and the state for requests to it.
pub(super) struct Collector {
    host: String,
    port: u16,
    tls: Option<TlsConnector>,
    /// Runs on the sending thread.
    runtime: Runtime,
    /// The reason of the last failure, until it is taken.
    failure: Mutex<Option<String>>,
}

/// Time-out of a whole request.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most bytes of a response; a collector's are short.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

impl Collector {
    /// # Errors
    /// When the collector needs TLS and the machine has no certificate authorities.
    pub(super) fn new(url: &Uri) -> Result<Self> {
        let is_https = url.scheme() == Some(&Scheme::HTTPS);
        let host = url.host().context("the collector has no name")?.to_owned();
        let port = url.port_u16().unwrap_or(if is_https { 443 } else { 80 });
        let tls = is_https.then(connector).transpose()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Self { host, port, tls, runtime, failure: Mutex::new(None) })
    }

    /// Its name in the log.
    pub(super) fn name(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The reason of the last failure; given once.
    pub(super) fn take_failure(&self) -> Option<String> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        // In a URL an IPv6 address is in brackets.
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let socket = TcpStream::connect((host, self.port)).await.context("cannot connect")?;
        match &self.tls {
            None => exchange(socket, request).await,
            Some(tls) => {
                let name = ServerName::try_from(host.to_owned())?;
                exchange(tls.connect(name, socket).await.context("cannot connect by TLS")?, request).await
            }
        }
    }

    /// Converts a request to the form on the wire: only the path in the first line, the host in a header.
    fn prepare(&self, mut request: Request<Bytes>) -> Result<Request<Bytes>> {
        let authority = request.uri().authority().context("the collector has no name")?.to_string();
        let path = request.uri().path_and_query().context("the collector has no path")?.to_string();
        *request.uri_mut() = path.parse()?;
        request.headers_mut().insert(header::HOST, authority.parse()?);
        request.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
        Ok(request)
    }
}

#[async_trait::async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = self.prepare(request)?;
        let asked = self.runtime.block_on(async {
            tokio::time::timeout(PATIENCE, self.ask(request)).await.context("no answer in time").flatten()
        });
        let failure = match &asked {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(format!("{error:#}")),
        };
        if failure.is_some() {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = failure;
        }
        asked.map_err(Into::into)
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, .. } = self;
        f.debug_struct("Collector").field("host", host).field("port", port).finish_non_exhaustive()
    }
}

/// Sends a request over a new connection and reads the response.
async fn exchange<Socket>(socket: Socket, request: Request<Bytes>) -> Result<Response<Bytes>>
where
    Socket: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(socket)).await?;
    let answer = async {
        let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|error| anyhow::anyhow!(error)).context("cannot read the response")?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
    let mut answer = std::pin::pin!(answer);
    // The connection moves the bytes; its errors are also errors of the response.
    tokio::select! {
        answer = &mut answer => answer,
        _ = connection => answer.await,
    }
}

/// TLS with the machine's certificate authorities, or those in `SSL_CERT_FILE`.
fn connector() -> Result<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    ensure!(!roots.is_empty(), "this machine has no certificate authorities to verify the collector with");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(TlsConnector::from(Arc::new(tls.with_root_certificates(roots).with_no_client_auth())))
}
