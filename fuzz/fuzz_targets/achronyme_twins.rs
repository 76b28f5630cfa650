//! Gives the fuzzer's inputs to `fuzz_bodies::achronyme_twins`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::achronyme_twins(input));
