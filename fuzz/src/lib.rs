//! What must hold for any input. A target panics where it does not hold; the seeds are ordinary
//! tests of the same.
//!
//! - `engine`: decisions: the same every time, the same as pattern by pattern, in linear time.
//! - `redaction`: what is masked is gone, for good, and JSON stays JSON.
//! - `view`: views of a statement and where they lead back to.
//! - `host_output`: what the simulated client makes of a hook's output.
//! - `rpc`: what the mock agent answers.
//! - `loaders`: packs and scenario files: read, or refused with places.
//! - `payload`: what the reference hook reads from the client.

mod target;

pub use target::engine::engine;
pub use target::host_output::host_output;
pub use target::loaders::loaders;
pub use target::payload::payload;
pub use target::redaction::redaction;
pub use target::rpc::rpc;
pub use target::view::view;

/// A target by its name.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 7] = [
    ("engine", engine),
    ("redaction", redaction),
    ("view", view),
    ("host-output", host_output),
    ("rpc", rpc),
    ("loaders", loaders),
    ("payload", payload),
];
