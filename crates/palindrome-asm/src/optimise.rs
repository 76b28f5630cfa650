//! The optimiser: passes over the code of an image.
//!
//! What a program does stays the same: output, exit code, faults and the tape outside of `code`.
//! What changes is how many instructions it takes. Where the program itself counts instructions
//! (`REWINDN`, `COMPACT`), or uses positions of instructions as numbers, passes that would change
//! them stay out.

mod dead;
mod fold;
mod graph;
mod live;
mod thread;

use palindrome_vm::image::{
    Argument, LineEntry, SymbolKind, arguments, from_arguments, pack_all, unpack,
};
use palindrome_vm::{CodeIndex, Image, Instruction};

/// Whether instructions may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Positions {
    /// Nothing depends on where they are.
    Free,
    /// The program has positions of instructions as numbers.
    Kept,
}

/// Optimises an image. One whose code cannot be read, or leads outside, stays as it is.
pub fn optimise(image: &mut Image, positions: Positions) {
    let Some(mut code) = Code::of(image) else { return };
    fold::fold(&mut code);
    if !code.counts_ticks() {
        thread::thread(&mut code);
    }
    let mut unobserved = Vec::new();
    // A program that has positions may return to any of them.
    if positions == Positions::Free {
        dead::remove(&mut code);
        unobserved = live::unobserved(&code);
    }
    code.write_to(image);
    image.unobserved = unobserved;
}

/// The code of an image while passes work on it.
struct Code {
    instructions: Vec<Instruction>,
    entry: u32,
    /// The source and the line of each instruction, as far as they are known.
    lines: Vec<Option<(u32, u32)>>,
    /// Where each instruction of the image is now, or what runs instead; one more for the end.
    moved: Vec<Option<u32>>,
}

impl Code {
    fn of(image: &Image) -> Option<Self> {
        let words = image.code.iter();
        let instructions: Vec<_> = words
            .map(|word| unpack(*word, &image.pool, &image.texts))
            .collect::<Result<_, _>>()
            .ok()?;
        let len = u32::try_from(instructions.len()).ok()?;
        let is_inside = |instruction| targets(instruction).all(|target| target < len);
        if image.entry >= len || !instructions.iter().all(is_inside) {
            return None;
        }
        let line = |index: u32| {
            let after = image.lines.partition_point(|line| line.index <= index);
            let line = image.lines.get(after.checked_sub(1)?)?;
            Some((line.source, line.line))
        };
        Some(Self {
            instructions,
            entry: image.entry,
            lines: (0..len).map(line).collect(),
            moved: (0..=len).map(Some).collect(),
        })
    }

    fn write_to(self, image: &mut Image) {
        (image.code, image.pool, image.texts) = pack_all(&self.instructions);
        image.entry = self.entry;
        image.symbols.retain_mut(|symbol| {
            if symbol.kind != SymbolKind::Code {
                return true;
            }
            let index = usize::try_from(symbol.value).ok();
            let Some(Some(moved)) = index.and_then(|index| self.moved.get(index)) else {
                return false;
            };
            symbol.value = i64::from(*moved);
            true
        });
        image.lines.clear();
        let mut before = None;
        for (index, line) in (0..).zip(&self.lines) {
            if let Some((source, number)) = *line
                && *line != before
            {
                image.lines.push(LineEntry { index, source, line: number });
            }
            before = *line;
        }
    }

    /// Whether the program notices how many instructions were run.
    fn counts_ticks(&self) -> bool {
        self.instructions.iter().any(|instruction| {
            matches!(instruction, Instruction::RewindN { .. } | Instruction::Compact { .. })
        })
    }

    /// Whether any instruction rewinds to where there is no checkpoint.
    fn rewinds_anywhere(&self) -> bool {
        self.instructions.iter().any(|i| matches!(i, Instruction::RewindN { .. }))
    }
}

/// Where an instruction may lead besides the next one.
fn targets(instruction: &Instruction) -> impl Iterator<Item = u32> {
    arguments(instruction).into_iter().filter_map(|(_, argument)| match argument {
        Argument::Target(target) => Some(target.0),
        Argument::Register(_)
        | Argument::Number(_)
        | Argument::Address(_)
        | Argument::Text(_)
        | Argument::Registers(_)
        | Argument::Strategy(_)
        | Argument::Order(_) => None,
    })
}

/// Sends the targets of an instruction elsewhere.
fn retarget(instruction: &mut Instruction, to: impl Fn(u32) -> u32) {
    if targets(instruction).next().is_none() {
        return;
    }
    let moved = arguments(instruction).into_iter().map(|(_, argument)| {
        if let Argument::Target(target) = argument {
            Argument::Target(CodeIndex(to(target.0)))
        } else {
            argument
        }
    });
    let moved: Vec<_> = moved.collect();
    *instruction = from_arguments(instruction.code(), &moved).expect("only targets changed");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Unit, assemble, disassemble};

    /// A listing before and after passes.
    pub(super) fn listing(text: &str, pass: fn(&mut Code)) -> String {
        let mut image = image(text);
        let before = disassemble(&image);
        let mut code = Code::of(&image).expect("it can be read");
        pass(&mut code);
        code.write_to(&mut image);
        format!("{before}--- becomes\n{}", disassemble(&image))
    }

    pub(super) fn image(text: &str) -> Image {
        let mut loader = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let options = Options { optimise: false, keep_sources: true };
        let unit = Unit::new("a.pvm", text);
        assemble(&[unit], &options, &mut loader).image.expect("no errors")
    }

    #[test]
    fn lines_and_labels_move_with_their_instructions() {
        let mut image =
            image("main: JUMP on\nHALT\nHALT\non: LI R1, 2\n\nIADD R1, R1, 1\nend: HALT R1");
        optimise(&mut image, Positions::Free);
        let lines: Vec<_> = image.lines.iter().map(|line| (line.index, line.line)).collect();
        assert_eq!(lines, [(0, 4), (1, 6), (2, 7)]);
        let symbols: Vec<_> = image.symbols.iter().map(|s| (s.name.as_str(), s.value)).collect();
        assert_eq!(symbols, [("end", 2), ("main", 0), ("on", 0)]);
        assert_eq!(image.entry, 0);
        assert!(palindrome_vm::Program::new(image).is_ok());
    }

    #[test]
    fn code_that_counts_its_instructions_keeps_their_number() {
        let text = "main: LI R1, 2\nJUMP on\non: JUMP end\nend: REWINDN 2\nHALT";
        let mut optimised = image(text);
        optimise(&mut optimised, Positions::Free);
        assert_eq!(optimised.code, image(text).code);
        assert!(optimised.unobserved.is_empty());
    }

    #[test]
    fn positions_that_are_numbers_stay() {
        let text = "main: JUMP on\nNOP\non: LEA R1, on\nOUT R1\nHALT";
        let mut loader = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let unit = Unit::new("a.pvm", text);
        let made = assemble(&[unit], &Options::default(), &mut loader).image.expect("no errors");
        assert_eq!(made.code, image(text).code);
    }

    #[test]
    fn a_program_that_may_return_anywhere_can_observe_everything() {
        let text = "main: LI R1, 1\nLI R1, 2\nHALT";
        let [mut free, mut kept] = [image(text), image(text)];
        optimise(&mut free, Positions::Free);
        optimise(&mut kept, Positions::Kept);
        assert_eq!((free.unobserved, kept.unobserved), (vec![1], Vec::new()));
    }
}
