//! Tests of the mock agent from outside, as its clients see it.

mod client;
mod curl;
mod endpoint;
mod faults;
mod journal;
mod null_fault;
mod policies;
mod protocol;
mod rest;
mod script;
mod sinkhole;
mod standalone;
