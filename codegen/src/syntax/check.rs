//! What weedle takes although the grammar doesn't: empty lists of extended attributes, keywords as names, unions of
//! one, misplaced members.

use super::lexer::{Token, TokenKind};
use super::{
    Argument, Attribute, Definition, DefinitionKind, Identifier, Member, MemberKind, Type, TypeKind,
};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{FileId, Span};

/// Keywords that are no identifiers unless written with a leading `_`
/// (<https://webidl.spec.whatwg.org/#prod-identifier> and the terminals of the grammar).
const KEYWORDS: [&str; 52] = [
    "ArrayBuffer",
    "ByteString",
    "DOMString",
    "DataView",
    "Float16Array",
    "Float32Array",
    "Float64Array",
    "FrozenArray",
    "Infinity",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "NaN",
    "ObservableArray",
    "Promise",
    "SharedArrayBuffer",
    "USVString",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "any",
    "async_iterable",
    "async_sequence",
    "attribute",
    "bigint",
    "boolean",
    "byte",
    "const",
    "constructor",
    "deleter",
    "double",
    "false",
    "float",
    "getter",
    "inherit",
    "long",
    "null",
    "object",
    "octet",
    "optional",
    "or",
    "readonly",
    "record",
    "sequence",
    "setter",
    "short",
    "static",
    "symbol",
    "true",
    "undefined",
    "unsigned",
];

/// Checks that only need tokens.
pub(super) fn tokens(file: FileId, text: &str, tokens: &[Token], errors: &mut Vec<Diagnostic>) {
    for (index, pair) in tokens.windows(2).enumerate() {
        let range = pair[0].start..pair[1].end;
        let span = Span::new(file, range.start, range.end);
        // `= []` is a default value.
        if pair[0].is('[')
            && pair[1].is(']')
            && index.checked_sub(1).is_none_or(|before| !tokens[before].is('='))
        {
            errors.push(Diagnostic::new(Kind::Syntax, span, "a list of extended attributes can't be empty"));
        }
        if pair[0].text(text) == "any" && pair[1].is('?') {
            errors.push(Diagnostic::new(Kind::Type, span, "`any` already includes null"));
        }
        let wordy = |token: &Token| matches!(token.kind, TokenKind::Identifier | TokenKind::Number);
        if wordy(&pair[0]) && wordy(&pair[1]) && pair[0].end == pair[1].start {
            let words = text[range].to_owned();
            errors.push(Diagnostic::new(
                Kind::Syntax,
                span,
                format!("`{words}` is no identifier and no number"),
            ));
        }
    }
}

/// Checks that need the syntax model.
pub(super) fn definition(text: &str, definition: &Definition, errors: &mut Vec<Diagnostic>) {
    let mut checker = Checker { text, errors };
    if !matches!(definition.kind, DefinitionKind::Includes { .. }) {
        checker.name(&definition.name);
    }
    checker.attributes(&definition.attributes);
    match &definition.kind {
        DefinitionKind::Interface { members, .. } => checker.members(definition, members),
        DefinitionKind::CallbackInterface { members } => checker.members(definition, members),
        DefinitionKind::Mixin { members } => checker.members(definition, members),
        DefinitionKind::Namespace { members } => checker.members(definition, members),
        DefinitionKind::Dictionary { members, .. } => {
            for member in members {
                checker.attributes(&member.attributes);
                checker.ty(&member.ty);
            }
        }
        DefinitionKind::Callback { return_type, arguments } => {
            checker.ty(return_type);
            checker.arguments(arguments);
        }
        DefinitionKind::Typedef { ty } => checker.ty(ty),
        DefinitionKind::Enumeration { .. } | DefinitionKind::Includes { .. } => {}
    }
}

struct Checker<'a> {
    text: &'a str,
    errors: &'a mut Vec<Diagnostic>,
}

impl Checker<'_> {
    fn name(&mut self, name: &Identifier) {
        let escaped = self.text[..name.span.range().start].ends_with('_');
        if !escaped && KEYWORDS.contains(&name.text.as_str()) {
            let error = Diagnostic::new(Kind::Syntax, name.span, format!("`{}` is a keyword", name.text));
            self.errors.push(error.help(format!("as a name it is written `_{}`", name.text)));
        }
    }

    fn members(&mut self, definition: &Definition, members: &[Member]) {
        for member in members {
            self.attributes(&member.attributes);
            match &member.kind {
                MemberKind::Constant { ty, .. } | MemberKind::Attribute { ty, .. } => self.ty(ty),
                MemberKind::Operation { return_type, arguments, .. } => {
                    self.ty(return_type);
                    self.arguments(arguments);
                }
                MemberKind::Constructor { arguments } => self.arguments(arguments),
                MemberKind::Iterable { key, value } => {
                    key.iter().for_each(|key| self.ty(key));
                    self.ty(value);
                }
                MemberKind::AsyncIterable { key, value, arguments } => {
                    key.iter().for_each(|key| self.ty(key));
                    self.ty(value);
                    self.arguments(arguments);
                }
                MemberKind::Maplike { key, value, .. } => {
                    self.ty(key);
                    self.ty(value);
                }
                MemberKind::Setlike { value, .. } => self.ty(value),
                MemberKind::Stringifier => {}
            }
            let misplaced = match (&definition.kind, &member.kind) {
                (DefinitionKind::CallbackInterface { .. }, MemberKind::Constant { .. }) => false,
                (
                    DefinitionKind::CallbackInterface { .. },
                    MemberKind::Operation { modifier, special, .. },
                ) => *modifier != super::Modifier::None || special.is_some(),
                (DefinitionKind::CallbackInterface { .. }, _) => true,
                (_, MemberKind::Constructor { .. }) => definition.partial,
                _ => false,
            };
            if misplaced {
                let partial = if definition.partial { "partial " } else { "" };
                let message = format!("a {partial}{} can't have such a member", definition.kind.noun());
                self.errors.push(Diagnostic::new(Kind::Member, member.span, message));
            }
        }
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        for argument in arguments {
            self.attributes(&argument.attributes);
            self.ty(&argument.ty);
        }
    }

    fn attributes(&mut self, attributes: &[Attribute]) {
        for attribute in attributes {
            self.arguments(&attribute.arguments);
        }
    }

    fn ty(&mut self, ty: &Type) {
        self.attributes(&ty.attributes);
        match &ty.kind {
            TypeKind::Builtin(_) | TypeKind::Reference(_) => {}
            TypeKind::Sequence(inner)
            | TypeKind::AsyncSequence(inner)
            | TypeKind::FrozenArray(inner)
            | TypeKind::ObservableArray(inner)
            | TypeKind::Promise(inner) => self.ty(inner),
            TypeKind::Record(key, value) => {
                self.ty(key);
                self.ty(value);
            }
            TypeKind::Union(members) => {
                if members.len() < 2 {
                    let message = "a union needs at least two members";
                    self.errors.push(Diagnostic::new(Kind::Syntax, ty.span, message));
                }
                members.iter().for_each(|member| self.ty(member));
            }
        }
    }
}
