//! The way from a seed to the state of a generator: NumPy's `SeedSequence`, after O'Neill, "Developing
//! a seed_seq alternative" (2015).

const POOL: usize = 4;

/// Mixes numbers with a constant that each use changes.
struct Hash {
    constant: u32,
    factor: u32,
}

impl Hash {
    fn mixed(&mut self, value: u32) -> u32 {
        let value = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.factor);
        let value = value.wrapping_mul(self.constant);
        value ^ value >> 16
    }
}

fn joined(x: u32, y: u32) -> u32 {
    let sum = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
    sum ^ sum >> 16
}

/// Four words made of a seed, as `SeedSequence(seed).generate_state(4, uint64)`.
#[expect(clippy::cast_possible_truncation, reason = "32 bits at a time")]
pub(super) fn seed_words(seed: u64) -> [u64; 4] {
    let mut hash = Hash { constant: 0x43b0_d7e5, factor: 0x931e_8875 };
    let mut pool = [seed as u32, (seed >> 32) as u32, 0, 0].map(|word| hash.mixed(word));
    for source in 0..POOL {
        for target in (0..POOL).filter(|target| *target != source) {
            pool[target] = joined(pool[target], hash.mixed(pool[source]));
        }
    }
    let mut hash = Hash { constant: 0x8b51_f9dd, factor: 0x58f3_8ded };
    let words: [u32; 2 * POOL] = std::array::from_fn(|i| hash.mixed(pool[i % POOL]));
    std::array::from_fn(|i| u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i]))
}
