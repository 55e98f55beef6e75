//! `cargo xtask fuzz loaders`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hookproof_fuzz::loaders(data));
