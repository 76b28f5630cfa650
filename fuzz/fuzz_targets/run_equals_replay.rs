//! Gives the fuzzer's inputs to `fuzz_bodies::run_equals_replay`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::run_equals_replay(input));
