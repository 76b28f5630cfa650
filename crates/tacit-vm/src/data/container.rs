//! Elements of vectors, dictionaries, arrays and strings: getting at them, changing them.

use crate::data::show::number_text;
use crate::flow::Flow;
use crate::heap::Kind;
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::{Cell, Tag};
use crate::vm::Vm;

/// What has elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Container {
    Vector,
    Array,
    Dictionary,
    String,
}

impl Vm {
    pub(crate) fn enlist(&mut self) -> Result<Flow, Trap> {
        self.need("m,", 1)?;
        let element = self.pop();
        let vector = self.memory.new_vector(&[element])?;
        self.push(vector);
        Ok(Flow::Next)
    }

    pub(crate) fn get(&mut self) -> Result<Flow, Trap> {
        self.need("get", 2)?;
        let element = self.element(self.peek(1), self.peek(0), "get")?;
        self.memory.retain(element)?;
        self.replace_top(2, element)
    }

    pub(crate) fn put(&mut self) -> Result<Flow, Trap> {
        self.need("put", 3)?;
        let (value, key, container) = (self.pop(), self.pop(), self.pop());
        let container = self.replace_element(container, key, value, "put")?;
        self.push(container);
        Ok(Flow::Next)
    }

    pub(crate) fn has(&mut self) -> Result<Flow, Trap> {
        self.need("has", 2)?;
        let (container, key) = (self.peek(1), self.peek(0));
        let is_there = if self.container("has", container)? == Container::Dictionary {
            let key = self.key("has", key)?;
            self.memory.dictionary_get(container, key).is_some()
        } else {
            let length = self.length_of("has", container)?;
            self.index("has", key)?.is_some_and(|index| index < length)
        };
        self.replace_top(2, Cell::flag(is_there))
    }

    pub(crate) fn delete(&mut self) -> Result<Flow, Trap> {
        self.need("del", 2)?;
        let (container, key) = (self.peek(1), self.peek(0));
        let result = match self.container("del", container)? {
            Container::Vector => {
                let index = self.index("del", key)?;
                let place = index.and_then(|at| self.memory.place(container.address(), at));
                self.registers.sp -= 2;
                let Some(place) = place else {
                    self.push(container);
                    return Ok(Flow::Next);
                };
                let vector = self.memory.remove_cells(container.address(), place, 1)?;
                self.push(Kind::Vector.cell(vector));
                return Ok(Flow::Next);
            }
            Container::Dictionary => {
                let key = self.key("del", key)?;
                self.registers.sp -= 2;
                let dictionary = self.memory.dictionary_delete(container, key)?;
                self.push(dictionary);
                return Ok(Flow::Next);
            }
            Container::String => {
                let index = self.index("del", key)?;
                let text = self.memory.text(container.address());
                let kept = text.chars().enumerate().filter(|&(at, _)| Some(at) != index);
                let text: String = kept.map(|(_, character)| character).collect();
                self.memory.intern_cell(&text)?
            }
            Container::Array => {
                let expected = "vector, dictionary or string";
                return Err(self.memory.type_error("del", expected, container));
            }
        };
        self.replace_top(2, result)
    }

    pub(crate) fn length(&mut self) -> Result<Flow, Trap> {
        self.need("length", 1)?;
        let length = self.length_of("length", self.peek(0))?;
        self.replace_top(1, Cell::count(length))
    }

    pub(crate) fn keys(&mut self) -> Result<Flow, Trap> {
        self.need("keys", 1)?;
        let container = self.peek(0);
        let keys: Vec<Cell> = if self.container("keys", container)? == Container::Dictionary {
            self.memory.dictionary_pairs(container).into_iter().map(|(key, _)| key).collect()
        } else {
            (0..self.length_of("keys", container)?).map(Cell::count).collect()
        };
        let keys = self.memory.new_vector(&keys)?;
        self.replace_top(1, keys)
    }

    pub(crate) fn values(&mut self) -> Result<Flow, Trap> {
        self.need("values", 1)?;
        let container = self.peek(0);
        let values: Vec<Cell> = match self.container("values", container)? {
            Container::Vector => return Ok(Flow::Next),
            Container::Array => self.memory.array_elements(container),
            Container::Dictionary => {
                self.memory.dictionary_pairs(container).into_iter().map(|pair| pair.1).collect()
            }
            Container::String => {
                let expected = "dictionary, vector or array";
                return Err(self.memory.type_error("values", expected, container));
            }
        };
        self.replace_top_by_list(1, Shape::Vector, &values)
    }

    #[expect(clippy::wrong_self_convention, reason = "named for its word")]
    pub(crate) fn to_dictionary(&mut self) -> Result<Flow, Trap> {
        const WORD: &str = "to-dict";
        self.need(WORD, 2)?;
        let keys = self.memory.elements(WORD, "vector", self.peek(1))?;
        let values = self.memory.elements(WORD, "vector", self.peek(0))?;
        if keys.len() != values.len() {
            let expected = "as many values as keys";
            let found = values.len().to_string();
            return Err(Trap::Number { word: WORD, expected, found });
        }
        if let Some(index) = keys.iter().position(|key| key.tag() != Some(Tag::String)) {
            return Err(Trap::Key { index });
        }
        for &value in &values {
            self.memory.retain(value)?;
        }
        let pairs: Vec<(Cell, Cell)> = keys.into_iter().zip(values).collect();
        let dictionary = self.memory.new_dictionary(&pairs)?;
        self.replace_top(2, dictionary)
    }

    pub(crate) fn new_array(&mut self) -> Result<Flow, Trap> {
        self.need("array", 1)?;
        let length = self.count_at("array", 0)?;
        let array = self.memory.new_array(length)?;
        self.replace_top(1, array)
    }

    pub(crate) fn new_bytes(&mut self) -> Result<Flow, Trap> {
        self.need("bytes", 1)?;
        let length = self.count_at("bytes", 0)?;
        let array = self.memory.new_bytes(length)?;
        self.replace_top(1, array)
    }

    pub(crate) fn fill(&mut self) -> Result<Flow, Trap> {
        self.need("fill", 2)?;
        let (list, element) = (self.peek(1), self.peek(0));
        if self.memory.shape(list) == Shape::Array {
            self.registers.sp -= 2;
            let array = self.memory.unshare_array(list)?;
            self.memory.array_fill(array, element, "fill")?;
            self.push(array);
            return Ok(Flow::Next);
        }
        let length = self.memory.elements("fill", "vector or array", list)?.len();
        self.replace_top_by_list(2, Shape::Vector, &vec![element; length])
    }

    /// The element at a key, NIL if there is none; its reference stays the container's.
    pub(crate) fn element(
        &mut self,
        container: Cell,
        key: Cell,
        word: &'static str,
    ) -> Result<Cell, Trap> {
        let element = match self.container(word, container)? {
            Container::Dictionary => {
                let key = self.key(word, key)?;
                self.memory.dictionary_get(container, key)
            }
            Container::Vector => {
                let index = self.index(word, key)?;
                index.and_then(|index| self.memory.vector_at(container, index))
            }
            Container::Array => {
                let index = self.index(word, key)?;
                index.and_then(|index| self.memory.array_at(container, index))
            }
            Container::String => {
                let index = self.index(word, key)?;
                let text = self.memory.text(container.address());
                let character = index.and_then(|index| text.chars().nth(index));
                return character.map_or(Ok(Cell::NIL), |character| {
                    self.memory.intern_cell(character.encode_utf8(&mut [0; 4]))
                });
            }
        };
        Ok(element.unwrap_or(Cell::NIL))
    }

    /// The container with another element at a key, changed in place if nothing else sees it. The
    /// references of all three are taken over.
    pub(crate) fn replace_element(
        &mut self,
        container: Cell,
        key: Cell,
        value: Cell,
        word: &'static str,
    ) -> Result<Cell, Trap> {
        let kind = self.container(word, container)?;
        if kind == Container::Dictionary {
            let key = self.key(word, key)?;
            return self.memory.dictionary_put(container, key, value);
        }
        let index = self.index(word, key)?;
        let length = self.length_of(word, container)?;
        let last = if kind == Container::Array { length.checked_sub(1) } else { Some(length) };
        let Some(index) = index.filter(|&index| last.is_some_and(|last| index <= last)) else {
            let index = key.as_number().map(number_text).unwrap_or_default();
            return Err(Trap::Index { word, index, length });
        };
        match kind {
            Container::Array => {
                let array = self.memory.unshare_array(container)?;
                self.memory.array_put(array, index, value, word)?;
                Ok(array)
            }
            Container::String => self.replace_character(container, index, value, word),
            Container::Vector | Container::Dictionary => {
                let Some(place) = self.memory.place(container.address(), index) else {
                    return self.memory.vector_append(container, value);
                };
                let (first, block) = self.memory.unshare(container.address(), place.block)?;
                let old = self.memory.block_cell(block, place.index);
                self.memory.set_block_cell(block, place.index, value);
                self.memory.release(old)?;
                Ok(Kind::Vector.cell(first))
            }
        }
    }

    /// How many elements, entries or characters there are.
    pub(crate) fn length_of(&self, word: &'static str, cell: Cell) -> Result<usize, Trap> {
        Ok(match self.container(word, cell)? {
            Container::Vector => self.memory.vector_length(cell),
            Container::Array => self.memory.array_length(cell),
            Container::Dictionary => self.memory.dictionary_length(cell),
            Container::String => self.memory.text(cell.address()).chars().count(),
        })
    }

    /// Releases the topmost values, and pushes a vector or an array of elements that may be
    /// theirs.
    pub(crate) fn replace_top_by_list(
        &mut self,
        operands: u16,
        shape: Shape,
        elements: &[Cell],
    ) -> Result<Flow, Trap> {
        for &element in elements {
            self.memory.retain(element)?;
        }
        // The blocks that this frees can be used for the result.
        self.replace_top(operands, Cell::NIL)?;
        let list = if shape == Shape::Array {
            self.memory.array_of(elements)?
        } else {
            self.memory.new_vector(elements)?
        };
        self.poke(0, list);
        Ok(Flow::Next)
    }

    fn replace_character(
        &mut self,
        string: Cell,
        index: usize,
        value: Cell,
        word: &'static str,
    ) -> Result<Cell, Trap> {
        if value.tag() != Some(Tag::String) {
            return Err(self.memory.type_error(word, "string", value));
        }
        let text = self.memory.text(string.address());
        let value = self.memory.text(value.address());
        let before = text.chars().take(index);
        let after = text.chars().skip(index + 1);
        let text: String = before.chain(value.chars()).chain(after).collect();
        self.memory.intern_cell(&text)
    }

    fn container(&self, word: &'static str, cell: Cell) -> Result<Container, Trap> {
        match self.memory.shape(cell) {
            Shape::Vector => Ok(Container::Vector),
            Shape::Array => Ok(Container::Array),
            Shape::Dictionary => Ok(Container::Dictionary),
            Shape::String => Ok(Container::String),
            Shape::Number
            | Shape::Symbol
            | Shape::Nil
            | Shape::Sequence
            | Shape::Object
            | Shape::Promise
            | Shape::Code
            | Shape::Internal => {
                Err(self.memory.type_error(word, "vector, dictionary, array or string", cell))
            }
        }
    }

    /// A number as an index; `None` if nothing can be there.
    fn index(&self, word: &'static str, key: Cell) -> Result<Option<usize>, Trap> {
        if key.as_number().is_none() {
            return Err(self.memory.type_error(word, "number as index", key));
        }
        Ok(key.as_count())
    }

    fn key(&self, word: &'static str, key: Cell) -> Result<Cell, Trap> {
        if key.tag() != Some(Tag::String) {
            return Err(self.memory.type_error(word, "string as key", key));
        }
        Ok(key)
    }
}
