//! Three-way merge of tapes that went apart.
