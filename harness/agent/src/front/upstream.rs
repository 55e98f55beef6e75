//! Asks the backend.

use std::io;
use std::net::SocketAddr;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::backend::ENTRY_HEADER;
use super::framing::{Length, body_length};
use super::receive::{Head, Received};
use crate::request::header;

/// The backend's answer, byte by byte.
#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) bytes: Bytes,
    /// Length of the head, empty line included.
    pub(super) head: usize,
    pub(super) status: u16,
    /// Whether the connection ends with this answer.
    pub(super) closes: bool,
}

/// One client connection's connection to the backend.
pub(super) struct Upstream {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Upstream {
    pub(super) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
        }
    }

    /// Passes a request on, marked with its entry's number, and reads the answer.
    pub(super) async fn exchange(&mut self, asked: &Received, entry: u64) -> io::Result<Message> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address).await?,
        };
        stream.set_nodelay(true)?;
        stream.write_all(&marked(&asked.head.raw, entry)).await?;
        stream.write_all(&asked.raw_body).await?;
        let message = read_message(&mut stream, &asked.head).await?;
        if !message.closes {
            self.stream = Some(stream);
        }
        Ok(message)
    }
}

/// The head with one more header, right behind the request line.
fn marked(head: &[u8], entry: u64) -> Vec<u8> {
    // A head may begin with empty lines, which servers skip.
    let start = head
        .iter()
        .position(|byte| !b"\r\n".contains(byte))
        .unwrap_or_default();
    let line = head[start..].iter().position(|byte| *byte == b'\n');
    let (line, rest) = head[start..].split_at(line.map_or(0, |end| end + 1));
    [
        line,
        format!("{ENTRY_HEADER}: {entry}\r\n").as_bytes(),
        rest,
    ]
    .concat()
}

async fn read_message(stream: &mut TcpStream, asked: &Head) -> io::Result<Message> {
    let mut buffer = BytesMut::new();
    let (head, status, headers, version) = loop {
        match parse(&buffer)? {
            // 100 Continue was the front's own business.
            Some((head, status, ..)) if (100..200).contains(&status) => {
                let _ = buffer.split_to(head);
            }
            Some(parsed) => break parsed,
            None => more(stream, &mut buffer).await?,
        }
    };
    let bodiless = asked.method == "HEAD" || status == 204 || status == 304;
    match body_length(&headers).map_err(io::Error::other)? {
        _ if bodiless => buffer.truncate(head),
        Length::Bytes(size) => {
            while buffer.len() < head + size {
                more(stream, &mut buffer).await?;
            }
        }
        Length::Chunked | Length::Unknown => {
            return Err(io::Error::other("the backend sent a body without a length"));
        }
    }
    let connection = header(&headers, "connection").unwrap_or_default();
    let keeps = connection.eq_ignore_ascii_case("keep-alive")
        || (version == 1 && !connection.eq_ignore_ascii_case("close"));
    let asked_close = header(&asked.headers, "connection")
        .is_some_and(|value| value.to_ascii_lowercase().contains("close"));
    let closes = !keeps || asked_close;
    Ok(Message {
        bytes: buffer.freeze(),
        head,
        status,
        closes,
    })
}

type Parsed = (usize, u16, Vec<(String, String)>, u8);

fn parse(bytes: &[u8]) -> io::Result<Option<Parsed>> {
    let mut storage = [httparse::EMPTY_HEADER; 100];
    let mut parsed = httparse::Response::new(&mut storage);
    let status = parsed.parse(bytes).map_err(io::Error::other)?;
    let httparse::Status::Complete(head) = status else {
        return Ok(None);
    };
    let headers = parsed.headers.iter().map(|header| {
        (
            header.name.to_owned(),
            String::from_utf8_lossy(header.value).into_owned(),
        )
    });
    let headers = headers.collect();
    Ok(Some((
        head,
        parsed.code.unwrap_or_default(),
        headers,
        parsed.version.unwrap_or(1),
    )))
}

async fn more(stream: &mut TcpStream, buffer: &mut BytesMut) -> io::Result<()> {
    buffer.reserve(64 * 1024);
    match stream.read_buf(buffer).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
