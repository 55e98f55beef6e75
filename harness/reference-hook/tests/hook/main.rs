//! Runs the binary against a tiny agent: the pre hook, the post hook.

mod post;
mod pre;
mod support;
