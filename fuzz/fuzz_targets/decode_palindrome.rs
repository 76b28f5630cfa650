//! Gives the fuzzer's inputs to `fuzz_bodies::decode_palindrome`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::decode_palindrome(input));
