//! `cargo xtask fuzz rpc`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| hookproof_fuzz::rpc(data));
