//! Second names of built-in words.

/// A second name, and the word that it means.
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("pow", "^"),
    ("mod", "!"),
    ("min", "&"),
    ("max", "|"),
    ("neg", "m-"),
    ("sign", "m*"),
    ("floor", "m_"),
    ("reciprocal", "m%"),
    ("m~", "not"),
    ("enlist", "m,"),
    ("fold", "reduce"),
    ("len", "length"),
    ("at", "get"),
    ("each", "for-each"),
    ("stack-depth", "depth"),
    ("substring", "slice"),
    ("to-string", "string"),
    ("!=", "<>"),
];

/// The row of a built-in word, by its own or a second name.
pub(crate) fn built_in(name: &str) -> Option<&'static isa::OpInfo<tacit_vm::OperandKind>> {
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, word)| *word);
    let mut words = tacit_vm::Instruction::TABLE.iter().filter(|op| !op.mnemonic.starts_with('('));
    words.find(|op| op.mnemonic == name)
}
