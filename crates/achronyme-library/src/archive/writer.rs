//! Values to bytes.

use rmp::encode;

use super::{DEPTH_MAX, HEAD, LZ4, MAGIC, MUTABLE, PLAIN, VERSION, sum};
use crate::{Complex, Fault, Store, View, builtin};

/// What is said of an environment besides its values.
#[derive(Debug, Default)]
pub(crate) struct About {
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<String>,
    /// Seconds since 1970.
    pub(crate) created: u64,
    pub(crate) is_packed: bool,
}

/// Whether a value can be kept in a file with all that is in it.
pub(crate) fn can_be_kept<S: Store>(store: &S, value: &S::Value) -> bool {
    let mut waiting = vec![(value.clone(), 0)];
    while let Some((value, depth)) = waiting.pop() {
        if depth > DEPTH_MAX {
            return false;
        }
        let inner = match store.view(&value) {
            View::Vector => store.elements(&value).to_vec(),
            View::Record => store.fields(&value).into_iter().map(|field| field.value).collect(),
            View::Edge => store.edge(&value).map(|edge| edge.properties).into_iter().collect(),
            View::Function { .. }
            | View::Generator { .. }
            | View::Error
            | View::Future
            | View::Sender
            | View::Receiver
            | View::Mutex
            | View::Guard
            | View::Signal => return false,
            View::Null
            | View::Boolean(_)
            | View::Number(_)
            | View::Complex(_)
            | View::String
            | View::Tensor
            | View::ComplexTensor
            | View::Builtin(_) => Vec::new(),
        };
        waiting.extend(inner.into_iter().map(|value| (value, depth + 1)));
    }
    true
}

/// The file with these names and values, all of which [`can_be_kept`].
///
/// # Errors
/// Memory has run out.
pub(crate) fn write<S: Store>(
    store: &S,
    bindings: &[(&str, S::Value)],
    about: &About,
) -> Result<Vec<u8>, Fault> {
    let mut body = Body { bytes: Vec::new(), store };
    body.all(bindings, about)?;
    let plain = body.bytes;
    store.room(plain.len())?;
    let packed =
        if about.is_packed { lz4_flex::block::compress_prepend_size(&plain) } else { Vec::new() };
    let is_packed = about.is_packed && packed.len() < plain.len();
    let body = if is_packed { packed } else { plain };
    let mut file = Vec::with_capacity(HEAD + body.len());
    file.extend(MAGIC);
    file.extend(VERSION.0.to_le_bytes());
    file.extend(VERSION.1.to_le_bytes());
    file.extend(u32::from(is_packed).to_le_bytes());
    file.extend(about.created.to_le_bytes());
    let mut version = [0; 16];
    for (to, from) in version.iter_mut().zip(env!("CARGO_PKG_VERSION").bytes()) {
        *to = from;
    }
    file.extend(version);
    file.push(if is_packed { LZ4 } else { PLAIN });
    file.resize(HEAD, 0);
    let sum = sum(&body);
    file.extend(body);
    file.extend(sum);
    Ok(file)
}

/// A body that is being written.
struct Body<'s, S: Store> {
    bytes: Vec<u8>,
    store: &'s S,
}

impl<S: Store> Body<'_, S> {
    fn all(&mut self, bindings: &[(&str, S::Value)], about: &About) -> Result<(), Fault> {
        self.map(2)?;
        self.text("metadata")?;
        self.map(3 + usize::from(about.description.is_some()))?;
        self.text("created_by")?;
        self.text(concat!("Achronyme v", env!("CARGO_PKG_VERSION")))?;
        self.text("platform")?;
        self.text("palindrome")?;
        self.text("tags")?;
        self.array(about.tags.len())?;
        for tag in &about.tags {
            self.text(tag)?;
        }
        if let Some(description) = &about.description {
            self.text("description")?;
            self.text(description)?;
        }
        self.text("bindings")?;
        self.map(bindings.len())?;
        for (name, value) in bindings {
            self.text(name)?;
            self.value(value)?;
        }
        Ok(())
    }

    fn value(&mut self, value: &S::Value) -> Result<(), Fault> {
        self.store.room(self.bytes.len())?;
        match self.store.view(value) {
            View::Boolean(truth) => {
                self.tag("Boolean")?;
                full(encode::write_bool(&mut self.bytes, truth))
            }
            View::Number(number) => {
                self.tag("Number")?;
                self.number(number)
            }
            View::Complex(complex) => {
                self.tag("Complex")?;
                self.complex(complex)
            }
            View::String => {
                self.tag("String")?;
                self.text(self.store.text(value))
            }
            View::Vector => {
                self.tag("Vector")?;
                let elements = self.store.elements(value);
                self.array(elements.len())?;
                elements.iter().try_for_each(|element| self.value(element))
            }
            View::Tensor | View::ComplexTensor => self.tensor(value),
            View::Record => {
                self.tag("Record")?;
                self.fields(value)
            }
            View::Edge => self.edge(value),
            View::Builtin(index) => {
                self.tag("BuiltinFunction")?;
                self.text(builtin(index).map_or("", |row| row.name))
            }
            _ => self.text("Null"),
        }
    }

    fn tensor(&mut self, value: &S::Value) -> Result<(), Fault> {
        if let Some(tensor) = self.store.tensor(value) {
            self.tag("Tensor")?;
            self.shape(tensor.shape, tensor.data.len())?;
            return tensor.data.iter().try_for_each(|number| self.number(*number));
        }
        let Some(tensor) = self.store.complex_tensor(value) else { return self.text("Null") };
        self.tag("ComplexTensor")?;
        self.shape(tensor.shape, tensor.data.len())?;
        tensor.data.iter().try_for_each(|number| self.complex(*number))
    }

    fn shape(&mut self, shape: &[usize], count: usize) -> Result<(), Fault> {
        self.array(2)?;
        self.array(shape.len())?;
        for length in shape {
            full(encode::write_uint(&mut self.bytes, *length as u64))?;
        }
        self.array(count)
    }

    fn fields(&mut self, record: &S::Value) -> Result<(), Fault> {
        let fields = self.store.fields(record);
        self.map(fields.len())?;
        for field in fields {
            self.text(field.name)?;
            if field.mutable {
                self.tag(MUTABLE)?;
            }
            self.value(&field.value)?;
        }
        Ok(())
    }

    fn edge(&mut self, value: &S::Value) -> Result<(), Fault> {
        let Some(edge) = self.store.edge(value) else { return self.text("Null") };
        self.tag("Edge")?;
        self.array(4)?;
        self.text(edge.from)?;
        self.text(edge.to)?;
        full(encode::write_bool(&mut self.bytes, edge.directed))?;
        self.fields(&edge.properties)
    }

    fn tag(&mut self, tag: &str) -> Result<(), Fault> {
        self.map(1)?;
        self.text(tag)
    }

    fn number(&mut self, number: f64) -> Result<(), Fault> {
        full(encode::write_f64(&mut self.bytes, number))
    }

    fn complex(&mut self, complex: Complex) -> Result<(), Fault> {
        self.array(2)?;
        self.number(complex.re)?;
        self.number(complex.im)
    }

    fn text(&mut self, text: &str) -> Result<(), Fault> {
        full(encode::write_str(&mut self.bytes, text))
    }

    fn map(&mut self, count: usize) -> Result<(), Fault> {
        let count = u32::try_from(count).map_err(|_| Fault::out_of_memory(count))?;
        full(encode::write_map_len(&mut self.bytes, count).map(drop))
    }

    fn array(&mut self, count: usize) -> Result<(), Fault> {
        let count = u32::try_from(count).map_err(|_| Fault::out_of_memory(count))?;
        full(encode::write_array_len(&mut self.bytes, count).map(drop))
    }
}

/// Memory that is written to has room.
fn full<T, E>(written: Result<T, E>) -> Result<T, Fault> {
    written.map_err(|_| Fault::out_of_memory(0))
}
