//! Gives the fuzzer's inputs to `fuzz_bodies::read_json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::read_json(input));
