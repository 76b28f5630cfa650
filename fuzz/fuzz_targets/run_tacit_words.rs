//! Gives the fuzzer's inputs to `fuzz_bodies::run_tacit_words`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::run_tacit_words(input));
