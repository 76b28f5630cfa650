//! Gives the fuzzer's inputs to `fuzz_bodies::open_past`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::open_past(input));
