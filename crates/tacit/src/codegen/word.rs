//! Words, quoted words, and words followed by braces.

use isa::{DecodeError, Feed, OpInfo};
use source::{Diagnostic, Span};
use tacit_vm::{Instruction, OperandKind, WordKind};

use super::Generator;
use super::names::Found;
use super::routine::Op;
use crate::alias::{ALIASES, built_in};
use crate::codes;
use crate::effect::{self, Effect, known};
use crate::keyword::{KEYWORDS, is_keyword};
use crate::library;
use crate::syntax::ast::Body;
use crate::syntax::parser::stray_block;

/// Diagnostics of a text after which no more names are compared.
const NEAREST_MAX: usize = 100;

/// What a name means where it stands.
pub(super) enum Meaning {
    Local(u8),
    BuiltIn(&'static OpInfo<OperandKind>),
    Word(Found),
    Unknown,
}

impl Generator<'_> {
    /// What a name means here. A word of the library that is not there yet is compiled.
    pub(super) fn meaning(&mut self, name: &str) -> Meaning {
        if let Some(slot) = self.routine.slot(name) {
            return Meaning::Local(slot);
        }
        if let Some(op) = built_in(name) {
            return Meaning::BuiltIn(op);
        }
        match self.own_word(name).or_else(|| self.library_word(name)) {
            Some(found) => Meaning::Word(found),
            None => Meaning::Unknown,
        }
    }

    /// A word of the program; the definition being compiled is one, too. The library sees none.
    pub(super) fn own_word(&self, name: &str) -> Option<Found> {
        if self.routine.is_library {
            return None;
        }
        let current = self.routine.word.filter(|id| self.names.new[*id].name == name);
        current.map(|id| self.names.found(id)).or_else(|| self.names.find(&self.memory, name))
    }

    fn library_word(&mut self, name: &str) -> Option<Found> {
        if let Some(id) = self.pending.iter().find(|id| self.names.new[**id].name == name) {
            return Some(self.names.found(*id));
        }
        let word = library::find(name)?;
        match self.names.find_library(&self.memory, name) {
            Some(found) => Some(Found { effect: found.effect.or(word.effect()), ..found }),
            None => self.compile_library(word),
        }
    }

    pub(super) fn word(&mut self, name: &str, span: Span) -> Effect {
        match self.meaning(name) {
            Meaning::Local(slot) => {
                if self.is_local_allowed(name, span) {
                    self.plain(Instruction::LocalGet { slot }, span);
                }
                known(0, 1)
            }
            Meaning::BuiltIn(op) => self.built_in(op, span),
            Meaning::Word(found) => self.use_word(name, found, span),
            Meaning::Unknown => {
                self.unknown(name, span);
                None
            }
        }
    }

    fn built_in(&mut self, op: &OpInfo<OperandKind>, span: Span) -> Effect {
        let instruction = instruction(op.code)?;
        if instruction == Instruction::Exit {
            self.exit(span);
            return None;
        }
        self.plain(instruction, span);
        effect::of_word(op)
    }

    fn use_word(&mut self, name: &str, found: Found, span: Span) -> Effect {
        match found.kind {
            WordKind::Definition | WordKind::Library => {
                self.op(Op::Call(found.id), span);
                found.effect
            }
            WordKind::Global => {
                self.plain(Instruction::GlobalGet { index: found.value }, span);
                known(0, 1)
            }
            WordKind::Symbol => {
                self.op(Op::Symbol(found.id), span);
                known(0, 1)
            }
            WordKind::Mark => {
                let message = format!("The mark {name} is no word to run");
                let diagnostic = Diagnostic::error(codes::NOT_A_VALUE, self.place(span), message);
                self.error(diagnostic.with_hint(format!(
                    "`forget {name}` goes back to it; `symbol` makes a name that stands for itself"
                )));
                None
            }
        }
    }

    /// Returns from the innermost block or the definition, out of the loops there.
    fn exit(&mut self, span: Span) {
        let inside = self.routine.inside;
        if inside.brackets > 0 {
            let message = "'exit' between brackets would leave them open";
            let diagnostic = Diagnostic::error(codes::EXIT_IN_BRACKETS, self.place(span), message);
            self.error(diagnostic.with_hint("close the bracket first"));
        }
        for _ in 0..inside.loops {
            self.plain(Instruction::Unloop, span);
        }
        // Whether a definition has variables is known at its end; see there.
        let is_outside = self.routine.word.is_none() && inside.blocks == 0;
        self.plain(if is_outside { Instruction::End } else { Instruction::Exit }, span);
        if inside.blocks == 0 {
            self.routine.exits.push(self.routine.steps.len() - 1);
        }
    }

    pub(super) fn quote(&mut self, name: &str, span: Span) -> Effect {
        match self.meaning(name) {
            Meaning::BuiltIn(op) if !is_bracket(op.mnemonic) => {
                self.plain(Instruction::LiteralSymbol { at: op.code.into() }, span);
            }
            Meaning::Word(Found { id, kind, .. }) if kind != WordKind::Mark => {
                self.op(Op::Symbol(id), span);
            }
            Meaning::Unknown => {
                let message = format!("Undefined word: {name}");
                let diagnostic =
                    Diagnostic::error(codes::UNDEFINED_QUOTE, self.place(span), message);
                let hint = if name.is_empty() {
                    "a name follows the backtick at once".to_owned()
                } else if is_keyword(name) {
                    format!("`{name}` belongs to the syntax")
                } else {
                    let nearest = self.nearest(name);
                    nearest.unwrap_or(format!("`symbol {name}` makes it stand for itself"))
                };
                self.error(diagnostic.with_hint(hint));
            }
            Meaning::Local(_) | Meaning::BuiltIn(_) | Meaning::Word(_) => {
                let message = format!("{name} cannot be quoted: it is no word to run");
                let diagnostic = Diagnostic::error(codes::NOT_A_VALUE, self.place(span), message);
                self.error(diagnostic);
            }
        }
        known(0, 1)
    }

    /// `word { … }`
    pub(super) fn with(
        &mut self,
        name: &str,
        body: &Body,
        next: Option<&str>,
        span: Span,
    ) -> Effect {
        match self.meaning(name) {
            Meaning::BuiltIn(op) if effect::takes_code(op) => match op.mnemonic {
                "for-each" => self.for_each(body, span),
                "reduce" => self.reduce(body, span),
                "times" => self.times(body, span),
                _ => {
                    self.block(body, span);
                    effect::then(known(0, 1), self.built_in(op, span))
                }
            },
            Meaning::Word(found)
                if matches!(found.kind, WordKind::Definition | WordKind::Library) =>
            {
                self.block(body, span);
                effect::then(known(0, 1), self.use_word(name, found, span))
            }
            Meaning::Unknown => {
                self.unknown(name, span);
                None
            }
            Meaning::Local(_) | Meaning::BuiltIn(_) | Meaning::Word(_) => {
                let diagnostic = stray_block(next, self.place(span));
                self.error(diagnostic.with_label(format!("{name} takes no code")));
                None
            }
        }
    }

    pub(super) fn unknown(&mut self, name: &str, span: Span) {
        let place = self.place(span);
        if self.routine.later.iter().any(|later| later == name) {
            let message = format!("Local {name} is read before it is set");
            let diagnostic = Diagnostic::error(codes::LOCAL_UNSET, place, message);
            self.error(diagnostic.with_hint(format!("`-> {name}` comes later in the definition")));
            return;
        }
        let diagnostic =
            Diagnostic::error(codes::UNKNOWN_WORD, place, format!("Unknown word: {name}"));
        let diagnostic = match self.advice(name) {
            Some(hint) => diagnostic.with_hint(hint),
            None => diagnostic,
        };
        self.error(diagnostic);
    }

    fn advice(&self, name: &str) -> Option<String> {
        let fixed = match name {
            "ELSE" => Some("ELSE follows the block of an IF"),
            "DO" => Some("DO follows the condition of a WHILE"),
            "#" => Some("comments begin with //"),
            "," => Some("items are separated by blanks"),
            "@" | "@@" => Some("a quoted word is written `name"),
            _ => None,
        };
        if let Some(hint) = fixed {
            return Some(hint.to_owned());
        }
        let is_mark = |c: char| matches!(c, ';' | '[' | ']' | '{' | '}' | ',');
        if name.len() > 1
            && let Some(mark) = name.chars().find(|c| is_mark(*c))
        {
            return Some(format!(
                "`{mark}` is part of the word; words end at blanks: write one around `{mark}`"
            ));
        }
        let is_exponent = name.strip_prefix(['e', 'E']).is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
        });
        if is_exponent {
            return Some(format!("an exponent has a sign: `1e+{}`", &name[1..]));
        }
        self.nearest(name)
    }

    /// "did you mean …?", if there is a name like it.
    pub(super) fn nearest(&self, name: &str) -> Option<String> {
        // Of a text that is no program at all, only the beginning is told.
        if self.diagnostics.len() >= NEAREST_MAX {
            return None;
        }
        let own = self.names.names(&self.memory);
        let words = Instruction::TABLE.iter().map(|op| op.mnemonic).filter(|m| !m.starts_with('('));
        let names = self.routine.locals.iter().chain(&own).map(String::as_str);
        let names = names.chain(words).chain(ALIASES.iter().map(|(alias, _)| *alias));
        let names = names.chain(KEYWORDS.iter().map(|keyword| keyword.name));
        let nearest = source::nearest(name, names.chain(library::names()))?;
        Some(format!("did you mean `{nearest}`?"))
    }
}

/// The instruction of a word.
fn instruction(code: u8) -> Option<Instruction> {
    Instruction::unpack(code, &mut NoOperands).ok()
}

fn is_bracket(mnemonic: &str) -> bool {
    matches!(mnemonic, "[" | "]" | "#[" | "]#" | ":[" | "]:")
}

/// Words have no operands.
struct NoOperands;

impl Feed for NoOperands {
    fn small(&mut self) -> Result<u8, DecodeError> {
        Err(DecodeError::MissingOperand)
    }

    fn wide(&mut self) -> Result<i64, DecodeError> {
        Err(DecodeError::MissingOperand)
    }

    fn text(&mut self) -> Result<String, DecodeError> {
        Err(DecodeError::MissingOperand)
    }
}
