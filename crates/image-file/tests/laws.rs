//! What is written is read, and nothing damaged gets through.

use image_file::{ByteReader, ByteWriter, FileKind, ImageError, read_section, write_section};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

const KIND: FileKind =
    FileKind { magic: *b"LAWS", version: 7, name: "a file of laws", sections: &["one", "two"] };

/// Something of every kind.
fn written(numbers: &[u32], text: &str, flag: bool, number: f64) -> Vec<u8> {
    let mut writer = ByteWriter::new();
    writer.list(numbers, |writer, number| writer.u32(*number));
    writer.text(text);
    writer.flag(flag);
    writer.f64(number);
    writer.i128(-5);
    writer.into_bytes()
}

type Content = (Vec<u32>, String, bool, f64, i128);

fn read(bytes: &[u8]) -> Result<Content, ImageError> {
    let mut reader = ByteReader::new("content", bytes);
    let numbers = reader.list(4, ByteReader::u32)?;
    let content = (numbers, reader.text()?, reader.flag()?, reader.f64()?, reader.i128()?);
    reader.finish()?;
    Ok(content)
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        numbers: Vec<u32>, text in ".*", flag: bool, number in any::<f64>(), more: Vec<u8>,
    ) {
        let bytes = written(&numbers, &text, flag, number);
        let found = read(&bytes).unwrap();
        prop_assert_eq!((found.0, found.1, found.2, found.4), (numbers, text, flag, -5));
        prop_assert_eq!(found.3.to_bits(), number.to_bits());
        let sections = [bytes, more];
        prop_assert_eq!(KIND.read(&KIND.write(&sections)).unwrap(), sections.to_vec());
    }

    #[test]
    fn what_is_cut_off_or_too_long_is_no_content(text in ".*", cut in any::<usize>()) {
        let mut bytes = written(&[1, 2], &text, true, 0.5);
        prop_assert!(read(&bytes[..cut % bytes.len()]).is_err());
        bytes.push(0);
        let expected = ImageError::Trailing { section: "content", at: bytes.len() - 1 };
        prop_assert_eq!(read(&bytes).unwrap_err(), expected);
    }

    #[test]
    fn a_changed_byte_is_noticed(one: Vec<u8>, at in any::<usize>(), change in 1_u8..) {
        let whole = KIND.write(&[one.clone(), b"two".to_vec()]);
        let mut file = whole.clone();
        let at = at % file.len();
        file[at] ^= change;
        prop_assert!(KIND.read(&file).is_err());
        for length in 0..whole.len() {
            prop_assert!(KIND.read(&whole[..length]).is_err());
        }
        let mut section = ByteWriter::new();
        write_section(&mut section, b"head", &one);
        let section = section.into_bytes();
        let mut reader = ByteReader::new("file", &section);
        let mut found = read_section("one", &mut reader, b"head").unwrap();
        prop_assert_eq!(found.raw(one.len()).unwrap(), &one[..]);
        prop_assert!(found.finish().is_ok() && reader.finish().is_ok());
        let other = read_section("one", &mut ByteReader::new("file", &section), b"tail");
        prop_assert_eq!(other.unwrap_err(), ImageError::Checksum { section: "one" });
    }

    #[test]
    fn no_bytes_make_it_panic_or_take_memory(bytes: Vec<u8>) {
        let _any = read(&bytes);
        let mut file = b"LAWS\x07\x00".to_vec();
        file.extend(&bytes);
        prop_assert!(KIND.read(&file).is_err() || bytes.len() >= 44);
    }
}

#[test]
fn errors_say_what_and_where() {
    let said = |bytes: &[u8]| KIND.read(bytes).unwrap_err().to_string();
    assert_eq!(said(b"PVMI"), "this is not a file of laws: it does not begin with `LAWS`");
    assert_eq!(
        said(b"LAWS\x09\x00"),
        "its format is version 9, and this program reads version 7; make it again from what it \
         was made of"
    );
    let mut reader = ByteReader::new("list", &[255, 255, 255, 255, 0]);
    let error = reader.list(1, ByteReader::u8).unwrap_err();
    assert_eq!(error, ImageError::Truncated { section: "list", at: 4 });
}
