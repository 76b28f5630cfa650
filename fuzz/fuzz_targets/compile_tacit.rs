//! Gives the fuzzer's inputs to `fuzz_bodies::compile_tacit`. The programs of `corpus/tacit`, given
//! as a second folder, are good ones to begin with.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::compile_tacit(input));
