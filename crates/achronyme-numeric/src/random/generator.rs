//! PCG64: a congruential generator of 128 bits, of which each step gives 64.
//!
//! O'Neill, "PCG: A family of simple fast space-efficient statistically good algorithms for random
//! number generation" (2014): the variant XSL-RR 128/64, as in NumPy.

use super::seed::seed_words;

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

/// A generator: its state, and which of the sequences it goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generator {
    state: u128,
    increment: u128,
}

impl Generator {
    /// The generator that NumPy's `default_rng` makes of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let [a, b, c, d] = seed_words(seed);
        let join = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let mut this = Self { state: 0, increment: join(c, d) << 1 | 1 };
        this.step();
        this.state = this.state.wrapping_add(join(a, b));
        this.step();
        this
    }

    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.step();
        #[expect(clippy::cast_possible_truncation, reason = "both halves are wanted")]
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    /// State and sequence as eight numbers of 32 bits, the lowest first.
    #[must_use]
    pub fn words(&self) -> [u32; 8] {
        #[expect(clippy::cast_possible_truncation, reason = "32 bits at a time")]
        std::array::from_fn(|i| {
            let half = if i < 4 { self.state } else { self.increment };
            (half >> (i % 4 * 32)) as u32
        })
    }

    /// The generator with these [`words`](Self::words). Any eight numbers make one.
    #[must_use]
    pub fn from_words(words: [u32; 8]) -> Self {
        let join = |words: &[u32]| {
            words.iter().rev().fold(0, |sum: u128, word| sum << 32 | u128::from(*word))
        };
        Self { state: join(&words[..4]), increment: join(&words[4..]) | 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_survives_being_taken_apart() {
        let mut generator = Generator::new(7);
        generator.bits();
        assert_eq!(Generator::from_words(generator.words()), generator);
    }

    #[test]
    fn the_numbers_are_those_of_numpy() {
        // numpy.random.default_rng(42).random(3), times 2^53.
        let mut generator = Generator::new(42);
        let draws = std::array::from_fn(|_| generator.bits() >> 11);
        let expected = [0.773_956_048_555_963_3, 0.438_878_439_752_052_3, 0.858_597_919_911_382_5];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "53 bits")]
        let expected = expected.map(|x| (x * 9_007_199_254_740_992.0) as u64);
        assert_eq!(draws, expected);
        // A seed of two words.
        assert_eq!(Generator::new(9_007_199_254_740_991).bits() >> 11, 7082073504479713);
    }
}
