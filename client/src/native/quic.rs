//! QUIC by stock quinn: unreliable messages in datagrams, reliable ones on one stream, each after its length.
//!
//! ```text
//! stream, both ways:  u32 length, big endian | message
//! datagram:           message
//! ```

use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use quinn::{Chunk, Connection, ReadError, RecvStream, SendStream, VarInt};
use shared::{
    limits::SERVER_MESSAGE_BYTES_MAX,
    wire::{Deframer, DisconnectReason, enframe},
};

use crate::{
    native::{
        endpoints::{QuicEndpoints, link_error},
        link_error::LinkError,
        quic_config::{Protocol, has_datagram_room},
    },
    told::{Channel, Output},
};

type StreamRead = Pin<Box<dyn Future<Output = (RecvStream, Result<Option<Chunk>, ReadError>)> + Send>>;

/// One player's QUIC connection.
#[derive(Debug)]
pub struct QuicLink {
    connection: Connection,
    send: SendStream,
    /// The pending read of the stream. Because it is in a set, it is polled only when the stream has data, and not each time a
    /// datagram wakes the task.
    reading: FuturesUnordered<StreamRead>,
    messages: Deframer,
}

impl QuicLink {
    /// Connects to `host:port` and opens the stream. The server's certificate must have one of the given SHA-256 hashes, in
    /// hexadecimal; without hashes it is verified by name and authority.
    ///
    /// # Errors
    /// [`LinkError::Lost`] with the reason, [`LinkError::Closed`] when the server refuses.
    pub async fn connect(
        endpoints: &QuicEndpoints,
        server: &str,
        certificate_hashes: &[String],
    ) -> Result<Self, LinkError> {
        let connection = endpoints.connect(Protocol::Ricochet, server, certificate_hashes).await?;
        let (send, receive) = connection.open_bi().await.map_err(link_error)?;
        let reading = FuturesUnordered::from_iter([read(receive)]);
        Ok(Self { connection, send, reading, messages: Deframer::new(SERVER_MESSAGE_BYTES_MAX) })
    }

    /// Waits for the next message of either channel. The future may be dropped without losing a message.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn receive(&mut self) -> Result<(Channel, Bytes), LinkError> {
        loop {
            if let Some(message) = self.messages.poll_message().map_err(LinkError::Framing)? {
                return Ok((Channel::Reliable, message));
            }
            tokio::select! {
                biased;
                datagram = self.connection.read_datagram() => {
                    return Ok((Channel::Unreliable, datagram.map_err(link_error)?));
                }
                Some((stream, chunk)) = self.reading.next() => match chunk {
                    Ok(Some(chunk)) => {
                        self.messages.push(&chunk.bytes);
                        self.reading.push(read(stream));
                    }
                    // A server that ends the stream is about to close the connection with a reason.
                    Ok(None) => return Err(link_error(self.connection.closed().await)),
                    Err(ReadError::ConnectionLost(error)) => return Err(link_error(error)),
                    Err(error) => return Err(LinkError::Lost(error.to_string())),
                },
            }
        }
    }

    /// Returns true if a datagram would probably leave at once: few bytes of others wait.
    pub(super) fn has_room(&self) -> bool {
        has_datagram_room(self.connection.datagram_send_buffer_space())
    }

    /// Sends a message on its channel.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send(&mut self, Output { channel, bytes }: Output) -> Result<(), LinkError> {
        match channel {
            Channel::Unreliable => self.connection.send_datagram(bytes.into()).map_err(|error| match error {
                quinn::SendDatagramError::ConnectionLost(error) => link_error(error),
                error => LinkError::Lost(error.to_string()),
            }),
            Channel::Reliable => {
                let mut framed = Vec::new();
                enframe(&bytes, &mut framed);
                self.send.write_all(&framed).await.map_err(|error| match error {
                    quinn::WriteError::ConnectionLost(error) => link_error(error),
                    error => LinkError::Lost(error.to_string()),
                })
            }
        }
    }

    /// Closes the connection at once with the reason's code.
    pub fn give_up(self, reason: DisconnectReason) {
        self.connection.close(VarInt::from_u32(reason.code().into()), reason.label().as_bytes());
    }

    /// Ends the stream, gives the server up to 500 ms to close, and closes the connection with the reason's code.
    pub async fn close(mut self, reason: DisconnectReason) {
        // An immediate close would discard data that the stream has not delivered yet.
        drop(self.send.finish());
        drop(tokio::time::timeout(CLOSE_PATIENCE, self.connection.closed()).await);
        self.connection.close(VarInt::from_u32(reason.code().into()), reason.label().as_bytes());
    }
}

fn read(mut stream: RecvStream) -> StreamRead {
    Box::pin(async move {
        let chunk = stream.read_chunk(STREAM_READ_BYTES, true).await;
        (stream, chunk)
    })
}

const STREAM_READ_BYTES: usize = 64 * 1_024;
/// Time for the server's goodbye, which it sends at its next tick after a leave.
const CLOSE_PATIENCE: Duration = Duration::from_millis(500);
