//! Where an HTTP message ends.

use crate::request::header;

/// How long a message's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// So many bytes.
    Bytes(usize),
    /// Until the last chunk.
    Chunked,
    /// Not said.
    Unknown,
}

/// Reads the body's length off the headers.
pub(super) fn body_length(headers: &[(String, String)]) -> Result<Length, String> {
    if let Some(coding) = header(headers, "transfer-encoding") {
        let last = coding.rsplit(',').next().unwrap_or_default().trim();
        return if last.eq_ignore_ascii_case("chunked") {
            Ok(Length::Chunked)
        } else {
            Err(format!("unknown transfer coding `{coding}`"))
        };
    }
    match header(headers, "content-length") {
        None => Ok(Length::Unknown),
        Some(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text
            .parse()
            .map(Length::Bytes)
            .map_err(|error| format!("Content-Length: {error}")),
        Some(text) => Err(format!("Content-Length `{text}` is no number")),
    }
}

/// Decodes a chunked body as it grows.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    /// Bytes of the raw body that are decoded.
    pub(super) used: usize,
    pub(super) body: Vec<u8>,
    done: bool,
}

impl Chunks {
    /// Decodes what is new in `raw`, the whole raw body so far; true at the end.
    pub(super) fn advance(&mut self, raw: &[u8]) -> Result<bool, String> {
        while !self.done {
            let rest = &raw[self.used..];
            let (start, size) = match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Complete(found)) => found,
                Ok(httparse::Status::Partial) => return Ok(false),
                Err(_) => return Err("invalid chunk size".to_owned()),
            };
            if size == 0 {
                // Trailers end with an empty line.
                let trailers = &rest[start..];
                let end = if trailers.starts_with(b"\r\n") {
                    Some(2)
                } else {
                    find(trailers, b"\r\n\r\n").map(|at| at + 4)
                };
                let Some(end) = end else { return Ok(false) };
                self.used += start + end;
                self.done = true;
            } else {
                let size = usize::try_from(size).map_err(|error| error.to_string())?;
                let end = start.checked_add(size).ok_or("chunk too large")?;
                let Some(line_end) = rest.get(end..).and_then(|tail| tail.get(..2)) else {
                    return Ok(false);
                };
                if line_end != b"\r\n" {
                    return Err("a chunk is longer than its size".to_owned());
                }
                self.body.extend_from_slice(&rest[start..end]);
                self.used += end + 2;
            }
        }
        Ok(true)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn chunks_are_joined_however_they_arrive(
            parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
            trailer in any::<bool>(),
            step in 1_usize..30,
        ) {
            let mut raw = Vec::new();
            for part in &parts {
                raw.extend(format!("{:x};ext=1\r\n", part.len()).into_bytes());
                raw.extend(part);
                raw.extend(b"\r\n");
            }
            raw.extend(b"0\r\n");
            raw.extend_from_slice(if trailer { b"X: y\r\n\r\n" } else { b"\r\n" });
            let mut chunks = Chunks::default();
            for end in (0..raw.len()).step_by(step) {
                prop_assert_eq!(chunks.advance(&raw[..end]), Ok(false));
            }
            let whole = [raw.clone(), b"GET".to_vec()].concat();
            prop_assert_eq!(chunks.advance(&whole), Ok(true));
            prop_assert_eq!(chunks.used, raw.len());
            prop_assert_eq!(chunks.body, parts.concat());
        }
    }

    #[test]
    fn lengths_are_read_strictly() {
        let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        assert_eq!(
            body_length(&one("content-length", "12")),
            Ok(Length::Bytes(12))
        );
        assert_eq!(
            body_length(&one("Transfer-Encoding", "gzip, Chunked")),
            Ok(Length::Chunked)
        );
        assert!(body_length(&one("Content-Length", "+1")).is_err());
        assert!(body_length(&one("Transfer-Encoding", "gzip")).is_err());
        assert_eq!(body_length(&[]), Ok(Length::Unknown));
    }
}
