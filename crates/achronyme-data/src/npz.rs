//! NumPy's archives of arrays (`.npz`): ZIP files of `.npy` files.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::Error;

/// What is in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name of the array, without `.npy`.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The entries of an archive, in the order in which they were put in. `has_room` is asked before an
/// entry of so many bytes is unpacked; what an entry holds beyond what the archive says of it is not
/// looked at.
///
/// # Errors
/// The bytes are no archive or damaged, an entry is packed in a way that is not known, or there is no
/// room for it.
pub fn read(bytes: &[u8], has_room: &mut dyn FnMut(usize) -> bool) -> Result<Vec<Entry>, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged("", &error))?;
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        let number = format!("{}", index + 1);
        let mut file = archive.by_index(index).map_err(|error| damaged(&number, &error))?;
        let shown = match file.name() {
            Ok(name) => name.into_owned(),
            Err(error) => return Err(damaged(&number, &error)),
        };
        let size = file.size();
        if !usize::try_from(size).is_ok_and(&mut *has_room) {
            let message = format!("entry '{shown}' has {size} bytes, for which there is no room");
            return Err(Error::new(message));
        }
        let mut bytes = Vec::new();
        let unpacked = file.by_ref().take(size.saturating_add(1)).read_to_end(&mut bytes);
        unpacked.map_err(|error| Error::new(format!("entry '{shown}' is damaged: {error}")))?;
        if u64::try_from(bytes.len()).ok() != Some(size) {
            let message = format!("entry '{shown}' is damaged: its length is not {size} bytes");
            return Err(Error::new(message));
        }
        let name = shown.strip_suffix(".npy").unwrap_or(&shown).to_owned();
        entries.push(Entry { name, bytes });
    }
    Ok(entries)
}

/// An archive of these entries. The same entries always give the same bytes: it has no dates.
///
/// # Errors
/// Two names are the same, or one is too long.
pub fn write(entries: &[Entry], compress: bool) -> Result<Vec<u8>, Error> {
    let method = if compress { CompressionMethod::Deflated } else { CompressionMethod::Stored };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for Entry { name, bytes } in entries {
        let large = bytes.len() >= u32::MAX as usize;
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .large_file(large)
            .unix_permissions(0o600);
        let begun = archive.start_file(format!("{name}.npy"), options);
        begun.map_err(|error| refused(name, &error))?;
        archive.write_all(bytes).map_err(|error| refused(name, &error.into()))?;
    }
    let finished = archive.finish().map_err(|error| refused("", &error))?;
    Ok(finished.into_inner())
}

fn damaged(name: &str, error: &ZipError) -> Error {
    let place = if name.is_empty() { String::new() } else { format!("entry '{name}': ") };
    Error::new(format!("{place}no sound ZIP archive: {error}"))
}

fn refused(name: &str, error: &ZipError) -> Error {
    Error::new(format!("'{name}' cannot be an entry: {error}"))
}
