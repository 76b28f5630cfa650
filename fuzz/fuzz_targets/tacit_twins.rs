//! Gives the fuzzer's inputs to `fuzz_bodies::tacit_twins`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::tacit_twins(input));
