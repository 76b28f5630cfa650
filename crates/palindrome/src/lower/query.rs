//! Queries.

use std::rc::Rc;

use super::Lowerer;
use crate::ast::{self, Quantifier, View as _};
use crate::form::{self, ExpressionKind as Form, SourceJoin};

impl Lowerer {
    pub(super) fn query(&mut self, found: ast::Query<'_>) -> form::Query {
        let node = found.node();
        let mut sources = Vec::new();
        for source in found.sources() {
            let within = source.node();
            let rows = self.value(source.rows(), within);
            let condition = source.condition().map(|one| self.expression(one));
            let join = match (source.is_left(), condition) {
                (true, condition) => SourceJoin::Left(condition),
                (false, None) => SourceJoin::Cross,
                (false, condition) => SourceJoin::Inner(condition),
            };
            let alias = source.alias().map(|name| self.name(Some(name), within));
            sources.push(form::Source { rows, alias, join });
        }
        let filter = found.filter().map(|one| self.value(one.condition(), one.node()));
        let groups = match found.group() {
            Some(group) => group.keys().map(|one| self.selected(one)).collect(),
            None => Vec::new(),
        };
        let mut order = Vec::new();
        for key in found.order().into_iter().flat_map(ast::OrderBy::keys) {
            let value = self.value(key.key(), key.node());
            order.push(form::SortKey { value, is_descending: key.is_descending() });
        }
        let limit = found.limit().map(|one| self.value(one.count(), one.node()));
        let mut columns = Vec::new();
        for item in found.select().into_iter().flat_map(ast::Select::items) {
            columns.push(self.selected(item));
        }
        form::Query {
            sources,
            filter,
            is_grouped: found.group().is_some(),
            groups,
            order,
            limit,
            columns,
            span: self.span(node),
        }
    }

    fn selected(&mut self, found: ast::Selected<'_>) -> form::Select {
        let node = found.node();
        let value = self.value(found.value(), node);
        form::Select { name: found.alias().map(|name| self.name(Some(name), node)), value }
    }

    pub(super) fn quantified(&mut self, found: ast::Quantified<'_>) -> Form {
        let node = found.node();
        match found.quantifier() {
            Some(Quantifier::Exists) => Form::Exists(self.boxed(found.rows(), node)),
            Some(Quantifier::First) => Form::First(self.boxed(found.rows(), node)),
            Some(Quantifier::Only) => Form::Only(self.boxed(found.rows(), node)),
            Some(Quantifier::Once) => self.asked(found, "once"),
            Some(Quantifier::All) => self.asked(found, "all"),
            Some(Quantifier::Limit) => self.asked(found, "limit"),
            None => Form::Wrong,
        }
    }

    /// `once Q` is `Q.once()`, `limit n Q` is `Q.limit(n)`.
    fn asked(&mut self, found: ast::Quantified<'_>, method: &str) -> Form {
        let node = found.node();
        let base = self.boxed(found.rows(), node);
        let arguments = found.count().map(|count| self.expression(count)).into_iter().collect();
        let name = form::Name { text: Rc::from(method), span: self.span(node) };
        let kind = Form::Field { base, name, if_present: false };
        let method = Box::new(form::Expression { kind, span: self.span(node) });
        Form::Call(method, arguments)
    }
}
