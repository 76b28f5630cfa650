//! The toy's other contract: looking. A cell is written `c` and its number.

use machine::{
    CodePosition, Edit, EditError, EvaluateError, Frame, Inspect, Listing, Location, Place, Scope,
    SourceText, Space, Value, Variable,
};

use super::exec::Toy;

const CELLS: Space = Space(0);

impl Inspect for Toy {
    fn position(&self) -> CodePosition {
        CodePosition(self.state.pc as u64)
    }

    fn depth(&self) -> usize {
        0
    }

    fn frames(&self, limit: usize) -> Vec<Frame> {
        let frame = Frame { name: "program".to_owned(), position: self.position(), place: None };
        vec![frame].into_iter().take(limit).collect()
    }

    fn scopes(&self) -> Vec<Scope> {
        let used = self.state.cells.as_slice().iter().enumerate().take(8);
        let variables = used.map(|(index, value)| Variable {
            name: format!("c{index}"),
            expression: format!("c{index}"),
            value: number(*value),
        });
        vec![Scope { name: "cells".to_owned(), variables: variables.collect() }]
    }

    fn sources(&self) -> Vec<SourceText> {
        Vec::new()
    }

    fn place(&self, _position: CodePosition) -> Option<Place> {
        None
    }

    fn positions_of_line(&self, _place: Place) -> Vec<CodePosition> {
        Vec::new()
    }

    fn position_of_name(&self, _name: &str) -> Option<CodePosition> {
        None
    }

    fn name_of_position(&self, position: CodePosition) -> Option<(String, u64)> {
        Some(("program".to_owned(), position.0))
    }

    fn names(&self) -> Vec<String> {
        (0..8).map(|index| format!("c{index}")).collect()
    }

    fn evaluate(&self, expression: &str) -> Result<Value, EvaluateError> {
        self.locate(expression).map(|location| self.read(location))
    }

    fn locate(&self, expression: &str) -> Result<Location, EvaluateError> {
        let index = expression.strip_prefix('c').and_then(|digits| digits.parse::<u32>().ok());
        let cell = index.filter(|index| (*index as usize) < self.state.cells.as_slice().len());
        cell.map(|cell| Location { space: CELLS, address: i64::from(cell), size: 1 }).ok_or_else(
            || EvaluateError { at: 0, message: "expected a cell such as c0".to_owned() },
        )
    }

    fn dependencies(&self, expression: &str) -> Result<Vec<Location>, EvaluateError> {
        self.locate(expression).map(|location| vec![location])
    }

    fn read(&self, location: Location) -> Value {
        let index = usize::try_from(location.address).ok();
        let cell = index.and_then(|index| self.state.cells.as_slice().get(index));
        number(cell.copied().unwrap_or_default())
    }

    fn memory(&self, address: i64, length: usize) -> Vec<u8> {
        let bytes = self.state.cells.as_slice().iter().flat_map(|value| value.to_le_bytes());
        bytes.skip(usize::try_from(address).unwrap_or(usize::MAX)).take(length).collect()
    }

    fn disassemble(&self, from: CodePosition, count: usize) -> Vec<Listing> {
        let start = usize::try_from(from.0).unwrap_or(usize::MAX);
        let ops = self.ops.iter().enumerate().skip(start).take(count);
        ops.map(|(index, op)| Listing {
            position: CodePosition(index as u64),
            label: None,
            text: format!("{op:?}"),
        })
        .collect()
    }
}

impl Edit for Toy {
    fn assign(&mut self, location: Location, expression: &str) -> Result<(), EditError> {
        let value = expression.parse().map_err(|_| EditError("expected a number".to_owned()))?;
        let cell = u8::try_from(location.address);
        let cell = cell.map_err(|_| EditError("only c0 to c255 can be set".to_owned()))?;
        self.set_cell(cell, value);
        Ok(())
    }
}

fn number(value: i64) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "a plot needs no more")]
    let number = value as f64;
    Value {
        text: value.to_string(),
        kind: "integer".to_owned(),
        number: Some(number),
        is_true: value != 0,
    }
}
