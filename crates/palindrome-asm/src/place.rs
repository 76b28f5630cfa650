//! Where segments go: parts of one name together, one after the other above the standard ones.

use palindrome_vm::image::{SEGMENT_BYTES_MAX, SegmentImage};
use palindrome_vm::layout::USER_START;
use source::Diagnostic;

use crate::codes;
use crate::layout::DATA_BYTES_MAX;
use crate::object::Object;
use crate::problem::{Problem, problem};

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
        let mut firsts = Vec::new();
        let mut data_bytes = 0_u64;
        for (object, unit) in objects.iter().enumerate() {
            for (segment, declared) in unit.segments.iter().enumerate() {
                data_bytes += declared.data.len() as u64;
                if data_bytes > DATA_BYTES_MAX {
                    let message = format!("more than {} MiB of data", DATA_BYTES_MAX >> 20);
                    diagnostics.push(*problem(codes::LIMIT, declared.name.span, message));
                    break;
                }
                let added = sections.add(objects, object, segment, &mut firsts);
                diagnostics.extend(added.err().map(|problem| *problem));
            }
        }
        sections.give_starts(objects, &firsts);
        sections
    }

    /// Adds what an object puts into a segment: a new one, or one that another object began.
    fn add(
        &mut self,
        objects: &[Object],
        object: usize,
        segment: usize,
        firsts: &mut Vec<First>,
    ) -> Result<(), Problem> {
        let declared = &objects[object].segments[segment];
        let name = &declared.name;
        let found = self.images.iter().position(|image| image.name == name.text);
        let Some(image) = found else {
            let image = self.images.len();
            self.parts.push(Part { object, segment, image, offset: 0 });
            firsts.push(First { object, segment, len: declared.len });
            self.images.push(SegmentImage {
                name: name.text.clone(),
                start: 0,
                size: 0,
                kind: declared.kind.clone(),
                data: declared.data.clone(),
            });
            return Ok(());
        };
        let First { object: first_object, segment: first_segment, len } = &mut firsts[image];
        let first = &objects[*first_object].segments[*first_segment];
        if first.size.or(declared.size).is_some() || first.kind != declared.kind {
            let message = format!("two units declare the segment `{}`", name.text);
            let twice = problem(codes::SEGMENT_NAME, name.span, message)
                .with_note(first.name.span, "the first is here")
                .with_hint("parts are joined only if neither has a size and both are alike");
            return Err(Box::new(twice));
        }
        let offset = len.next_multiple_of(PART_ALIGN);
        if offset + declared.len > SEGMENT_BYTES_MAX {
            return Err(problem(codes::SEGMENT_SIZE, name.span, "a segment has at most 1 TiB"));
        }
        *len = offset + declared.len;
        self.parts.push(Part { object, segment, image, offset });
        if !declared.data.is_empty() {
            let data = &mut self.images[image].data;
            data.resize(usize::try_from(offset).unwrap_or(usize::MAX), 0);
            data.extend_from_slice(&declared.data);
        }
        Ok(())
    }

    /// Lays the segments one after the other.
    fn give_starts(&mut self, objects: &[Object], firsts: &[First]) {
        let mut next = USER_START;
        for (image, First { object, segment, len }) in self.images.iter_mut().zip(firsts) {
            let first = &objects[*object].segments[*segment];
            image.start = next;
            image.size = first.size.unwrap_or(*len).max(1);
            let size = i64::try_from(image.size).unwrap_or(i64::MAX);
            next = next
                .checked_add(size)
                .and_then(|end| end.checked_add(SEGMENT_ALIGN - 1))
                .map_or(next, |end| end / SEGMENT_ALIGN * SEGMENT_ALIGN);
        }
        self.starts = objects.iter().map(|unit| vec![0; unit.segments.len()]).collect();
        for Part { object, segment, image, offset } in &self.parts {
            let start = self.images[*image].start;
            self.starts[*object][*segment] = start.saturating_add_unsigned(*offset);
        }
    }
}

/// The first declaration of a segment, and how long its parts are so far.
struct First {
    object: usize,
    segment: usize,
    len: u64,
}
