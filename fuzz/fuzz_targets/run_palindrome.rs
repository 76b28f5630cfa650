//! Gives the fuzzer's inputs to `fuzz_bodies::run_palindrome`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| fuzz_bodies::run_palindrome(input));
