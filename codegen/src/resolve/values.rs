//! Constants' values (<https://webidl.spec.whatwg.org/#idl-constants>) and default values
//! (<https://webidl.spec.whatwg.org/#dfn-optional-argument-default-value>).

use super::Resolver;
use crate::diagnostic::{Diagnostic, Kind};
use crate::model::{DefaultValue, Number, Type};
use crate::source::Span;
use crate::syntax::{Default, Literal};

impl Resolver<'_> {
    /// A default value for a type; none, with an error, if it isn't one of it.
    pub fn default(&mut self, default: &Default, ty: &Type) -> Option<DefaultValue> {
        let value = self.value(&default.value, ty);
        if value.is_none() {
            let mut error = Diagnostic::new(
                Kind::Value,
                default.span,
                format!("{} is no value of {}", describe(&default.value), self.describe(ty)),
            );
            if let (Literal::String(_), Type::Enumeration(id)) = (&default.value, ty.without_null()) {
                let definition = self.names.enumerations[id.0 as usize];
                error = error.related(definition.name.span, "its values are here");
            }
            self.errors.push(error);
        }
        value
    }

    fn value(&self, literal: &Literal, ty: &Type) -> Option<DefaultValue> {
        use DefaultValue as V;
        match (literal, ty) {
            (Literal::Null, Type::Nullable(_) | Type::Any) => Some(V::Null),
            (Literal::Undefined, ty) if *ty == Type::Any || ty.includes_undefined() => Some(V::Undefined),
            (_, Type::Nullable(inner)) => self.value(literal, inner),
            (_, Type::Union(union)) => {
                let mut members = union.members.iter().enumerate();
                let value = |(index, member)| Some(V::Union(index, Box::new(self.value(literal, member)?)));
                members.find_map(value)
            }
            (Literal::Boolean(value), Type::Boolean | Type::Any) => Some(V::Boolean(*value)),
            (Literal::Integer(value), Type::Integer(integer)) => {
                integer.kind.range().contains(value).then_some(V::Integer(*value))
            }
            (Literal::Integer(value), Type::Any | Type::BigInt) => Some(V::Integer(*value)),
            (Literal::Integer(value), Type::Float(_)) => Some(V::Float(*value as f64)),
            (Literal::Float(value), Type::Float(float)) => {
                (float.unrestricted || value.is_finite()).then_some(V::Float(*value))
            }
            (Literal::Float(value), Type::Any) => Some(V::Float(*value)),
            (Literal::String(value), Type::String(_) | Type::Any) => Some(V::String(value.clone())),
            (Literal::String(value), Type::Enumeration(id)) => {
                let crate::syntax::DefinitionKind::Enumeration { values } =
                    &self.names.enumerations[id.0 as usize].kind
                else {
                    return None;
                };
                let index = values.iter().position(|it| it.text == *value)?;
                Some(V::Enumeration(*id, index))
            }
            (Literal::EmptySequence, Type::Sequence(_) | Type::AsyncSequence(_)) => Some(V::EmptySequence),
            (Literal::EmptyDictionary, Type::Dictionary(_) | Type::Record(_)) => Some(V::EmptyDictionary),
            _ => None,
        }
    }

    /// A constant's value.
    pub fn constant(&mut self, literal: &Literal, ty: &Type, span: Span) -> Number {
        let number = match (literal, ty) {
            (Literal::Boolean(value), Type::Boolean) => Some(Number::Boolean(*value)),
            (Literal::Integer(value), Type::Integer(integer)) if integer.kind.range().contains(value) => {
                Some(Number::Integer(*value))
            }
            (Literal::Integer(value), Type::Float(_)) => Some(Number::Float(*value as f64)),
            (Literal::Float(value), Type::Float(float)) if float.unrestricted || value.is_finite() => {
                Some(Number::Float(*value))
            }
            // The type was wrong already.
            (_, Type::Any) => Some(Number::Boolean(false)),
            (_, Type::Boolean | Type::Integer(_) | Type::Float(_)) => None,
            (_, ty) => {
                let message = format!("a constant is a boolean or a number, not {}", self.describe(ty));
                self.error(Kind::Type, span, message);
                return Number::Boolean(false);
            }
        };
        number.unwrap_or_else(|| {
            let message = format!("{} is no value of {}", describe(literal), self.describe(ty));
            self.error(Kind::Value, span, message);
            Number::Boolean(false)
        })
    }
}

fn describe(literal: &Literal) -> String {
    match literal {
        Literal::Null => "`null`".into(),
        Literal::Undefined => "`undefined`".into(),
        Literal::Boolean(value) => format!("`{value}`"),
        Literal::Integer(value) => format!("`{value}`"),
        Literal::Float(value) if value.is_infinite() => {
            format!("`{}Infinity`", if *value < 0.0 { "-" } else { "" })
        }
        Literal::Float(value) => format!("`{value:?}`"),
        Literal::String(value) => format!("{value:?}"),
        Literal::EmptySequence => "`[]`".into(),
        Literal::EmptyDictionary => "`{}`".into(),
    }
}
