//! A correct AxonFlow hook for Claude Code: the embedded default subject.
//!
//! It shares no code with the agent, the host or the suite that judge it. Stages, in the order
//! in which a call passes them:
//!
//! - [`event`]: the two hooks and the background process that this program can be.
//! - [`settings`], with [`endpoint`], [`credentials`] and [`plugin`]: what the environment says.
//! - [`announce`]: what is said about that on stderr.
//! - [`stdin`]: takes the payload without trusting the host to end it.
//! - [`json`]: reads JSON one level at a time, repairing what strict readers refuse.
//! - [`payload`]: the call that the host describes.
//! - [`stamps`]: back-offs that hooks of one user share through files.
//! - [`statement`]: everything of a call that the agent must be shown.
//! - [`request`]: bodies and headers of requests.
//! - [`agent`]: one HTTP call under one deadline.
//! - [`rpc`], with [`limits`]: from an HTTP answer to what the agent said.
//! - [`answer`] and [`scan`]: what it said to a policy question and to a scan.
//! - [`decide`] and [`conclude`]: what follows from it, by contract.
//! - [`texts`]: what people and the model are told.
//! - [`output`]: the one document on stdout.
//! - [`audit`] and [`background`]: what is recorded, and the process that delivers it.
//! - [`hook`]: the steps above as a trait, so that another hook may do one of them differently.
//! - [`run`](mod@run): the order of the steps.

pub mod agent;
pub mod announce;
pub mod answer;
pub mod audit;
pub mod background;
pub mod conclude;
pub mod credentials;
pub mod decide;
pub mod endpoint;
pub mod event;
pub mod hook;
pub mod json;
pub mod limits;
pub mod output;
pub mod payload;
pub mod plugin;
pub mod request;
pub mod rpc;
pub mod run;
pub mod scan;
pub mod settings;
pub mod stamps;
pub mod statement;
pub mod stdin;
pub mod texts;

mod entry;

pub use entry::main;
pub use hook::{Hook, Reference};
pub use run::run;
