//! Types as they are written.

use std::rc::Rc;

use super::Lower;
use crate::ast::{self, View};
use crate::hir::{Annotation, AnnotationKind, FieldAnnotation};
use crate::syntax::{Node, SyntaxKind, Token, number_value};

impl Lower {
    pub(super) fn annotation(&mut self, written: ast::Type<'_>) -> Annotation {
        let node = written.node();
        let kind = match written {
            ast::Type::NameType(name) => {
                AnnotationKind::Name(self.name_or_none(name.name(), node).text)
            }
            ast::Type::TensorType(tensor) => AnnotationKind::Tensor {
                element: Box::new(self.annotation_or_any(tensor.element(), node)),
                shape: tensor.shape().map(|sizes| sizes.map(|size| self.size(size)).collect()),
            },
            ast::Type::RecordType(record) => AnnotationKind::Record(
                record.fields().map(|field| self.field_type(field)).collect(),
            ),
            ast::Type::FunctionType(function) => AnnotationKind::Function {
                parameters: function.parameters().map(|of| self.annotation(of)).collect(),
                result: Box::new(self.annotation_or_any(function.result(), node)),
            },
            ast::Type::ParenType(inner) => return self.annotation_or_any(inner.inner(), node),
            ast::Type::OptionalType(optional) => {
                let inner = self.annotation_or_any(optional.inner(), node);
                let null = AnnotationKind::Name(Rc::from("null"));
                AnnotationKind::Union(vec![inner, Annotation { kind: null, span: self.span(node) }])
            }
            ast::Type::UnionType(union) => {
                AnnotationKind::Union(union.members().map(|of| self.annotation(of)).collect())
            }
        };
        Annotation { kind, span: self.span(node) }
    }

    pub(super) fn annotation_or_any(
        &mut self,
        written: Option<ast::Type<'_>>,
        around: Node<'_>,
    ) -> Annotation {
        match written {
            Some(written) => self.annotation(written),
            None => {
                let kind = AnnotationKind::Name(Rc::from("Any"));
                Annotation { kind, span: self.span(around) }
            }
        }
    }

    fn field_type(&mut self, field: ast::FieldType<'_>) -> FieldAnnotation {
        FieldAnnotation {
            name: self.name_or_none(field.key(), field.node()),
            optional: field.is_optional(),
            mutable: field.is_mut(),
            annotation: self.annotation_or_any(field.annotation(), field.node()),
        }
    }

    /// The length of an axis.
    fn size(&mut self, token: Token<'_>) -> Option<u32> {
        if token.kind() != SyntaxKind::Number {
            return None;
        }
        let value = number_value(token.text());
        if value.fract() == 0.0 && value <= f64::from(u32::MAX) {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number in range"
            )]
            return Some(value as u32);
        }
        let at = token.span(self.source);
        self.limit(at, "the length of an axis is a whole number below 2^32");
        None
    }
}
