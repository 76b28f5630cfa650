//! What the engines make of a program once, when it is verified.

use std::fmt;
use std::sync::{Arc, OnceLock};

use machine::Probes;

use crate::image::Program;
use crate::logging::Logging;
use crate::op::Instruction;
use crate::slot::FastCode;

/// The runtime functions that look at moments: from `moment_moved` to `difference`, and `row_field_at`, also by name.
const READS_MOMENTS: std::ops::RangeInclusive<u16> = 0x301..=0x30b;
const ROW_FIELD_AT: [u16; 2] = [0x21a, 0x21f];
const RELATION_TAKE: u16 = 0x20a;

/// What follows from a program's instructions.
#[derive(Debug)]
pub(crate) struct Derived {
    rewinds_by_steps: bool,
    calls_runtime: bool,
    keeps_moments: bool,
    changes_moments: bool,
    keeps_data: bool,
    reads_moments: bool,
    moves_relations: bool,
    /// Of control that keeps to the code, and of control that may have strayed from it.
    logging: [OnceLock<Logging>; 2],
    fast: OnceLock<Arc<FastCode>>,
}

impl Derived {
    pub(crate) fn new(instructions: &[Instruction]) -> Self {
        let rewinds_by_steps =
            instructions.iter().any(|it| matches!(it, Instruction::RewindN { .. }));
        let calls_runtime =
            instructions.iter().any(|it| matches!(it, Instruction::CallRuntime { .. }));
        let keeps_moments = instructions.iter().any(|it| matches!(it, Instruction::KeepMoment));
        // Looks and names are beside them.
        let changes_moments = instructions.iter().any(|it| {
            matches!(
                it,
                Instruction::KeepMoment
                    | Instruction::NameMoment { .. }
                    | Instruction::Look { .. }
                    | Instruction::RewindTo { .. }
                    | Instruction::Switch { .. }
            )
        });
        let keeps_data = instructions
            .iter()
            .any(|it| matches!(it, Instruction::KeepData { .. } | Instruction::World { .. }));
        let reads =
            |function| READS_MOMENTS.contains(&function) || ROW_FIELD_AT.contains(&function);
        let reads_moments = instructions.iter().any(|it| {
            matches!(it, Instruction::CallRuntime { function } if reads(*function))
                || matches!(
                    it,
                    Instruction::Look { .. }
                        | Instruction::RewindTo { .. }
                        | Instruction::Switch { .. }
                )
        });
        let moves_relations = instructions.iter().any(
            |it| matches!(it, Instruction::CallRuntime { function } if *function == RELATION_TAKE),
        );
        Self {
            rewinds_by_steps,
            calls_runtime,
            keeps_moments,
            changes_moments,
            keeps_data,
            reads_moments,
            moves_relations,
            logging: [OnceLock::new(), OnceLock::new()],
            fast: OnceLock::new(),
        }
    }
}

impl Program {
    /// Whether it has an instruction `REWINDN`.
    pub(crate) fn rewinds_by_steps(&self) -> bool {
        self.derived().rewinds_by_steps
    }

    /// Whether it has an instruction `CALL_RUNTIME`.
    pub(crate) fn calls_runtime(&self) -> bool {
        self.derived().calls_runtime
    }

    /// Whether it has an instruction `MOMENT`.
    #[must_use]
    pub fn keeps_moments(&self) -> bool {
        self.derived().keeps_moments
    }

    /// Whether it moves the rows of relations to others when it begins.
    pub(crate) fn moves_relations(&self) -> bool {
        self.derived().moves_relations
    }

    /// Whether anything about moments is part of its states.
    pub(crate) fn changes_moments(&self) -> bool {
        self.derived().changes_moments
    }

    /// Whether it keeps data by number, or has worlds.
    pub(crate) fn keeps_data(&self) -> bool {
        self.derived().keeps_data
    }

    /// Whether it looks at moments: then it needs those from before it began.
    #[must_use]
    pub fn reads_moments(&self) -> bool {
        self.derived().reads_moments
    }

    /// What is logged, and how each instruction is undone.
    pub(crate) fn logging(&self, strayed: bool) -> &Logging {
        let logging = &self.derived().logging[usize::from(strayed)];
        logging.get_or_init(|| Logging::new(self, strayed))
    }

    /// The code of the fast engine, without probes.
    pub(crate) fn fast_code(&self) -> &Arc<FastCode> {
        let make = || Arc::new(FastCode::new(self.instructions(), &Probes::none()));
        self.derived().fast.get_or_init(make)
    }
}

/// The listing, which is what anybody wants to see of a program.
impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instructions().iter().enumerate().try_for_each(|(i, it)| writeln!(f, "@{i} {it}"))
    }
}
