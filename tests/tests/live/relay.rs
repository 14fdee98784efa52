//! A relay between a QUIC client and the server. It records the packets to replay them, and can continue from another
//! address, its own or a foreign one.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{net::UdpSocket, task::JoinHandle};

/// A relay for one client at a time.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    /// Socket towards the server.
    pub(crate) server: Arc<UdpSocket>,
    /// Socket towards the client.
    near: Arc<UdpSocket>,
    /// Socket through which the client's packets are sent.
    outlet: Arc<Mutex<Arc<UdpSocket>>>,
    client: Arc<Mutex<Option<SocketAddr>>>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Relay {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        Self::between([127, 0, 0, 1].into(), server).await
    }

    /// The address that the server sees.
    pub(crate) async fn between(ip: IpAddr, server: SocketAddr) -> Self {
        let near = UdpSocket::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let near = Arc::new(near.expect("a socket can be bound"));
        let far = socket(ip, server).await;
        let outlet = Arc::new(Mutex::new(far.clone()));
        let address = near.local_addr().expect("it is bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let client = Arc::new(Mutex::new(None));
        let up = {
            let (near, outlet, heard, client) = (near.clone(), outlet.clone(), heard.clone(), client.clone());
            tokio::spawn(async move {
                let mut bytes = [0; 2_048];
                while let Ok((length, from)) = near.recv_from(&mut bytes).await {
                    *client.lock().expect("nobody panics with it") = Some(from);
                    heard.lock().expect("nobody panics with it").push(bytes[..length].to_vec());
                    let outlet = outlet.lock().expect("nobody panics with it").clone();
                    let _ = outlet.send(&bytes[..length]).await;
                }
            })
        };
        let mut relay = Self { address, server: far.clone(), near, outlet, client, heard, tasks: vec![up] };
        relay.listen(far);
        relay
    }

    /// The client's packets come from another address from now on, where the answers are heard, too.
    pub(crate) async fn move_to(&mut self, ip: IpAddr) {
        let far = socket(ip, self.server.peer_addr().expect("it is connected")).await;
        self.listen(far.clone());
        self.leave_through(far);
    }

    /// From now on the client's packets come from another address, whose owner ignores the answers.
    pub(crate) async fn pretend(&mut self, ip: IpAddr) {
        let far = socket(ip, self.server.peer_addr().expect("it is connected")).await;
        self.leave_through(far);
    }

    /// The client's packets come from its first address again.
    pub(crate) fn be_itself(&mut self) {
        self.leave_through(self.server.clone());
    }

    fn leave_through(&mut self, far: Arc<UdpSocket>) {
        *self.outlet.lock().expect("nobody panics with it") = far;
    }

    fn listen(&mut self, far: Arc<UdpSocket>) {
        let (near, client) = (self.near.clone(), self.client.clone());
        self.tasks.push(tokio::spawn(async move {
            let mut bytes = [0; 2_048];
            loop {
                // The socket reports a refused port once per packet; the next packet is not affected.
                let Ok(length) = far.recv(&mut bytes).await else { continue };
                let to = *client.lock().expect("nobody panics with it");
                if let Some(to) = to {
                    let _ = near.send_to(&bytes[..length], to).await;
                }
            }
        }));
    }

    /// Packets that the client has sent so far.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn socket(ip: IpAddr, server: SocketAddr) -> Arc<UdpSocket> {
    let socket = UdpSocket::bind(SocketAddr::new(ip, 0)).await.expect("the loopback has many addresses");
    socket.connect(server).await.expect("a number is an address");
    Arc::new(socket)
}
