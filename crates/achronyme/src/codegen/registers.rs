//! Which registers of a function are in use: a stack, variables below temporaries.

/// Registers beyond these are never given out: the windows of a few instructions need some.
const REGISTERS_MAX: u16 = 248;

/// The registers of one function.
#[derive(Debug, Default)]
pub(super) struct Registers {
    next: u16,
    high: u16,
    kept: [u64; 4],
    /// Whether there were too few.
    pub(super) is_exhausted: bool,
}

impl Registers {
    /// The next free one.
    pub(super) fn take(&mut self) -> u8 {
        if self.next >= REGISTERS_MAX {
            self.is_exhausted = true;
            self.next = REGISTERS_MAX - 1;
        }
        let taken = self.next;
        self.next += 1;
        self.high = self.high.max(self.next);
        u8::try_from(taken).unwrap_or(u8::MAX)
    }

    /// As many in a row; the first of them, or the next free one if none are asked for.
    pub(super) fn take_row(&mut self, count: usize) -> u8 {
        let first = self.next.min(REGISTERS_MAX - 1);
        for _ in 0..count {
            self.take();
        }
        u8::try_from(first).unwrap_or(u8::MAX)
    }

    /// How many there are from `first` that an instruction uses beyond those taken.
    pub(super) fn reach(&mut self, first: u8, count: u16) {
        self.high = self.high.max(u16::from(first) + count);
    }

    /// For [`Self::release`].
    pub(super) fn mark(&self) -> u16 {
        self.next
    }

    /// Frees all that were taken since.
    pub(super) fn release(&mut self, mark: u16) {
        for register in mark..self.next {
            self.kept[usize::from(register / 64)] &= !(1 << (register % 64));
        }
        self.next = mark;
    }

    /// Says that a register is read after what is compiled now, which therefore writes it last of
    /// all or not at all.
    pub(super) fn keep(&mut self, register: u8) {
        self.kept[usize::from(register / 64)] |= 1 << (register % 64);
    }

    /// The opposite.
    pub(super) fn unkeep(&mut self, register: u8) {
        self.kept[usize::from(register / 64)] &= !(1 << (register % 64));
    }

    pub(super) fn is_kept(&self, register: u8) -> bool {
        self.kept[usize::from(register / 64)] & (1 << (register % 64)) != 0
    }

    /// Whether it is the last one taken.
    pub(super) fn is_last(&self, register: u8) -> bool {
        u16::from(register) + 1 == self.next
    }

    /// How many are in use.
    pub(super) fn used(&self) -> u16 {
        self.next
    }

    /// How many were ever in use at a time.
    pub(super) fn high(&self) -> u16 {
        self.high
    }
}
