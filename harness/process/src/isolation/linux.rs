use std::fs;
use std::io;
use std::os::fd::AsFd;

use nix::sched::{CloneFlags, unshare};
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType};
use rustix::process::{getegid, geteuid};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use super::{Isolation, Why};

pub(super) fn enter() -> Result<Isolation, Why> {
    let threads = fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    if threads != 1 {
        return Err(Why::Threads(threads));
    }
    let before = fs::File::open("/proc/self/ns/net").map_err(refused("see the present network"))?;
    let isolation = match unshare(CloneFlags::CLONE_NEWNET) {
        Ok(()) => Isolation::Network,
        Err(nix::Error::EPERM) => {
            enter_user_namespace()?;
            unshare(CloneFlags::CLONE_NEWNET).map_err(refused("enter a new network"))?;
            Isolation::NetworkAndUser
        }
        Err(error) => return Err(refused("enter a new network")(error)),
    };
    if let Err(error) = bring_loopback_up() {
        let back = move_into_link_name_space(before.as_fd(), Some(LinkNameSpaceType::Network));
        let step = match back {
            Ok(()) => "bring loopback up in a new network",
            Err(_) => "bring loopback up in a new network, nor leave it",
        };
        return Err(refused(step)(error));
    }
    Ok(isolation)
}

fn refused<E: Into<io::Error>>(step: &'static str) -> impl Fn(E) -> Why {
    move |source| Why::Refused {
        step,
        source: source.into(),
    }
}

/// Takes rights over namespaces of our own; user and group stay the same to the eye.
fn enter_user_namespace() -> Result<(), Why> {
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    // Where this is on, a new user namespace comes without rights and cannot even be mapped:
    // the process would be nobody, with no way back.
    if fs::read_to_string("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
        .is_ok_and(|value| value.trim() == "1")
    {
        let source = io::ErrorKind::PermissionDenied.into();
        return Err(Why::Refused {
            step: "use user namespaces, AppArmor restricts them",
            source,
        });
    }
    unshare(CloneFlags::CLONE_NEWUSER).map_err(refused("enter a new user namespace"))?;
    fs::write("/proc/self/uid_map", format!("{user} {user} 1"))
        .map_err(refused("keep the user id"))?;
    // The kernel lets an unprivileged process map its group only once it gave up setgroups.
    fs::write("/proc/self/setgroups", "deny").map_err(refused("give up setgroups"))?;
    fs::write("/proc/self/gid_map", format!("{group} {group} 1"))
        .map_err(refused("keep the group id"))
}

/// Values of linux/netlink.h, linux/rtnetlink.h and linux/if.h, which no crate at hand offers
/// safely.
const NLMSG_ERROR: u16 = 2;
const RTM_NEWLINK: u16 = 16;
const NLM_F_REQUEST_ACK: u16 = 1 | 4;
const IFF_UP: u32 = 1;
/// Loopback is the first interface of every network namespace.
const LOOPBACK_INDEX: i32 = 1;

/// Sends `ip link set lo up` over netlink and reads the answer.
fn bring_loopback_up() -> io::Result<()> {
    // No protocol is number 0, which with netlink is NETLINK_ROUTE.
    let socket = rustix::net::socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        None,
    )?;
    let kernel = SocketAddrNetlink::new(0, 0);
    rustix::net::sendto(&socket, &link_up_message(), SendFlags::empty(), &kernel)?;
    let mut answer = [0_u8; 512];
    let (length, _) = rustix::net::recv(&socket, &mut answer, RecvFlags::empty())?;
    acknowledged(&answer[..length])
}

/// struct nlmsghdr (length, type, flags, sequence, port) and struct ifinfomsg (family, padding,
/// device type, index, flags, change mask).
fn link_up_message() -> Vec<u8> {
    let mut body = vec![0_u8; 4];
    body.extend(LOOPBACK_INDEX.to_ne_bytes());
    body.extend(IFF_UP.to_ne_bytes());
    body.extend(IFF_UP.to_ne_bytes());
    let mut message = Vec::new();
    message.extend((16 + body.len() as u32).to_ne_bytes());
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(NLM_F_REQUEST_ACK.to_ne_bytes());
    message.extend(1_u32.to_ne_bytes());
    message.extend(0_u32.to_ne_bytes());
    message.extend(body);
    message
}

/// An acknowledgement is an error message with the number 0.
fn acknowledged(answer: &[u8]) -> io::Result<()> {
    let kind = answer
        .get(4..6)
        .and_then(|bytes| bytes.try_into().ok())
        .map(u16::from_ne_bytes);
    let number = answer
        .get(16..20)
        .and_then(|bytes| bytes.try_into().ok())
        .map(i32::from_ne_bytes);
    match (kind, number) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(number)) => Err(io::Error::from_raw_os_error(-number)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
