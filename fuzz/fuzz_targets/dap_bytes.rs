//! Gives the fuzzer's inputs to `fuzz_bodies::dap_bytes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::dap_bytes(input));
