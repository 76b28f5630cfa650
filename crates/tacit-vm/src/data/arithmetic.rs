//! The words of arithmetic.

use crate::control::convert::Role;
use crate::data::number::Operation;
use crate::flow::Flow;
use crate::heap::shape::Shape;
use crate::trap::Trap;
use crate::value::Cell;
use crate::vm::Vm;

/// Defines the methods of words that do one operation.
macro_rules! words {
    ($($method:ident: $name:ident $operate:ident,)*) => {
        impl Vm {
            $(pub(crate) fn $method(&mut self) -> Result<Flow, Trap> {
                self.$operate(Operation::$name)
            })*
        }
    };
}

words! {
    add: Add operate_on_two,
    subtract: Subtract operate_on_two,
    multiply: Multiply operate_on_two,
    divide: Divide operate_on_two,
    modulo: Modulo operate_on_two,
    power: Power operate_on_two,
    minimum: Minimum operate_on_two,
    maximum: Maximum operate_on_two,
    negate: Negate operate_on_one,
    reciprocal: Reciprocal operate_on_one,
    floor: Floor operate_on_one,
    ceiling: Ceiling operate_on_one,
    round: Round operate_on_one,
    truncate: Truncate operate_on_one,
    signum: Signum operate_on_one,
    absolute: Absolute operate_on_one,
    exponential: Exponential operate_on_one,
    natural_log: NaturalLog operate_on_one,
    decimal_log: DecimalLog operate_on_one,
    square_root: SquareRoot operate_on_one,
    sine: Sine operate_on_one,
    cosine: Cosine operate_on_one,
    tangent: Tangent operate_on_one,
    arc_sine: ArcSine operate_on_one,
    arc_cosine: ArcCosine operate_on_one,
    arc_tangent: ArcTangent operate_on_one,
    arc_tangent2: ArcTangent2 operate_on_two,
    bit_and: BitAnd operate_on_two,
    bit_or: BitOr operate_on_two,
    bit_xor: BitXor operate_on_two,
    shift: Shift operate_on_two,
    less: Less operate_on_two,
    greater: Greater operate_on_two,
    less_or_equal: LessOrEqual operate_on_two,
    greater_or_equal: GreaterOrEqual operate_on_two,
    not: Not operate_on_one,
    xor: Xor operate_on_two,
    nand: Nand operate_on_two,
    compare: Compare operate_on_two,
}

impl Vm {
    pub(crate) fn average(&mut self) -> Result<Flow, Trap> {
        self.fold_or_operate(Operation::Average)
    }

    pub(crate) fn product(&mut self) -> Result<Flow, Trap> {
        self.fold_or_operate(Operation::Product)
    }

    pub(crate) fn sum(&mut self) -> Result<Flow, Trap> {
        self.need("sum", 1)?;
        if let Some(flow) = self.deferred(1, Role::Number) {
            return Ok(flow);
        }
        let Some(elements) = self.elements_to_fold() else {
            let expected = "vector, dictionary or array";
            return Err(self.memory.type_error("sum", expected, self.peek(0)));
        };
        let sum = self.fold("sum", Operation::Add, Cell::FALSE, &elements)?;
        self.fold_done(sum)
    }

    /// The mean or product of what the top has in it, or else of the two numbers on top.
    fn fold_or_operate(&mut self, operation: Operation) -> Result<Flow, Trap> {
        let word = operation.word();
        self.need(word, 1)?;
        if let Some(flow) = self.deferred(1, Role::Number) {
            return Ok(flow);
        }
        let Some(elements) = self.elements_to_fold() else {
            return self.operate_on_two(operation);
        };
        if operation == Operation::Product {
            let product = self.fold(word, operation, Cell::TRUE, &elements)?;
            return self.fold_done(product);
        }
        let sum = self.fold(word, Operation::Add, Cell::FALSE, &elements)?;
        let count = Cell::count(elements.len());
        let mean = self.broadcast(Operation::Divide, sum, Some(count))?;
        self.memory.release(sum)?;
        self.fold_done(mean)
    }

    /// What is in the top, if something can be.
    fn elements_to_fold(&self) -> Option<Vec<Cell>> {
        let top = self.peek(0);
        if self.memory.shape(top) == Shape::Dictionary {
            let pairs = self.memory.dictionary_pairs(top);
            return Some(pairs.into_iter().map(|(_, value)| value).collect());
        }
        self.memory.elements("", "", top).ok()
    }

    fn fold(
        &mut self,
        word: &'static str,
        operation: Operation,
        first: Cell,
        elements: &[Cell],
    ) -> Result<Cell, Trap> {
        let mut result = first;
        for &element in elements {
            let next = self.broadcast(operation, result, Some(element)).map_err(|trap| {
                let Trap::Type { expected, found, .. } = trap else { return trap };
                Trap::Type { word, expected, found }
            })?;
            self.memory.release(result)?;
            result = next;
        }
        Ok(result)
    }

    fn fold_done(&mut self, result: Cell) -> Result<Flow, Trap> {
        let operand = self.pop();
        self.memory.release(operand)?;
        self.push(result);
        Ok(Flow::Next)
    }
}
