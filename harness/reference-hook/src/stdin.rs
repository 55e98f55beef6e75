//! Takes the payload from stdin without trusting the host to close it.

use std::io::Read as _;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use crate::payload::Payload;

/// Silence after which a payload that is complete counts as all there is.
const SILENCE: Duration = Duration::from_millis(200);
/// How long an incomplete payload is waited for; the agent must still be asked afterwards.
const PATIENCE: Duration = Duration::from_secs(6);
const CHUNK: usize = 256 * 1024;

/// Everything up to the end of stdin, or up to the end of the payload when stdin stays open.
#[must_use]
pub fn read() -> Vec<u8> {
    let (sender, chunks) = mpsc::channel();
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        let mut chunk = vec![0; CHUNK];
        loop {
            match stdin.read(&mut chunk) {
                Ok(0) => return,
                Ok(length) if sender.send(chunk[..length].to_vec()).is_ok() => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                _ => return,
            }
        }
    });
    gather(&chunks, SILENCE, PATIENCE)
}

fn gather(chunks: &mpsc::Receiver<Vec<u8>>, silence: Duration, patience: Duration) -> Vec<u8> {
    let end = Instant::now() + patience;
    let mut bytes = Vec::new();
    loop {
        match chunks.recv_timeout(silence) {
            Ok(chunk) => bytes.extend(chunk),
            Err(RecvTimeoutError::Disconnected) => return bytes,
            Err(RecvTimeoutError::Timeout) => {
                if Payload::read(&bytes).is_ok() || Instant::now() >= end {
                    return bytes;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gathered(chunks: &[&str], close: bool) -> Vec<u8> {
        let (sender, receiver) = mpsc::channel();
        for chunk in chunks {
            sender.send(chunk.as_bytes().to_vec()).unwrap();
        }
        let kept_open = (!close).then_some(sender);
        let bytes = gather(
            &receiver,
            Duration::from_millis(1),
            Duration::from_millis(20),
        );
        drop(kept_open);
        bytes
    }

    #[test]
    fn ends_with_the_input_or_with_the_payload() {
        assert_eq!(gathered(&["{", "}"], true), b"{}");
        assert_eq!(gathered(&[], true), b"");
        assert_eq!(gathered(&["{\"a\"", ":1}\n"], false), b"{\"a\":1}\n");
    }

    #[test]
    fn does_not_wait_for_ever() {
        assert_eq!(gathered(&["{"], false), b"{");
    }
}
