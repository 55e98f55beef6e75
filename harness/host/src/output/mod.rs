//! What a client reads from a hook's output.
//!
//! - `reading`: the kinds of output.
//! - `read`: from bytes to a reading.
//! - `schema`: which JSON objects are a hook output, and the words for those that are not.
//! - `json_error`: the newer client's words for text that is not JSON.
//! - `mend`: JSON that the clients' language takes and serde does not.
//! - `text`: text as the clients' language sees it.

mod json_error;
mod mend;
mod read;
mod reading;
mod schema;
pub(crate) mod text;

pub use read::{read, read_http};
pub use reading::{HookOutput, Reading};
