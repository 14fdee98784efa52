//! A wire between a QUIC client and the server that keeps what it carries, to play it again.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{net::UdpSocket, task::JoinHandle};

/// See the module. One client at a time.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    /// Towards the server.
    pub(crate) server: Arc<UdpSocket>,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
    tasks: [JoinHandle<()>; 2],
}

impl Relay {
    pub(crate) async fn to(server: SocketAddr) -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let near = Arc::new(UdpSocket::bind(free).await.expect("a socket can be bound"));
        let far = Arc::new(UdpSocket::bind(free).await.expect("a socket can be bound"));
        far.connect(server).await.expect("a number is an address");
        let address = near.local_addr().expect("it is bound");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let client = Arc::new(Mutex::new(None));
        let up = {
            let (near, far, heard, client) = (near.clone(), far.clone(), heard.clone(), client.clone());
            tokio::spawn(async move {
                let mut bytes = [0; 2_048];
                while let Ok((length, from)) = near.recv_from(&mut bytes).await {
                    *client.lock().expect("nobody panics with it") = Some(from);
                    heard.lock().expect("nobody panics with it").push(bytes[..length].to_vec());
                    let _ = far.send(&bytes[..length]).await;
                }
            })
        };
        let down = {
            let far = far.clone();
            tokio::spawn(async move {
                let mut bytes = [0; 2_048];
                loop {
                    // A refused port is told here once per packet; it concerns the next one not.
                    let Ok(length) = far.recv(&mut bytes).await else { continue };
                    let to = *client.lock().expect("nobody panics with it");
                    if let Some(to) = to {
                        let _ = near.send_to(&bytes[..length], to).await;
                    }
                }
            })
        };
        Self { address, server: far, heard, tasks: [up, down] }
    }

    /// What the client has sent so far.
    pub(crate) fn heard(&self) -> Vec<Vec<u8>> {
        self.heard.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
