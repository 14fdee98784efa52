//! A small HTTP client: a request and its response, over a small pool of connections.

use std::{
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Method, Request, Uri, header};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{Connected, Connection},
    },
    rt::{TokioExecutor, TokioIo},
};
use tower_service::Service;

use crate::native::{
    trust::Trust,
    wire::{self, Wire},
};

/// An HTTP client. Clones share a pool, so that many players need few connections.
#[derive(Clone, Debug)]
pub struct HttpClient {
    client: Client<Connector, Full<Bytes>>,
    trust: Trust,
}

/// A response with any status.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpAnswer {
    /// The HTTP status code.
    pub status: u16,
    /// The body, at most 16 MiB.
    pub body: Bytes,
}

/// The reason why a request got no response, in words.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct HttpError(String);

impl HttpClient {
    /// A client that accepts certificates according to `trust` for `https`.
    pub fn new(trust: Trust) -> Self {
        let mut builder = Client::builder(TokioExecutor::new());
        builder.pool_idle_timeout(IDLE_MAX).pool_timer(hyper_util::rt::TokioTimer::new());
        Self { client: builder.build(Connector { trust: trust.clone() }), trust }
    }

    /// The certificates that it accepts.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Sends `GET url`.
    ///
    /// # Errors
    /// When there is no complete response within 10 s.
    pub async fn get(&self, url: &str) -> Result<HttpAnswer, HttpError> {
        self.ask(Request::builder().method(Method::GET), url, Bytes::new()).await
    }

    /// Sends `POST url` with a JSON body.
    ///
    /// # Errors
    /// When there is no complete response within 10 s.
    pub async fn post_json(&self, url: &str, body: Vec<u8>) -> Result<HttpAnswer, HttpError> {
        let request = Request::builder().method(Method::POST).header(header::CONTENT_TYPE, "application/json");
        self.ask(request, url, body.into()).await
    }

    async fn ask(
        &self,
        request: hyper::http::request::Builder,
        url: &str,
        body: Bytes,
    ) -> Result<HttpAnswer, HttpError> {
        let failed = |error: &dyn std::error::Error| HttpError(in_words(error));
        let request = request.uri(url).body(Full::new(body)).map_err(|error| failed(&error))?;
        let asking = async {
            let response = self.client.request(request).await.map_err(|error| failed(&error))?;
            let status = response.status().as_u16();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| HttpError(in_words(&*error)))?.to_bytes();
            Ok(HttpAnswer { status, body })
        };
        match tokio::time::timeout(TIMEOUT, asking).await {
            Ok(outcome) => outcome,
            Err(_) => Err(HttpError(format!("no answer within {} s", TIMEOUT.as_secs()))),
        }
    }
}

impl Default for HttpClient {
    fn default() -> Self {
        Self::new(Trust::default())
    }
}

/// An error with all its causes: the outermost error often says only that something failed.
fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Opens connections for hyper.
#[derive(Clone, Debug)]
struct Connector {
    trust: Trust,
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Wire>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<Wire>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, url: Uri) -> Self::Future {
        let trust = self.trust.clone();
        Box::pin(async move { wire::open(&url, &trust).await.map(TokioIo::new).map_err(io::Error::other) })
    }
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

const TIMEOUT: Duration = Duration::from_secs(10);
/// Shorter than the time for which servers keep an idle connection, so that no request meets a connection that is closing.
const IDLE_MAX: Duration = Duration::from_secs(1);
/// Bound of a response; the metrics of a full server take some hundred kilobytes.
const ANSWER_BYTES_MAX: usize = 16 * 1_024 * 1_024;
