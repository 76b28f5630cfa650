//! Functions of the language that call no others: calls of the runtime, or a few instructions. Those
//! that do are in `walk`.

use palindrome_vm::Instruction;
use palindrome_vm::runtime::HEAD;

use super::Codegen;
use super::code::Jump;
use super::layout::is_reference;
use crate::hir::{BinaryOp, Expression, ExpressionKind, UnaryOp};
use crate::types::{Basic, BuiltinId, Type};

impl Codegen<'_> {
    pub(super) fn builtin(&mut self, id: BuiltinId, arguments: &[Expression], of: &Expression) {
        if self.moment_builtin(id, arguments, of) || self.library_builtin(id, arguments, of) {
            return;
        }
        let receiver = arguments.first().map(|one| self.of(&one.of));
        match receiver {
            Some(Type::Relation(fields)) => {
                self.list_method(id, &Type::Record(fields), arguments, of);
            }
            Some(Type::Answers(_)) => {
                self.of_answers(id.name(), arguments, of);
            }
            Some(Type::List(element)) => self.list_method(id, &element, arguments, of),
            Some(Type::Optional(inner)) if id.name() != "to_string" => {
                self.optional_method(id, &inner, arguments);
            }
            Some(Type::Basic(Basic::String)) => self.text_method(id, arguments, of),
            Some(Type::Basic(Basic::Bytes)) if id.name() != "to_string" => {
                self.given(arguments);
                self.at(of.span);
                match id.name() {
                    "length" => self.code.load_half(0, 1, 8),
                    _ => self.call_runtime("bytes_text"),
                }
            }
            Some(receiver) => self.number_method(id, &receiver, arguments, of),
            None => self.contradiction(&format!("`{}`", id.name()), of.span),
        }
    }

    /// Arguments in R1 and so on.
    pub(super) fn given(&mut self, arguments: &[Expression]) {
        if let [only] = arguments {
            self.value(only);
            self.code.copy(1, 0);
            return;
        }
        let height = self.frame.height;
        let slots: Vec<_> = arguments
            .iter()
            .map(|one| {
                self.value(one);
                self.save(0)
            })
            .collect();
        for (register, slot) in (1..).zip(slots) {
            self.restore(slot, register);
        }
        self.frame.drop_to(height, self.code.here());
    }

    fn optional_method(&mut self, id: BuiltinId, inner: &Type, arguments: &[Expression]) {
        let Some((first, rest)) = arguments.split_first() else { return };
        self.value(first);
        match id.name() {
            "is_none" => self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 }),
            "is_some" => {
                self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 });
                self.code.push(Instruction::IXorImm { dst: 0, src: 0, value: 1 });
            }
            _ => {
                let (missing, end) = (self.code.label(), self.code.label());
                self.code.jump(Jump::IfZero(0), missing);
                self.unwrap(inner, 0);
                self.code.jump(Jump::Always, end);
                self.code.place(missing);
                if let Some(other) = rest.first() {
                    self.value(other);
                }
                self.code.place(end);
            }
        }
    }

    fn text_method(&mut self, id: BuiltinId, arguments: &[Expression], of: &Expression) {
        self.given(arguments);
        self.at(of.span);
        let name = match id.name() {
            "length" => "text_length",
            "upper" => "text_upper",
            "lower" => "text_lower",
            "trim" => "text_trim",
            "split" => "text_split",
            "contains" => "text_contains",
            "starts_with" => "text_starts_with",
            "ends_with" => "text_ends_with",
            "has_words" => "text_has_words",
            "replace" => "text_replace",
            "slice" => "text_slice",
            "characters" => "text_characters",
            "to_int" => "text_to_int",
            "to_float" => "text_to_float",
            "to_decimal" => "text_to_decimal",
            "to_bytes" | "to_string" => return self.code.copy(0, 1),
            other => return self.contradiction(&format!("`{other}` of a text"), of.span),
        };
        self.call_runtime(name);
    }

    fn number_method(
        &mut self,
        id: BuiltinId,
        receiver: &Type,
        arguments: &[Expression],
        of: &Expression,
    ) {
        self.given(arguments);
        self.at(of.span);
        match (id.name(), receiver) {
            ("to_string", _) => {
                self.code.copy(0, 1);
                self.written(receiver);
            }
            ("to_float", &Type::INT) => {
                self.code.push(Instruction::IntToFloat { dst: 0, src: 1 });
            }
            ("to_float", _) => self.call_runtime("decimal_to_float"),
            ("to_decimal", &Type::INT) => self.call_runtime("decimal_of_int"),
            ("to_decimal", _) => self.call_runtime("decimal_of_float"),
            ("round" | "floor" | "ceil", _) => {
                self.code.set(
                    2,
                    match id.name() {
                        "floor" => -1,
                        "round" => 0,
                        _ => 1,
                    },
                );
                let is_float = *receiver == Type::FLOAT;
                self.call_runtime(if is_float { "float_to_int" } else { "decimal_to_int" });
            }
            ("sqrt", _) => self.code.push(Instruction::FSqrt { dst: 0, src: 1 }),
            ("abs", &Type::FLOAT) => {
                self.code.push(Instruction::IShlImm { dst: 0, src: 1, value: 1 });
                self.code.push(Instruction::IShrImm { dst: 0, src: 0, value: 1 });
            }
            ("abs", &Type::DECIMAL) => {
                let end = self.code.label();
                self.code.copy(0, 1);
                // Whether it is below 0 is bit 40 of its second word.
                self.code.load(2, 1, HEAD + 8);
                self.code.push(Instruction::IShrImm { dst: 2, src: 2, value: 40 });
                self.code.jump(Jump::IfZero(2), end);
                self.call_runtime("decimal_negate");
                self.code.place(end);
            }
            ("abs", _) => {
                let end = self.code.label();
                self.code.copy(0, 1);
                self.code.push(Instruction::CmpImm { src: 0, value: 0 });
                self.code.jump(Jump::GreaterOrEqual, end);
                self.apply_unary(UnaryOp::Negate, receiver, 0);
                self.code.place(end);
            }
            (other, _) => self.contradiction(&format!("`{other}`"), of.span),
        }
    }

    fn list_method(
        &mut self,
        id: BuiltinId,
        element: &Type,
        arguments: &[Expression],
        of: &Expression,
    ) {
        match id.name() {
            "map" | "filter" | "flat_map" | "fold" | "any" | "all" | "find" | "sort_by" | "sum"
            | "avg" | "min" | "max" | "zip" | "enumerate" => {
                return self.walk(id, element, arguments, of);
            }
            _ => {}
        }
        if matches!(id.name(), "count" | "is_empty") && self.count_direct(arguments, of) {
            if id.name() == "is_empty" {
                self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 });
            }
            return;
        }
        if let [Expression { kind: ExpressionKind::Query(query), .. }] = arguments {
            match id.name() {
                "first" if self.first_needed(query, element) => return,
                "is_empty" => {
                    self.exists(query);
                    return self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 });
                }
                _ => {}
            }
        }
        self.given(arguments);
        self.at(of.span);
        match id.name() {
            "count" => self.code.load_half(0, 1, 8),
            "is_empty" => {
                self.code.load_half(0, 1, 8);
                self.code.push(Instruction::EqualImm { dst: 0, src: 0, value: 0 });
            }
            "first" => self.end_of_list(element, false),
            "last" => self.end_of_list(element, true),
            "contains" => {
                let description = self.description(element);
                self.code.set(3, description);
                self.call_runtime("list_find");
                self.code.push(Instruction::LessThanImm { dst: 0, src: 0, value: 0 });
                self.code.push(Instruction::IXorImm { dst: 0, src: 0, value: 1 });
            }
            "to_list" => self.code.copy(0, 1),
            "reverse" => self.call_runtime("list_reverse"),
            "sort" => {
                let description = self.description(element);
                self.code.copy(2, 1);
                self.code.set(3, description);
                self.call_runtime("list_sort");
            }
            "distinct" => {
                let description = self.description(element);
                self.code.set(2, description);
                self.call_runtime("list_distinct");
            }
            "take" => {
                self.code.copy(3, 2);
                self.code.set(2, 0);
                self.call_runtime("list_slice");
            }
            "drop" => {
                self.code.set(3, i64::MAX);
                self.call_runtime("list_slice");
            }
            "join" => self.call_runtime("text_join"),
            "to_string" => {
                self.code.copy(0, 1);
                let of = Type::list(element.clone());
                self.written(&of);
            }
            other => self.contradiction(&format!("`{other}` of a list"), of.span),
        }
    }

    /// The first or last element of the list in R1, or none.
    fn end_of_list(&mut self, element: &Type, is_last: bool) {
        let end = self.code.label();
        self.code.load_half(0, 1, 8);
        self.code.jump(Jump::IfZero(0), end);
        if is_last {
            self.code.push(Instruction::ISubImm { dst: 2, src: 0, value: 1 });
            self.element_at(1, 2);
            self.code.copy(0, 1);
        } else {
            self.code.load(0, 1, HEAD);
        }
        self.wrap(element);
        self.code.place(end);
    }

    /// Whether lists of a type hold references, as a number.
    pub(super) fn holds_references(of: &Type) -> i64 {
        i64::from(is_reference(of))
    }

    /// The sum of the values in R0 and R1.
    pub(super) fn sum(&mut self, of: &Type, at: &Expression) {
        self.operator(BinaryOp::Add, (of, of), at);
    }
}
