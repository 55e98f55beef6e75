//! Requirements and contract versions as typed data; no I/O.
