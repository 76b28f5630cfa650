//! States written down: the memory, and where the machine is in it.

use machine::{Portable, StateError, StateReader, StateWriter};

use crate::vm::{Registers, Vm};

impl Portable for Vm {
    fn write_state(&mut self) -> Option<Vec<u8>> {
        self.spill();
        self.memory.clear_log();
        let mut writer = StateWriter::default();
        writer.number(self.tick);
        for register in self.registers.list() {
            writer.number(register.into());
        }
        let cells = self.memory.cells();
        let mut bytes = Vec::with_capacity(cells.len() * 4);
        bytes.extend(cells.iter().flat_map(|cell| cell.to_le_bytes()));
        writer.bytes(&bytes);
        Some(writer.into_bytes())
    }

    fn read_state(&mut self, bytes: &[u8]) -> Result<(), StateError> {
        let mut reader = StateReader::new(bytes);
        let tick = reader.number()?;
        let mut registers = [0; 8];
        for register in &mut registers {
            *register = reader.small()?;
        }
        let (cells, rest) = reader.bytes()?.as_chunks();
        if cells.len() != self.memory.cells().len() || !rest.is_empty() {
            return Err(StateError);
        }
        reader.finish()?;
        self.registers = Registers::of(registers);
        self.tick = tick;
        for (cell, bytes) in self.memory.cells_mut().iter_mut().zip(cells) {
            *cell = u32::from_le_bytes(*bytes);
        }
        self.memory.clear_log();
        self.pages.forget();
        self.trail.clear();
        Ok(())
    }
}
