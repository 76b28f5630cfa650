//! The contract between functions and whatever keeps the values they work on.

use std::borrow::Cow;

use achronyme_numeric::{Each, Effort};

use crate::{Complex, Fault, Kind};

/// Keeps values. `Value` is a handle: cloning it never copies what it stands for.
///
/// # Value semantics
/// Vectors, tensors, strings, complex numbers, edges and errors never change once they can be seen
/// by a function here; a function that "changes" one makes a new one. Records, generators, futures
/// and the like are references. A value that is put into a new vector, record or error is shared
/// from then on; stores see to that themselves.
///
/// # Memory
/// Making something may fail with [`Fault::out_of_memory`]. A store never lets go of anything
/// while a function runs, so handles may be kept in local variables.
pub trait Store {
    /// A handle of a value.
    type Value: Clone + std::fmt::Debug;

    /// What the value is, with its content where that is small.
    fn view(&self, value: &Self::Value) -> View;
    /// What the value is.
    fn kind(&self, value: &Self::Value) -> Kind {
        self.view(value).kind()
    }

    /// The text of a string. Empty for any other kind.
    fn text<'a>(&'a self, value: &'a Self::Value) -> &'a str;
    /// How many characters a string has. O(1).
    fn characters(&self, value: &Self::Value) -> usize;
    /// The elements of a vector. Empty for any other kind.
    fn elements<'a>(&'a self, value: &'a Self::Value) -> &'a [Self::Value];
    /// Shape and numbers of a tensor. `None` for any other kind.
    fn tensor<'a>(&'a self, value: &'a Self::Value) -> Option<TensorView<'a, f64>>;
    /// Whether it is a mask: a tensor that holds 0 and 1 for false and true. Its elements are truth
    /// values, though operators and functions calculate with the numbers.
    fn is_mask(&self, value: &Self::Value) -> bool;
    /// The numbers of a real tensor, or of a vector that has nothing but numbers.
    fn numbers<'a>(&'a self, value: &'a Self::Value) -> Option<Cow<'a, [f64]>> {
        if let Some(view) = self.tensor(value) {
            return Some(Cow::Borrowed(view.data));
        }
        if self.view(value) != View::Vector {
            return None;
        }
        let numbers = self.elements(value).iter().map(|element| match self.view(element) {
            View::Number(number) => Some(number),
            _ => None,
        });
        numbers.collect::<Option<Vec<f64>>>().map(Cow::Owned)
    }
    /// Shape and numbers of a complex tensor. `None` for any other kind.
    fn complex_tensor<'a>(&'a self, value: &'a Self::Value) -> Option<TensorView<'a, Complex>>;
    /// The field with this name of a record. O(1) or close to it.
    fn field(&self, record: &Self::Value, name: &str) -> Option<Self::Value>;
    /// The fields of a record in their order. Empty for any other kind.
    fn fields<'a>(&'a self, record: &'a Self::Value) -> Vec<FieldView<'a, Self::Value>>;
    /// Message, kind and source of an error; the latter two may be null. `None` for other kinds.
    fn error(&self, value: &Self::Value) -> Option<[Self::Value; 3]>;
    /// What an edge joins. `None` for any other kind.
    fn edge<'a>(&'a self, value: &'a Self::Value) -> Option<EdgeView<'a, Self::Value>>;
    /// The value in a signal, seen without subscribing. `None` for any other kind.
    fn signal(&self, value: &Self::Value) -> Option<Self::Value>;
    /// Whether both are the same object, not only equal. Equal small values are the same.
    fn same(&self, a: &Self::Value, b: &Self::Value) -> bool;
    /// A number that no other object has while both are there, for vectors, records, errors,
    /// edges and signals; anything for other kinds. It serves to recognise what was seen before,
    /// and is never shown or ordered by.
    fn identity(&self, value: &Self::Value) -> u64;

    /// Whether a function may take so many bytes for a result or on the way to it. Functions ask
    /// before they make what is far larger than their operands.
    ///
    /// # Errors
    /// [`Fault::out_of_memory`].
    fn room(&self, bytes: usize) -> Result<(), Fault> {
        if bytes > ROOM { Err(Fault::out_of_memory(bytes)) } else { Ok(()) }
    }

    /// How many digits after the point numbers have that are printed; `None` for all.
    fn precision(&self) -> Option<usize> {
        None
    }

    /// `null`.
    fn null(&self) -> Self::Value;
    /// A truth value.
    fn boolean(&self, value: bool) -> Self::Value;
    /// A number. All NaNs are one.
    fn number(&self, value: f64) -> Self::Value;
    /// The function of the library with this number.
    fn builtin(&self, index: u16) -> Self::Value;

    /// A complex number.
    ///
    /// # Errors
    /// Memory has run out; as for everything below.
    fn new_complex(&mut self, value: Complex) -> Result<Self::Value, Fault>;
    /// A string.
    fn new_string(&mut self, text: &str) -> Result<Self::Value, Fault>;
    /// A vector of these elements, as they are: no tensor is made of it.
    fn new_vector(&mut self, elements: &[Self::Value]) -> Result<Self::Value, Fault>;
    /// A real tensor. `data` is in row-major order and has as many numbers as `shape` says. All NaNs
    /// become one.
    fn new_tensor(&mut self, shape: &[usize], data: &[f64]) -> Result<Self::Value, Fault>;
    /// A mask: `data` is 0 for false and 1 for true.
    fn new_mask(&mut self, shape: &[usize], data: &[f64]) -> Result<Self::Value, Fault>;
    /// An array of this shape whose numbers `fill` writes, given the numbers of the operands, of
    /// which there are at most [`OPERANDS_MAX`] and which [`Self::numbers`] knows. What is there
    /// before is of no meaning. The only NaN that `fill` may write is [`f64::NAN`].
    ///
    /// A store may let `fill` read and write its memory, so that nothing is copied.
    fn filled(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Self::Value],
        fill: &mut Fill<'_>,
    ) -> Result<Self::Value, Fault>
    where
        Self: Sized,
    {
        let size = crate::shape::size(shape, size_of::<f64>())?;
        self.room(size.saturating_mul(size_of::<f64>()))?;
        let mut data = vec![0.0; size];
        {
            let numbers: Vec<_> =
                operands.iter().map(|value| self.numbers(value).unwrap_or_default()).collect();
            let numbers: Vec<&[f64]> = numbers.iter().map(|numbers| &**numbers).collect();
            fill(&numbers, &mut data);
        }
        match form {
            Form::Vector => crate::numbers::real_vector(self, &data),
            Form::Tensor => self.new_tensor(shape, &data),
            Form::Mask => self.new_mask(shape, &data),
        }
    }
    /// As [`Self::filled`], where the operands have as many numbers as the result, and each number of it
    /// depends only on those in the same place.
    ///
    /// If a store knows that nothing but the caller has an operand, it may write the result over that:
    /// whoever calls this looks at no operand afterwards.
    fn filled_each(
        &mut self,
        form: Form,
        shape: &[usize],
        operands: &[&Self::Value],
        effort: Effort,
        each: &Each<'_>,
    ) -> Result<Self::Value, Fault>
    where
        Self: Sized,
    {
        let _ = effort;
        self.filled(form, shape, operands, &mut |numbers, out| each(numbers, out))
    }
    /// A complex tensor, likewise.
    fn new_complex_tensor(
        &mut self,
        shape: &[usize],
        data: &[Complex],
    ) -> Result<Self::Value, Fault>;
    /// A record of name, value, and whether the field can be assigned to. The names are different.
    fn new_record(&mut self, fields: &[(&str, Self::Value, bool)]) -> Result<Self::Value, Fault>;
    /// An error; `message` is a string, `kind` a string or null.
    fn new_error(
        &mut self,
        message: Self::Value,
        kind: Self::Value,
        source: Self::Value,
    ) -> Result<Self::Value, Fault>;
    /// An edge; `properties` is a record or null.
    fn new_edge(
        &mut self,
        from: &str,
        to: &str,
        directed: bool,
        properties: Self::Value,
    ) -> Result<Self::Value, Fault>;
}

/// Writes the numbers of a result, given those of the operands.
pub type Fill<'a> = dyn FnMut(&[&[f64]], &mut [f64]) + 'a;

/// So many operands [`Store::filled`] takes.
pub use achronyme_numeric::OPERANDS_MAX;

/// What [`Store::filled`] makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A vector of numbers; the shape has one axis.
    Vector,
    /// A real tensor.
    Tensor,
    /// A mask.
    Mask,
}

/// What a function may take where the store sets no limit of its own.
const ROOM: usize = 1 << 30;

/// What a value is, with its content where that is small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum View {
    /// `null`
    Null,
    /// `true`, `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A complex number.
    Complex(Complex),
    /// A string: see [`Store::text`].
    String,
    /// A vector: see [`Store::elements`].
    Vector,
    /// A real tensor: see [`Store::tensor`].
    Tensor,
    /// A complex tensor: see [`Store::complex_tensor`].
    ComplexTensor,
    /// A record: see [`Store::fields`].
    Record,
    /// A function that the user wrote, with the number of parameters it has.
    Function {
        /// How many values it can be called with at most.
        parameters: u8,
    },
    /// A function of the library.
    Builtin(u16),
    /// An edge: see [`Store::edge`].
    Edge,
    /// A generator, and whether it has ended.
    Generator {
        /// No more values will come.
        done: bool,
    },
    /// An error: see [`Store::error`].
    Error,
    /// The result of a task.
    Future,
    /// An end of a channel.
    Sender,
    /// The other end.
    Receiver,
    /// A mutex.
    Mutex,
    /// The right to its value.
    Guard,
    /// A signal: see [`Store::signal`].
    Signal,
}

impl View {
    /// The kind of the value.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Boolean(_) => Kind::Boolean,
            Self::Number(_) => Kind::Number,
            Self::Complex(_) => Kind::Complex,
            Self::String => Kind::String,
            Self::Vector => Kind::Vector,
            Self::Tensor => Kind::Tensor,
            Self::ComplexTensor => Kind::ComplexTensor,
            Self::Record => Kind::Record,
            Self::Function { .. } | Self::Builtin(_) => Kind::Function,
            Self::Edge => Kind::Edge,
            Self::Generator { .. } => Kind::Generator,
            Self::Error => Kind::Error,
            Self::Future => Kind::Future,
            Self::Sender => Kind::Sender,
            Self::Receiver => Kind::Receiver,
            Self::Mutex => Kind::Mutex,
            Self::Guard => Kind::Guard,
            Self::Signal => Kind::Signal,
        }
    }
}

/// A box of numbers, the last axis first.
#[derive(Clone, Copy, Debug)]
pub struct TensorView<'a, T> {
    /// The length of each axis, the outermost first. Empty for a box of one number.
    pub shape: &'a [usize],
    /// As many as the product of `shape`, in row-major order.
    pub data: &'a [T],
}

/// A field of a record.
#[derive(Clone, Copy, Debug)]
pub struct FieldView<'a, V> {
    /// Its name.
    pub name: &'a str,
    /// What is in it now.
    pub value: V,
    /// Whether it can be assigned to.
    pub mutable: bool,
}

/// An edge of a graph.
#[derive(Clone, Copy, Debug)]
pub struct EdgeView<'a, V> {
    /// Where it begins.
    pub from: &'a str,
    /// Where it ends.
    pub to: &'a str,
    /// Whether it goes one way only.
    pub directed: bool,
    /// A record, or null.
    pub properties: V,
}
