//! States written down: the heap with the stack, and what the machine keeps beside it.

use std::sync::Arc;

use machine::{Machine, Portable, StateError, StateReader, StateWriter};

use crate::task::Tasks;
use crate::value::Value;
use crate::vm::{State, Vm};

/// A state in which a question waits has no bytes.
impl Portable for Vm {
    fn write_state(&mut self) -> Option<Vec<u8>> {
        if self.state.asked.is_some() || self.state.answered.is_some() {
            return None;
        }
        let snapshot = self.snapshot();
        let mut writer = StateWriter::default();
        self.state.write(&mut writer);
        self.heap.write(&snapshot.heap, &mut writer);
        Some(writer.into_bytes())
    }

    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let mut reader = StateReader::new(bytes);
        let state = State::read(&mut reader)?;
        if state.pc as usize > self.code.len() {
            return Err(StateError);
        }
        self.heap.read(&mut reader)?;
        reader.finish()?;
        self.state = state;
        self.restart_trail();
        self.failed = None;
        self.heap.set_precision(self.state.precision);
        let loaded = Arc::clone(&self.loaded);
        self.return_to(&loaded);
        Ok(())
    }
}

impl State {
    fn write(&self, writer: &mut StateWriter) {
        writer.words(&[self.pc.into(), self.base as u64, self.tick, self.globals as u64]);
        writer.option(self.ended.map(|value| value.0));
        writer.number(self.exit_code.into());
        writer.option(self.precision.map(u64::from));
        self.tasks.write(writer);
        writer.count(self.effects.len());
        for effect in self.effects.iter() {
            writer.number(effect.0);
        }
    }

    fn read(reader: &mut StateReader<'_>) -> Result<Self, StateError> {
        Ok(Self {
            pc: reader.small()?,
            base: reader.small()?,
            tick: reader.number()?,
            globals: reader.small()?,
            asked: None,
            answered: None,
            ended: reader.option()?.map(Value),
            exit_code: reader.small()?,
            precision: match reader.option()? {
                None => None,
                Some(digits) => Some(u16::try_from(digits).map_err(|_| StateError)?),
            },
            tasks: Arc::new(Tasks::read(reader)?),
            effects: Arc::new(
                (0..reader.count(8)?)
                    .map(|_| reader.number().map(Value))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }
}
