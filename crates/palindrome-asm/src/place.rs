//! Where segments go: parts of one name together, one after the other above the standard ones.

use palindrome_vm::image::{SEGMENT_BYTES_MAX, STANDARD_END, SegmentImage};
use source::Diagnostic;

use crate::codes;
use crate::layout::DATA_BYTES_MAX;
use crate::object::Object;
use crate::problem::problem;

/// Segments begin on pages.
const SEGMENT_ALIGN: i64 = 4096;
/// Parts of a segment from different units begin at multiples of this.
const PART_ALIGN: u64 = 16;

/// The segments of all objects.
#[derive(Debug, Default)]
pub(crate) struct Sections {
    pub(crate) images: Vec<SegmentImage>,
    pub(crate) parts: Vec<Part>,
    /// By object and segment: the first position.
    pub(crate) starts: Vec<Vec<i64>>,
}

/// What an object puts into a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) object: usize,
    pub(crate) segment: usize,
    /// Index of the segment's image.
    pub(crate) image: usize,
    /// Where in it the part begins.
    pub(crate) offset: u64,
}

impl Sections {
    /// Places the segments of `objects` in the order in which they are first declared.
    pub(crate) fn place(objects: &[Object], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut sections = Self::default();
        // The first declaration of each image, whether it has a size, and its length so far.
        let mut firsts: Vec<(usize, usize, u64)> = Vec::new();
        let mut data_bytes = 0_u64;
        for (object, unit) in objects.iter().enumerate() {
            for (segment, declared) in unit.segments.iter().enumerate() {
                let name = &declared.name;
                data_bytes += declared.data.len() as u64;
                if data_bytes > DATA_BYTES_MAX {
                    let message = format!("more than {} MiB of data", DATA_BYTES_MAX >> 20);
                    diagnostics.push(*problem(codes::LIMIT, name.span, message));
                    break;
                }
                let found = sections.images.iter().position(|image| image.name == name.text);
                let Some(image) = found else {
                    let image = sections.images.len();
                    sections.parts.push(Part { object, segment, image, offset: 0 });
                    firsts.push((object, segment, declared.len));
                    sections.images.push(SegmentImage {
                        name: name.text.clone(),
                        start: 0,
                        size: 0,
                        kind: declared.kind.clone(),
                        data: declared.data.clone(),
                    });
                    continue;
                };
                let (first_object, first_segment, len) = &mut firsts[image];
                let first = &objects[*first_object].segments[*first_segment];
                if first.size.or(declared.size).is_some() || first.kind != declared.kind {
                    let message = format!("two units declare the segment `{}`", name.text);
                    let twice = problem(codes::SEGMENT_NAME, name.span, message)
                        .with_note(first.name.span, "the first is here")
                        .with_hint(
                            "parts are joined only if neither has a size and both are alike",
                        );
                    diagnostics.push(twice);
                    continue;
                }
                let offset = len.next_multiple_of(PART_ALIGN);
                if offset + declared.len > SEGMENT_BYTES_MAX {
                    let message = "a segment has at most 1 TiB";
                    diagnostics.push(*problem(codes::SEGMENT_SIZE, name.span, message));
                    continue;
                }
                *len = offset + declared.len;
                sections.parts.push(Part { object, segment, image, offset });
                if !declared.data.is_empty() {
                    let data = &mut sections.images[image].data;
                    data.resize(usize::try_from(offset).unwrap_or(usize::MAX), 0);
                    data.extend_from_slice(&declared.data);
                }
            }
        }
        let mut next = STANDARD_END;
        for (image, (object, segment, len)) in sections.images.iter_mut().zip(&firsts) {
            let first = &objects[*object].segments[*segment];
            image.start = next;
            image.size = first.size.unwrap_or(*len).max(1);
            if image.size > SEGMENT_BYTES_MAX {
                let message = "a segment has at most 1 TiB";
                diagnostics.push(*problem(codes::SEGMENT_SIZE, first.name.span, message));
                image.size = 1;
            }
            let size = i64::try_from(image.size).unwrap_or(i64::MAX);
            next = next
                .checked_add(size)
                .and_then(|end| end.checked_add(SEGMENT_ALIGN - 1))
                .map_or(next, |end| end / SEGMENT_ALIGN * SEGMENT_ALIGN);
        }
        sections.starts = objects.iter().map(|unit| vec![0; unit.segments.len()]).collect();
        for Part { object, segment, image, offset } in &sections.parts {
            let start = sections.images[*image].start;
            sections.starts[*object][*segment] = start.saturating_add_unsigned(*offset);
        }
        sections
    }
}
