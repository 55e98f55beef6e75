//! Where clients are told to connect.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::sync::{Arc, OnceLock};

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, getsockname, socket_with};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::error::AgentError;
use crate::fault::Fault;

/// Any port on loopback.
pub(super) const LOOPBACK: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));

/// Where clients are told to connect.
pub(crate) enum Endpoint {
    /// A listener, with TLS or without.
    Open {
        listener: TcpListener,
        address: SocketAddr,
        tls: Option<TlsAcceptor>,
    },
    /// A bound port that never listens. The socket keeps others off the port.
    Refused {
        address: SocketAddr,
        _socket: OwnedFd,
    },
    /// A host name that cannot be resolved.
    Unresolvable,
}

impl Endpoint {
    /// Opens the endpoint that the script's fault asks for.
    pub(crate) async fn open(fault: Option<&Fault>) -> Result<Self, AgentError> {
        let listen = |source| AgentError::Listen {
            address: LOOPBACK,
            source,
        };
        match fault {
            Some(Fault::DnsFailure) => Ok(Self::Unresolvable),
            Some(Fault::Refused) => {
                let (address, socket) = bind_only().map_err(|error| listen(error.into()))?;
                Ok(Self::Refused {
                    address,
                    _socket: socket,
                })
            }
            _ => {
                let listener = TcpListener::bind(LOOPBACK).await.map_err(listen)?;
                let address = listener.local_addr().map_err(listen)?;
                let tls = matches!(fault, Some(Fault::TlsUntrusted))
                    .then(self_signed)
                    .transpose()?;
                Ok(Self::Open {
                    listener,
                    address,
                    tls,
                })
            }
        }
    }

    /// The base URL.
    pub(crate) fn url(&self) -> String {
        match self {
            Self::Open {
                address,
                tls: Some(_),
                ..
            } => format!("https://{address}"),
            Self::Open { address, .. } | Self::Refused { address, .. } => {
                format!("http://{address}")
            }
            // DNS names have at most 255 octets, so resolvers fail before they
            // ask anybody. Not a label above 63: Python's resolver would raise
            // UnicodeError for it, which no client of a missing host expects.
            Self::Unresolvable => {
                let label = "unresolvable".repeat(5);
                format!("http://{label}.{label}.{label}.{label}.{label}.invalid:8080")
            }
        }
    }
}

/// Whether an agent with one fault can switch to a script with the other.
pub(crate) fn same_endpoint(old: Option<&Fault>, new: Option<&Fault>) -> bool {
    let shape = |fault: Option<&Fault>| match fault {
        Some(Fault::Refused) => 1,
        Some(Fault::DnsFailure) => 2,
        Some(Fault::TlsUntrusted) => 3,
        _ => 0,
    };
    shape(old) == shape(new)
}

fn bind_only() -> rustix::io::Result<(SocketAddr, OwnedFd)> {
    let socket = socket_with(
        AddressFamily::INET,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    bind(&socket, &LOOPBACK)?;
    let address = SocketAddr::try_from(getsockname(&socket)?)?;
    Ok((address, socket))
}

/// A certificate that nobody trusts, made once per process.
fn self_signed() -> Result<TlsAcceptor, AgentError> {
    static CONFIG: OnceLock<Result<Arc<ServerConfig>, String>> = OnceLock::new();
    CONFIG
        .get_or_init(|| make_config().map(Arc::new))
        .clone()
        .map(TlsAcceptor::from)
        .map_err(AgentError::Tls)
}

fn make_config() -> Result<ServerConfig, String> {
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())?;
    ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .map_err(|error| error.to_string())
}
