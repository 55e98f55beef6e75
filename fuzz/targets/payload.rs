//! `cargo xtask fuzz payload`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hookproof_fuzz::payload(data));
