//! `cargo xtask fuzz host-output`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hookproof_fuzz::host_output(data));
