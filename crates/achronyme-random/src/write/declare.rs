//! Declarations of variables, functions and types.

use crate::author::{Author, FUNCTION_COST, Place};
use crate::types::{Field, Type};

impl Author {
    /// `let` or `mut` with a name.
    pub(crate) fn declaration(&mut self) -> String {
        let mutable = self.dice.chance(60);
        let kind = self.any_type(2);
        let value = self.expression(&kind, 3);
        let name = self.name();
        let word = if mutable { "mut" } else { "let" };
        let annotation =
            if self.dice.chance(15) { format!(": {}", self.written(&kind)) } else { String::new() };
        self.declare(
            &name,
            &kind,
            mutable && !matches!(kind, Type::Generator(_) | Type::Future(_)),
        );
        format!("{word} {name}{annotation} = {value}")
    }

    /// A function with a name, of one of several sorts.
    pub(crate) fn named_function(&mut self) -> String {
        if self.place.depth > 2 {
            return self.declaration();
        }
        match self.dice.below(10) {
            0 | 1 => self.counter(),
            2 | 3 => self.object(),
            4 => self.generator_function(),
            5 => self.async_function(),
            _ => self.plain_function(),
        }
    }

    fn plain_function(&mut self) -> String {
        let kind = self.function_type(1);
        let Type::Function(signature) = &kind else { return self.print() };
        let (lambda, cost) = self.lambda(signature, FUNCTION_COST, 3);
        let name = self.name();
        self.declare_function(&name, &kind, false, cost);
        format!("let {name} = {lambda}")
    }

    /// A function that makes functions around a variable of its own.
    fn counter(&mut self) -> String {
        let kind = self.plain_type(1);
        let (maker, state) = (self.name(), self.new_name("state"));
        let place = Place { receiver: self.place.receiver.clone(), ..Place::default() };
        let (start, _) = self.function(60, place.clone(), |author| author.expression(&kind, 2));
        let ((change, peek), _) = self.function(60, place.clone(), |author| {
            author.declare(&state, &kind, true);
            let inner = Place { returns: Some(kind.clone()), ..place.clone() };
            author.function(20, inner, |author| (author.change(2), author.expression(&kind, 2))).0
        });
        let fields = [
            ("next2", Type::function(vec![], kind.clone())),
            ("x", Type::function(vec![], kind.clone())),
        ];
        let fields: Vec<Field> =
            fields.into_iter().map(|(name, kind)| Field { name, kind, mutable: false }).collect();
        let record = Type::Record(fields.into());
        self.declare_function(&maker, &Type::function(vec![], record.clone()), false, 60);
        let (one, two) = (self.new_name("one"), self.new_name("two"));
        self.declare(&one, &record, false);
        self.declare(&two, &record, false);
        format!(
            "let {maker} = () => do {{\nmut {state} = {start}\n{{next2: () => do {{ {change}; {state} }}, x: () => {peek}}}\n}}\n\
             let {one} = {maker}()\nlet {two} = {maker}()"
        )
    }

    /// A record with fields and methods that use them.
    fn object(&mut self) -> String {
        let kind = self.record_type(1, false);
        let Type::Record(fields) = &kind else { return self.print() };
        let mut items = vec![self.expression(&kind, 2)];
        let mut all: Vec<Field> = fields.to_vec();
        for name in ["get", "put", "also"] {
            if self.dice.chance(30) || all.iter().any(|field| field.name == name) {
                continue;
            }
            let Type::Function(signature) = self.function_type(0) else { continue };
            let place = Place {
                returns: Some(signature.result.clone()),
                receiver: Some(Type::Record(all.clone().into())),
                ..Place::default()
            };
            let ((head, change, value), _) = self.function(50, place, |author| {
                let head = author.parameters(&signature, 2);
                (head, author.change(2), author.expression(&signature.result, 2))
            });
            items.push(format!("{name}: {head} => do {{ {change}\n{value} }}"));
            all.push(Field { name, kind: Type::Function(signature), mutable: false });
        }
        // The fields come first, without the braces around them.
        let name = self.name();
        self.declare(&name, &Type::Record(all.into()), false);
        let first = format!("...{}", items.remove(0));
        items.insert(0, first);
        format!("let {name} = {{{}}}", items.join(",\n"))
    }

    fn generator_function(&mut self) -> String {
        let element = self.plain_type(1);
        let kind = Type::function(vec![Type::Number], Type::generator(element.clone()));
        let parameter = self.name();
        let place = Place::default();
        let (block, _) = self.function(60, place, |author| {
            author.declare(&parameter, &Type::Number, false);
            author.generating(&element, 2)
        });
        let name = self.name();
        self.declare(&name, &kind, false);
        let generator = self.new_name("g");
        let argument = self.expression(&Type::Number, 1);
        self.declare(&generator, &Type::generator(element), false);
        let head = match self.dice.below(6) {
            0 => format!("({parameter}: Number): Generator"),
            1 => format!("({parameter} = 3, other = {parameter})"),
            2 => format!("({parameter}: Number | String)"),
            _ => parameter,
        };
        format!("let {name} = {head} => generate {block}\nlet {generator} = {name}({argument})")
    }

    fn async_function(&mut self) -> String {
        let result = self.plain_type(1);
        let kind = Type::function(vec![Type::Number], Type::future(result.clone()));
        let parameter = self.name();
        let place = Place { returns: Some(result.clone()), ..Place::default() };
        let (block, _) = self.function(60, place, |author| {
            author.declare(&parameter, &Type::Number, false);
            let first = author.change(2);
            let wait = format!("await sleep({})", author.dice.below(4));
            let second = author.change(2);
            let value = author.expression(&result, 2);
            format!("{{\n{first}\n{wait}\n{second}\n{value}\n}}")
        });
        let name = self.name();
        self.declare(&name, &kind, false);
        let head = match self.dice.below(6) {
            0 => format!("({parameter}: Number)"),
            1 => format!("({parameter}: String | Number): Any"),
            2 => format!("({parameter} = {})", self.literal(&Type::Number)),
            3 => format!("({parameter}, second = {{ {parameter}: {parameter} }}.{parameter})"),
            _ => parameter,
        };
        format!("let {name} = async {head} => do {block}")
    }

    /// `type`.
    pub(crate) fn alias_of_type(&mut self) -> String {
        let kind = self.plain_type(2);
        let name = self.new_name("T");
        let text = self.written(&kind);
        self.aliases.push((name.clone(), kind));
        format!("type {name} = {text}")
    }
}
