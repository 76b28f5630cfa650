//! Source texts and image files: whatever they hold, an answer comes back.

use machine::{Machine as _, Probes, Stop, Tick};
use palindrome_asm::{Options, Unit};
use palindrome_vm::{Image, Program, Vm};
use testkit::ScriptedWorld;

use crate::sections::mend;

/// Instructions that a program may run.
const TICKS_MAX: u64 = 2_000;
/// Questions that it may ask.
const QUESTIONS_MAX: usize = 200;

/// Any text is assembled or refused. What is assembled survives the file format.
pub fn assemble(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Some(image) = assembled(&text, true) else { return };
    let read = Image::from_bytes(&image.to_bytes()).expect("an image that was just written");
    assert!(read == image, "an image changes in its file");
    run(image);
}

/// Any bytes are an image or refused, also if their checksums are right. A verified image runs without a
/// panic.
pub fn decode_image(input: &[u8]) {
    let mut mended = input.to_vec();
    let is_file = mend(&mut mended).is_some();
    for file in [input, &mended].into_iter().take(if is_file { 2 } else { 1 }) {
        if let Ok(image) = Image::from_bytes(file) {
            run(image);
        }
    }
}

/// The image of a source text without includes, if it has one.
pub(crate) fn assembled(text: &str, optimise: bool) -> Option<Image> {
    let unit = Unit::new("input.pvm", text);
    let options = Options { optimise, ..Options::default() };
    let mut none = |name: &str| Err(std::io::Error::other(format!("no {name}")));
    palindrome_asm::assemble(&[unit], &options, &mut none).image
}

pub(crate) fn world() -> ScriptedWorld {
    ScriptedWorld::with_lines(&["12", "-5", "none", "0x10", ""]).with_arguments(&["7", "x"])
}

fn run(image: Image) {
    let Ok(program) = Program::new(image) else { return };
    let mut vm = Vm::load(program);
    let mut world = world();
    for _ in 0..QUESTIONS_MAX {
        match vm.run(Tick::at(TICKS_MAX), &Probes::none()) {
            Stop::Asks(question) if vm.answer(&world.answer(&question)).is_ok() => {}
            _ => return,
        }
    }
}
