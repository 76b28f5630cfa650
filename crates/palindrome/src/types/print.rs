//! Types as they are written.

use std::fmt::Write as _;

use super::{Basic, Effect, EffectId, Fields, Type, Union};

/// Bytes of a printed type, after which `…` stands for the rest.
const TEXT_MAX: usize = 160;

/// Writes a type. `effect` says what is known of a function's effect so far.
pub(crate) fn print(of: &Type, unions: &[Union], effect: &dyn Fn(EffectId) -> Effect) -> String {
    let mut out = String::new();
    Printer { unions, effect }.write(&mut out, of);
    if out.len() > TEXT_MAX {
        out.truncate(out.floor_char_boundary(TEXT_MAX));
        out.push('…');
    }
    out
}

struct Printer<'a> {
    unions: &'a [Union],
    effect: &'a dyn Fn(EffectId) -> Effect,
}

impl Printer<'_> {
    fn write(&self, out: &mut String, of: &Type) {
        if out.len() > TEXT_MAX {
            return;
        }
        match of {
            Type::Unknown | Type::Variable(_) => out.push('_'),
            Type::Parameter(name) => out.push_str(name),
            Type::Basic(basic) => out.push_str(name(*basic)),
            Type::Optional(part) => {
                let is_function = matches!(**part, Type::Function(_));
                self.write_grouped(out, part, is_function);
                out.push('?');
            }
            Type::List(part) => {
                out.push('[');
                self.write(out, part);
                out.push(']');
            }
            Type::Record(fields) => self.write_fields(out, fields),
            Type::Relation(fields) => {
                out.push_str("Relation<");
                self.write_fields(out, fields);
                out.push('>');
            }
            Type::Answers(part) => {
                out.push_str("Answers<");
                self.write(out, part);
                out.push('>');
            }
            Type::Union(id, arguments) => {
                let union = self.unions.get(id.0 as usize);
                out.push_str(union.map_or("_", |union| &union.name));
                if !arguments.is_empty() {
                    out.push('<');
                    self.write_all(out, arguments);
                    out.push('>');
                }
            }
            Type::Function(function) => {
                match (self.effect)(function.effect_id()) {
                    Effect::Pure => {}
                    effect => {
                        let _ = write!(out, "{effect} ");
                    }
                }
                match function.parameters.as_slice() {
                    [one] => self.write_grouped(out, one, matches!(one, Type::Function(_))),
                    parameters => {
                        out.push('(');
                        self.write_all(out, parameters);
                        out.push(')');
                    }
                }
                out.push_str(" -> ");
                self.write(out, &function.result);
            }
        }
    }

    fn write_grouped(&self, out: &mut String, of: &Type, is_grouped: bool) {
        if is_grouped {
            out.push('(');
        }
        self.write(out, of);
        if is_grouped {
            out.push(')');
        }
    }

    fn write_all(&self, out: &mut String, all: &[Type]) {
        for (index, one) in all.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            self.write(out, one);
        }
    }

    fn write_fields(&self, out: &mut String, fields: &Fields) {
        out.push('{');
        for (index, (name, field)) in fields.iter().enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            let _ = write!(out, "{name}: ");
            self.write(out, field);
        }
        out.push('}');
    }
}

/// The name of a type without parts.
fn name(of: Basic) -> &'static str {
    match of {
        Basic::Never => "Never",
        Basic::Nothing
        | Basic::Int
        | Basic::Float
        | Basic::Decimal
        | Basic::Bool
        | Basic::String
        | Basic::Bytes
        | Basic::Timestamp
        | Basic::Duration
        | Basic::Moment => {
            Basic::ALL.iter().find(|(_, basic)| *basic == of).map_or("_", |(name, _)| name)
        }
    }
}
