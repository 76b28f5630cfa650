//! Gives the fuzzer's inputs to `fuzz_bodies::decode_achronyme_image`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::decode_achronyme_image(input));
