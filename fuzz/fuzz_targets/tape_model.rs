//! Gives the fuzzer's inputs to `fuzz_bodies::tape_model`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::tape_model(input));
