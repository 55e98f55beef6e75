//! `cargo xtask fuzz view`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hookproof_fuzz::view(data));
