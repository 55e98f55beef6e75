//! The Hookproof command line.

fn main() {}
