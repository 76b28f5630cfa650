//! Arrays in files, held against files that NumPy 2.4 has written (`tests/fixtures`).

use std::path::Path;

use achronyme_data::npy::{Array, Data, Numbers, read, size, write};
use achronyme_data::npz::{self, Entry};
use num_complex::Complex64;
use proptest::prelude::*;

fn file(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn ramp(f: impl Fn(f64) -> f64) -> Vec<f64> {
    (0..6).map(|x| f(f64::from(x))).collect()
}

#[test]
fn every_kind_of_item_is_read_in_both_orders() {
    let quarters = ramp(|x| x / 4.0);
    for name in ["f8_c", "f8_big", "f8_fortran", "f4", "f4_big", "f2", "version_2", "version_3"] {
        let array = read(&file(&format!("{name}.npy"))).unwrap();
        assert_eq!(array.shape, [2, 3], "{name}");
        assert_eq!(array.numbers, Numbers::Real(quarters.clone()), "{name}");
    }
    for name in ["i1", "i2_big", "i4", "i8", "i8_big_fortran"] {
        let array = read(&file(&format!("{name}.npy"))).unwrap();
        assert_eq!(array.numbers, Numbers::Real(ramp(|x| x - 3.0)), "{name}");
    }
    for name in ["u1", "u2", "u4_big", "u8"] {
        let array = read(&file(&format!("{name}.npy"))).unwrap();
        assert_eq!(array.numbers, Numbers::Real(ramp(|x| x + 250.0)), "{name}");
    }
    for name in ["c8", "c16", "c16_big"] {
        let array = read(&file(&format!("{name}.npy"))).unwrap();
        let expected = ramp(|x| x).into_iter().map(|x| Complex64::new(x, x / 2.0)).collect();
        assert_eq!(array.numbers, Numbers::Complex(expected), "{name}");
    }
    let truths = [true, false, true, false, true, false].to_vec();
    assert_eq!(read(&file("b1.npy")).unwrap().numbers, Numbers::Truth(truths));
}

#[test]
fn shapes_of_any_rank_are_read() {
    let shape = |name| read(&file(name)).unwrap().shape;
    assert_eq!(shape("one_axis.npy"), [3]);
    assert_eq!(shape("empty.npy"), [0, 3]);
    let scalar = Array { shape: Vec::new(), numbers: Numbers::Real(vec![7.25]) };
    assert_eq!(read(&file("scalar.npy")).unwrap(), scalar);
    let cube = (0..24).map(f64::from).collect();
    let expected = Array { shape: vec![2, 3, 4], numbers: Numbers::Real(cube) };
    assert_eq!(read(&file("cube_fortran.npy")).unwrap(), expected);
}

#[test]
fn what_is_written_is_what_numpy_writes() {
    let same = |name: &str, shape: &[usize], data| {
        assert!(write(shape, data) == file(name), "{name} differs");
    };
    let quarters = ramp(|x| x / 4.0);
    same("f8_c.npy", &[2, 3], Data::Real(&quarters));
    same("one_axis.npy", &[3], Data::Real(&[1.5, 2.5, 3.5]));
    same("scalar.npy", &[], Data::Real(&[7.25]));
    same("empty.npy", &[0, 3], Data::Real(&[]));
    same("b1.npy", &[2, 3], Data::Truth(&[1.0, 0.0, 1.0, 0.0, 1.0, 0.0]));
    let complex: Vec<Complex64> =
        ramp(|x| x).into_iter().map(|x| Complex64::new(x, x / 2.0)).collect();
    same("c16.npy", &[2, 3], Data::Complex(&complex));
}

#[test]
fn what_holds_no_numbers_or_is_damaged_is_refused_with_the_place() {
    let said = |bytes: &[u8]| read(bytes).unwrap_err().message;
    assert!(said(&file("text.npy")).contains("'<U2'"));
    assert!(said(&file("fields.npy")).contains("fields"));
    assert!(said(b"PK").contains("no NumPy file"));
    let whole = file("f8_c.npy");
    assert_eq!(said(&whole[..9]), "the header is cut off after 9 bytes");
    let cut = said(&whole[..whole.len() - 1]);
    assert_eq!(cut, "the shape [2, 3] takes 48 bytes, 47 are there");
    let mut version = whole.clone();
    version[6] = 4;
    assert_eq!(said(&version), "version 4.0 of the format is unknown");
    let damaged = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let text: String = whole.iter().map(|byte| char::from(*byte)).collect();
        said(
            &text
                .replace(from, to)
                .chars()
                .map(|letter| u8::try_from(letter).unwrap_or(0))
                .collect::<Vec<_>>(),
        )
    };
    assert!(damaged("(2, 3)", "(2; 3)").contains("expected `,` or `)` at its byte 52"));
    assert!(damaged("(2, 3)", "(-2,3)").contains("expected a length at its byte 51"));
    assert!(damaged("descr", "desc_").contains("expected 'descr'"));
    assert!(damaged("False", "Falsy").contains("expected True or False"));
    assert!(damaged("'shape': (2, 3)", "               ").contains("damaged"));
    assert!(damaged("(2, 3), }", "(99999999").contains("damaged"));
}

#[test]
fn archives_of_numpy_are_read() {
    let always = &mut |_| true;
    let names = |name: &str| -> Vec<String> {
        let entries = npz::read(&file(name), &mut |_| true).unwrap();
        entries.into_iter().map(|entry| entry.name).collect()
    };
    assert_eq!(names("stored.npz"), ["a", "mask"]);
    assert_eq!(names("packed.npz"), ["a", "z"]);
    for name in ["stored.npz", "packed.npz"] {
        let entries = npz::read(&file(name), always).unwrap();
        let array = read(&entries[0].bytes).unwrap();
        assert_eq!(array.numbers, Numbers::Real(ramp(|x| x / 4.0)), "{name}");
        assert!(npz::read(&file(name), &mut |_| false).unwrap_err().message.contains("no room"));
    }
}

#[test]
fn archives_are_written_as_they_are_read() {
    let entry = |name: &str, bytes: &[u8]| Entry { name: name.to_owned(), bytes: bytes.to_vec() };
    let entries = [entry("a", &[7; 1000]), entry("ü b", &[]), entry("c.d", &[1, 2])];
    for compress in [false, true] {
        let bytes = npz::write(&entries, compress).unwrap();
        assert_eq!(bytes.len() < 1000, compress);
        assert_eq!(npz::read(&bytes, &mut |_| true).unwrap(), entries);
        assert_eq!(npz::write(&entries, compress).unwrap(), bytes);
    }
    assert_eq!(npz::read(&npz::write(&[], true).unwrap(), &mut |_| true).unwrap(), []);
    let twice = [entry("a", &[]), entry("a", &[])];
    assert!(npz::write(&twice, false).unwrap_err().message.contains("'a'"));
}

#[test]
fn a_damaged_archive_is_refused() {
    let bytes = npz::write(&[Entry { name: "a".to_owned(), bytes: vec![5; 300] }], true).unwrap();
    for length in 0..bytes.len() {
        assert!(npz::read(&bytes[..length], &mut |_| true).is_err(), "{length}");
    }
    let mut damaged = bytes.clone();
    damaged[36] ^= 0x55;
    assert!(npz::read(&damaged, &mut |_| true).is_err());
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    proptest::collection::vec(0_usize..4, 0..4)
}

proptest! {
    #[test]
    fn arrays_come_back(shape in shapes(), seed in any::<f64>()) {
        let count: usize = shape.iter().product();
        let numbers: Vec<f64> = (0..count).map(|i| seed * i as f64).collect();
        let bytes = write(&shape, Data::Real(&numbers));
        prop_assert_eq!(bytes.len() - 8 * count, (bytes.len() - 8 * count).next_multiple_of(64));
        let back = read(&bytes).unwrap();
        prop_assert_eq!(&back.shape, &shape);
        let Numbers::Real(back) = back.numbers else { unreachable!("they are real") };
        let bits = |numbers: &[f64]| numbers.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        prop_assert_eq!(bits(&back), bits(&numbers));
    }

    #[test]
    fn no_change_of_a_file_makes_it_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        for name in ["f8_fortran.npy", "version_3.npy", "c8.npy", "packed.npz", "stored.npz"] {
            let mut bytes = file(name);
            for (place, byte) in &changes {
                let at = place.index(bytes.len());
                bytes[at] = *byte;
            }
            let kept = cut.index(2 * bytes.len()).min(bytes.len());
            let bytes = &bytes[..kept];
            if let Ok(array) = read(bytes) {
                let expected: usize = array.shape.iter().product();
                let found = match array.numbers {
                    Numbers::Real(numbers) => numbers.len(),
                    Numbers::Complex(numbers) => numbers.len(),
                    Numbers::Truth(numbers) => numbers.len(),
                };
                prop_assert_eq!(found, expected);
                prop_assert!(found * 8 <= size(bytes).unwrap());
            }
            drop(npz::read(bytes, &mut |size| size < 1 << 20));
        }
    }
}
