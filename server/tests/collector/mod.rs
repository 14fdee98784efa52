//! A collector that keeps the requests it gets, decoded by the protocol's own definition.

#![allow(unreachable_pub, reason = "each test file takes what it needs")]

use std::{
    fmt::Debug,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    routing::post,
    serve::Listener,
};
use opentelemetry_proto::tonic::{
    collector::logs::v1::ExportLogsServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
};
use prost::Message;
use rcgen::CertifiedKey;
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::program::within;

/// A collector that listens on loopback.
pub struct Collector {
    pub endpoint: String,
    kept: Arc<Kept>,
    arrived: mpsc::UnboundedReceiver<Line>,
}

struct Kept {
    refuses: AtomicBool,
    requests: Mutex<Vec<Request>>,
    lines: mpsc::UnboundedSender<Line>,
}

/// A request as it came.
#[derive(Clone)]
pub struct Request {
    pub path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// One line of the log, with the attributes of the server that wrote it.
#[derive(Clone, Debug)]
pub struct Line {
    pub scope: String,
    pub severity: String,
    pub body: String,
    attributes: Vec<(String, String)>,
    of_server: Vec<(String, String)>,
}

impl Collector {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        Self::serve(listener, endpoint)
    }

    /// A collector with TLS, and its certificate (PEM).
    pub async fn start_tls() -> (Self, String) {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://{}", tcp.local_addr().unwrap());
        let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = tls.with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
        let listener = TlsListener { tcp, tls: TlsAcceptor::from(Arc::new(tls)) };
        (Self::serve(listener, endpoint), cert.pem())
    }

    fn serve<L: Listener<Addr: Debug>>(listener: L, endpoint: String) -> Self {
        let (lines, arrived) = mpsc::unbounded_channel();
        let kept = Arc::new(Kept { refuses: AtomicBool::new(false), requests: Mutex::default(), lines });
        let router = Router::new().route("/{*path}", post(keep)).with_state(Arc::clone(&kept));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { endpoint, kept, arrived }
    }

    /// Sets whether it refuses all requests.
    pub fn refuse(&self, refuses: bool) {
        self.kept.refuses.store(refuses, Ordering::SeqCst);
    }

    /// The next line with this text.
    pub async fn until_line(&mut self, body: &str) -> Line {
        within(&format!("the line {body:?}"), async {
            loop {
                let line = self.arrived.recv().await.unwrap();
                if line.body == body {
                    return line;
                }
            }
        })
        .await
    }

    /// All requests that were accepted.
    pub fn requests(&self) -> Vec<Request> {
        self.kept.requests.lock().unwrap().clone()
    }

    pub fn lines(&self) -> Vec<Line> {
        self.requests().iter().flat_map(Request::lines).collect()
    }
}

struct TlsListener {
    tcp: TcpListener,
    tls: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        loop {
            let (socket, peer) = self.tcp.accept().await.unwrap();
            if let Ok(socket) = self.tls.accept(socket).await {
                return (socket, peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.tcp.local_addr()
    }
}

async fn keep(State(kept): State<Arc<Kept>>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    if kept.refuses.load(Ordering::SeqCst) {
        return StatusCode::UNAUTHORIZED;
    }
    let request = Request { path: uri.path().to_owned(), headers, body };
    kept.requests.lock().unwrap().push(request.clone());
    for line in request.lines() {
        // Nobody waits any more when the test is over.
        let _ = kept.lines.send(line);
    }
    StatusCode::OK
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn holds(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for resource_logs in ExportLogsServiceRequest::decode(self.body.clone()).unwrap().resource_logs {
            let of_server = pairs(resource_logs.resource.unwrap().attributes);
            for scope_logs in resource_logs.scope_logs {
                let scope = scope_logs.scope.unwrap().name;
                lines.extend(scope_logs.log_records.into_iter().map(|record| Line {
                    scope: scope.clone(),
                    severity: record.severity_text,
                    body: text(record.body),
                    attributes: pairs(record.attributes),
                    of_server: of_server.clone(),
                }));
            }
        }
        lines
    }
}

impl Line {
    pub fn attribute(&self, name: &str) -> &str {
        find(&self.attributes, name)
    }

    /// An attribute of the server.
    pub fn of_server(&self, name: &str) -> &str {
        find(&self.of_server, name)
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    let (_, value) = pairs.iter().find(|(key, _)| key == name).unwrap_or_else(|| panic!("no {name} in {pairs:?}"));
    value
}

fn pairs(attributes: Vec<KeyValue>) -> Vec<(String, String)> {
    attributes.into_iter().map(|KeyValue { key, value, .. }| (key, text(value))).collect()
}

fn text(value: Option<AnyValue>) -> String {
    match value.and_then(|value| value.value) {
        Some(Value::StringValue(text)) => text,
        other => format!("{other:?}"),
    }
}
