//! The verifier: the only maker of programs, so that the machine may trust them.

use std::sync::Arc;

use super::Image;
use crate::derived::Derived;
use crate::op::Instruction;

/// A verified program.
#[derive(Debug)]
pub struct Program {
    image: Image,
    instructions: Vec<Instruction>,
    derived: Derived,
}

impl Program {
    /// Verifies `image`.
    ///
    /// # Errors
    /// Something in it is not as a machine needs it.
    pub fn new(image: Image) -> Result<Arc<Self>, VerifyError> {
        let unpack = |word: &u64| super::unpack(*word, &image.pool, &image.texts);
        let instructions = image.code.iter().map(unpack).collect::<Result<Vec<_>, _>>();
        let instructions = instructions.map_err(|_| VerifyError::Unreadable)?;
        let derived = Derived::new(&instructions, &image.unobserved);
        Ok(Arc::new(Self { image, instructions, derived }))
    }

    /// A program without instructions.
    pub(crate) fn empty() -> Arc<Self> {
        let derived = Derived::new(&[], &[]);
        Arc::new(Self { image: Image::default(), instructions: Vec::new(), derived })
    }

    /// What the engines made of it.
    pub(crate) fn derived(&self) -> &Derived {
        &self.derived
    }

    /// The image it was made from.
    #[must_use]
    pub fn image(&self) -> &Image {
        &self.image
    }

    /// The instructions, by index.
    #[must_use]
    pub fn instructions(&self) -> &[Instruction] {
        &self.instructions
    }
}

/// Why an image is not a program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// A word is no instruction.
    #[error("the code is unreadable")]
    Unreadable,
}
