//! A client's byte stream that notices when the client goes away.

use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Bytes a client may send ahead while its answer is pending; beyond that they
/// stay in the kernel.
const AHEAD: usize = 1 << 20;

/// A stream with a TCP connection below it.
pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin + Send {
    fn tcp(&self) -> &TcpStream;
}

impl Socket for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Socket for TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

/// A client's byte stream with what was read and not yet used.
pub(super) struct Wire<S> {
    stream: S,
    pub(super) buffer: BytesMut,
}

impl<S: Socket> Wire<S> {
    pub(super) fn new(stream: S) -> Self {
        Self {
            stream,
            buffer: BytesMut::with_capacity(8 * 1024),
        }
    }

    /// Reads more; 0 when the client has closed. Cancel-safe.
    pub(super) async fn read(&mut self) -> io::Result<usize> {
        if self.buffer.capacity() - self.buffer.len() < 4 * 1024 {
            self.buffer.reserve(64 * 1024);
        }
        self.stream.read_buf(&mut self.buffer).await
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Returns when the client has closed or reset the connection. Cancel-safe.
    /// Like most servers, takes a half-closed connection for a client that left.
    pub(super) async fn gone(&mut self) {
        while self.buffer.len() < AHEAD {
            if !matches!(self.read().await, Ok(read) if read > 0) {
                return;
            }
        }
        std::future::pending().await
    }

    /// Waits for the client to leave and throws away what it still sends.
    pub(super) async fn drain(&mut self) {
        loop {
            self.buffer.clear();
            if !matches!(self.read().await, Ok(read) if read > 0) {
                return;
            }
        }
    }

    /// Closes our side (FIN), TLS with a close_notify first.
    pub(super) async fn close(&mut self) {
        // The client may have left already.
        let _ = self.stream.shutdown().await;
    }

    /// Makes the coming drop a reset (RST) instead of a close.
    pub(super) fn reset(self) {
        let _ = self.stream.tcp().set_zero_linger();
    }
}
