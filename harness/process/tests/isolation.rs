//! Entering a network of one's own; without the test framework, which has threads.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::Command;

use hookproof_process::isolation::{Why, enter};

fn main() {
    let user = rustix::process::geteuid();
    match enter() {
        Ok(isolation) => {
            loopback_works();
            nothing_else_is_reached();
            assert_eq!(rustix::process::geteuid(), user);
            println!("isolated: {isolation:?}");
        }
        Err(why) => {
            // A machine that forbids it must be left as it was.
            loopback_works();
            println!("not isolated: {why}");
        }
    }
    let second = std::thread::spawn(enter).join().expect("no panic");
    if cfg!(target_os = "linux") {
        assert!(matches!(second, Err(Why::Threads(2))), "{second:?}");
    }
}

fn loopback_works() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("loopback is up");
    let address = listener.local_addr().expect("an address");
    TcpStream::connect(address).expect("loopback carries");
}

/// An address for documentation (RFC 5737); a child inherits the network.
fn nothing_else_is_reached() {
    let socket = UdpSocket::bind(("0.0.0.0", 0)).expect("a socket");
    let error = socket
        .connect(("192.0.2.1", 9))
        .expect_err("there is no route");
    assert_eq!(
        error.kind(),
        std::io::ErrorKind::NetworkUnreachable,
        "{error}"
    );
    let links = Command::new("cat")
        .arg("/proc/net/dev")
        .output()
        .expect("cat runs")
        .stdout;
    let links = String::from_utf8_lossy(&links);
    let names: Vec<_> = links
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    // Tunnel devices may come with a namespace; they are down.
    assert!(names.iter().any(|(name, _)| name.trim() == "lo"), "{links}");
}
