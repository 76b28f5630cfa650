//! Letters: how wide texts are, and their outlines. The font is DejaVu Sans.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// The font, ready to be asked.
pub(crate) struct Font {
    /// Nothing only if the font file were broken; then texts have a width, but no outlines.
    face: Option<Face<'static>>,
}

impl Font {
    pub(crate) fn new() -> Self {
        Self { face: Face::parse(dejavu::sans::regular(), 0).ok() }
    }

    /// How wide a text is, in pixels.
    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        text.chars().map(|letter| self.advance(letter, size)).sum()
    }

    /// A text, or its beginning and `…`, if it is wider than there is room.
    pub(crate) fn fitted(&self, text: &str, size: f64, room: f64) -> String {
        if self.width(text, size) <= room {
            return text.to_owned();
        }
        let mut left = room - self.advance('…', size);
        let mut fitted = String::new();
        for letter in text.chars() {
            left -= self.advance(letter, size);
            if left < 0.0 {
                break;
            }
            fitted.push(letter);
        }
        fitted.truncate(fitted.trim_end().len());
        fitted.push('…');
        fitted
    }

    fn advance(&self, letter: char, size: f64) -> f64 {
        let Some(face) = &self.face else { return size * 0.6 };
        let units = face.glyph_hor_advance(Self::glyph(face, letter)).unwrap_or(0);
        f64::from(units) * size / f64::from(face.units_per_em())
    }

    /// The letter, or the box that stands for letters that are not in the font.
    fn glyph(face: &Face<'_>, letter: char) -> GlyphId {
        face.glyph_index(letter).unwrap_or(GlyphId(0))
    }

    /// Draws a text with its base line from `(0, 0)` to the right, at this size.
    pub(crate) fn outline(&self, text: &str, size: f64, pen: &mut dyn Pen) {
        let Some(face) = &self.face else { return };
        let mut x = 0.0;
        for letter in text.chars() {
            let scale = size / f64::from(face.units_per_em());
            let mut placed = Placed { x, scale, pen };
            face.outline_glyph(Self::glyph(face, letter), &mut placed);
            x += self.advance(letter, size);
        }
    }
}

/// Takes the outlines of letters; below is positive.
pub(crate) trait Pen {
    fn move_to(&mut self, to: [f64; 2]);
    fn line_to(&mut self, to: [f64; 2]);
    fn quad_to(&mut self, control: [f64; 2], to: [f64; 2]);
    fn close(&mut self);
}

/// A letter at its place in a text.
struct Placed<'a> {
    x: f64,
    scale: f64,
    pen: &'a mut dyn Pen,
}

impl Placed<'_> {
    fn at(&self, x: f32, y: f32) -> [f64; 2] {
        [self.x + f64::from(x) * self.scale, -f64::from(y) * self.scale]
    }
}

impl OutlineBuilder for Placed<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen.move_to(self.at(x, y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.pen.line_to(self.at(x, y));
    }

    fn quad_to(&mut self, control_x: f32, control_y: f32, x: f32, y: f32) {
        self.pen.quad_to(self.at(control_x, control_y), self.at(x, y));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        // Fonts with quadratic outlines, as this one, have no cubic ones; this is close to them.
        let control = [
            f64::midpoint(self.at(x1, y1)[0], self.at(x2, y2)[0]),
            f64::midpoint(self.at(x1, y1)[1], self.at(x2, y2)[1]),
        ];
        self.pen.quad_to(control, self.at(x, y));
    }

    fn close(&mut self) {
        self.pen.close();
    }
}
