//! Images: written, read, and damaged.

mod assembly;

use assembly::Assembly;
use machine::{Machine, Probes, Stop};
use proptest::prelude::*;
use tacit_vm::{Image, ImageError, Instruction, Vm};

fn image(is_stripped: bool) -> Image {
    let mut assembly = Assembly::new();
    assembly.source("square.tacit", ": square dup * ;\n5 square");
    assembly.span(": square dup * ;");
    let square = assembly.define("square", &["x"], |it| {
        it.span("dup");
        it.all(&[Instruction::LocalSet { slot: 0 }, Instruction::LocalGet { slot: 0 }]);
    });
    assembly.span("5 square");
    let total = assembly.global("total");
    assembly.number(5.0);
    assembly.put(Instruction::Call { target: square });
    assembly.put(Instruction::GlobalSet { index: total });
    let mut unit = assembly.finish();
    if is_stripped {
        unit.debug = Default::default();
    }
    Image { memory: 64 << 10, unit }
}

#[test]
fn an_image_is_read_as_it_was_written() {
    for is_stripped in [false, true] {
        let image = image(is_stripped);
        let bytes = image.to_bytes();
        assert_eq!(Image::from_bytes(&bytes).as_ref(), Ok(&image));
        Vm::from_image(&image).unwrap();
    }
}

#[test]
fn an_image_cut_off_anywhere_is_refused() {
    for is_stripped in [false, true] {
        let bytes = image(is_stripped).to_bytes();
        for end in 0..bytes.len() {
            assert!(Image::from_bytes(&bytes[..end]).is_err(), "cut at {end}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(matches!(Image::from_bytes(&longer), Err(ImageError::Trailing { .. })));
    }
}

#[test]
fn an_image_with_any_bit_flipped_is_refused() {
    for is_stripped in [false, true] {
        let bytes = image(is_stripped).to_bytes();
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut bytes = bytes.clone();
                bytes[index] ^= 1 << bit;
                assert!(Image::from_bytes(&bytes).is_err(), "bit {bit} of byte {index}");
            }
        }
    }
}

#[test]
fn another_version_is_refused_by_its_number() {
    let mut bytes = image(false).to_bytes();
    bytes[4] = 9;
    assert_eq!(Image::from_bytes(&bytes), Err(ImageError::Version { found: 9, known: 1 }));
    assert!(matches!(Image::from_bytes(b"PVMI"), Err(ImageError::OtherFile { .. })));
    assert!(matches!(Image::from_bytes(b""), Err(ImageError::OtherFile { .. })));
}

proptest! {
    #[test]
    fn bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        assert!(Image::from_bytes(&bytes).is_err());
        let head = b"TACI\x01\x00\x00\x00\x00\x00\x01\x00";
        assert!(Image::from_bytes(&[head, &bytes[..]].concat()).is_err());
    }

    /// Code that is not what a compiler made is refused, or runs without a panic.
    #[test]
    fn a_unit_with_other_bytes_is_refused_or_runs(
        changes in prop::collection::vec((any::<u16>(), any::<u8>()), 1..4),
    ) {
        let mut image = image(false);
        let length = image.unit.code.len();
        for (index, byte) in changes {
            image.unit.code[usize::from(index) % length] = byte;
        }
        if let Ok(mut vm) = Vm::from_image(&image) {
            for _ in 0..200 {
                if !matches!(vm.run(machine::Tick::MAX, &Probes::every_step()), Stop::Probed(_)) {
                    break;
                }
            }
        }
    }
}
