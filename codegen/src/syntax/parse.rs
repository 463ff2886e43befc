//! A file's text to its definitions.
//!
//! The tokens cut a file into definitions and a definition into members; weedle parses each definition. One that
//! fails is looked at member by member, so that the error stands where it is and the other members are checked too.

use std::ops::Range;

use weedle::Parse;
use weedle::dictionary::DictionaryMember;
use weedle::interface::InterfaceMember;
use weedle::mixin::MixinMember;
use weedle::namespace::NamespaceMember;

use super::convert::Converter;
use super::lexer::{self, Token, TokenKind};
use super::prepass::{self, Prepassed};
use super::{Definition, check};
use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{FileId, Span};

/// After how many errors a file is given up.
const MAX_ERRORS: usize = 500;

/// Parses a text. Definitions that aren't IDL are left out of the result, with errors.
///
/// `broken` gets the names of definitions that aren't IDL, as far as they can be made out.
pub(crate) fn parse(
    file: FileId,
    text: &str,
    broken: &mut Vec<String>,
    errors: &mut Vec<Diagnostic>,
) -> Vec<Definition> {
    if u32::try_from(text.len()).is_err() {
        errors.push(Diagnostic::new(Kind::Syntax, Span::new(file, 0, 0), "a file of over 4 GiB"));
        return Vec::new();
    }
    let lexed = lexer::tokens(file, text);
    let mut parser = Parser { file, text, broken, errors, comments: &lexed.comments, bad: &lexed.errors };
    let definitions = parser.definitions(&lexed.tokens);
    errors.extend(lexed.errors);
    definitions
}

struct Parser<'a> {
    file: FileId,
    text: &'a str,
    broken: &'a mut Vec<String>,
    errors: &'a mut Vec<Diagnostic>,
    comments: &'a [Range<usize>],
    /// The lexer's errors; a definition with one in it isn't parsed.
    bad: &'a [Diagnostic],
}

impl Parser<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    fn error(&mut self, range: Range<usize>, message: impl Into<String>) {
        self.errors.push(Diagnostic::new(Kind::Syntax, self.span(range), message));
    }

    fn definitions(&mut self, tokens: &[Token]) -> Vec<Definition> {
        let mut definitions = Vec::new();
        let before = self.errors.len();
        let mut start = 0;
        while start < tokens.len() {
            let end = self.end_of_definition(tokens, start);
            let tokens = &tokens[start..end];
            start = end;
            if tokens.len() == 1 && tokens[0].is(';') {
                self.error(tokens[0].start..tokens[0].end, "this `;` ends nothing");
                continue;
            }
            let range = tokens[0].start..tokens[tokens.len() - 1].end;
            if self.errors.len() - before >= MAX_ERRORS {
                self.error(range, "there are too many errors to go on");
                break;
            }
            let first = self.bad.partition_point(|error| error.span.range().start < range.start);
            if self.bad.get(first).is_none_or(|error| error.span.range().start >= range.end) {
                definitions.extend(self.definition(tokens, range));
            } else {
                self.broken.extend(name(self.text, tokens));
            }
        }
        definitions
    }

    /// The token behind the definition that begins at `start`.
    fn end_of_definition(&mut self, tokens: &[Token], start: usize) -> usize {
        let depth = tokens[start].depth;
        for (index, token) in tokens.iter().enumerate().skip(start) {
            if token.depth > depth {
                continue;
            }
            if token.is(';') || token.depth < depth {
                return index + 1;
            }
            // A body must be followed by a semicolon; if it isn't, the next definition is to be read all the same.
            let next = tokens.get(index + 1);
            if token.is('}') && next.is_none_or(|next| !next.is(';')) {
                self.error(token.start..token.end, "a `;` is missing after this `}`");
                return index + 1;
            }
        }
        tokens.len()
    }

    fn definition(&mut self, tokens: &[Token], range: Range<usize>) -> Option<Definition> {
        let last = tokens.last()?;
        if !last.is(';') {
            // A missing `;` behind a body has been named already.
            if !last.is('}') {
                self.error(last.start..last.end, "a `;` is missing after this");
            }
        }
        let members = members(tokens);
        let spans: Vec<_> =
            members.iter().map(|member| self.span(text_range(&tokens[member.clone()]))).collect();
        let mut prepassed = self.prepass(tokens, range.clone());
        if !last.is(';') {
            prepassed.text.push(';');
        }
        let span = self.span(range);
        check::tokens(self.file, self.text, tokens, self.errors);
        let definition = match weedle::Definition::parse(&prepassed.text) {
            Ok(("", definition)) => definition,
            _ => {
                self.explain(tokens, &members);
                self.broken.extend(name(self.text, tokens));
                return None;
            }
        };
        let mut converter = Converter {
            file: self.file,
            prepassed: &prepassed,
            definition: span,
            members: &spans,
            errors: self.errors,
        };
        let converted = converter.definition(&definition);
        let definition = Definition {
            kind: converted.kind,
            name: converted.name,
            partial: converted.partial,
            attributes: converted.attributes,
        };
        check::definition(self.text, &definition, self.errors);
        Some(definition)
    }

    fn prepass(&self, tokens: &[Token], range: Range<usize>) -> Prepassed {
        let first = self.comments.partition_point(|comment| comment.end <= range.start);
        let length = self.comments[first..].partition_point(|comment| comment.start < range.end);
        prepass::prepass(self.text, range, tokens, &self.comments[first..first + length])
    }

    /// Says what is wrong with a definition that weedle doesn't take, unless something in it has been said already.
    fn explain(&mut self, tokens: &[Token], members: &[Range<usize>]) {
        let range = text_range(tokens);
        let keyword = keyword(self.text, tokens);
        let parses: fn(&str) -> bool = match keyword {
            Some("dictionary") => |text| matches!(DictionaryMember::parse(text), Ok(("", _))),
            Some("interface mixin") => |text| matches!(MixinMember::parse(text), Ok(("", _))),
            Some("namespace") => |text| matches!(NamespaceMember::parse(text), Ok(("", _))),
            Some("interface" | "callback interface") => {
                |text| matches!(InterfaceMember::parse(text), Ok(("", _)))
            }
            _ => |_| true,
        };
        let before = self.errors.len();
        for member in members {
            if self.errors.len() - before >= MAX_ERRORS {
                break;
            }
            let tokens = &tokens[member.clone()];
            let range = text_range(tokens);
            if self.has_error(&range) || parses(&self.prepass(tokens, range.clone()).text) {
                continue;
            }
            let message = match (tokens.last(), keyword) {
                (Some(last), _) if !last.is(';') => "a `;` is missing after this",
                (_, Some("dictionary")) => "this is no dictionary member",
                _ => "this is no member",
            };
            self.error(range, message);
        }
        if self.has_error(&range) {
            return;
        }
        let head = tokens.iter().position(|token| token.is('{')).unwrap_or(tokens.len()).max(1);
        let span = self.span(text_range(&tokens[..head]));
        let error = match keyword {
            Some("enum") => {
                Diagnostic::new(Kind::Syntax, span, "an enum is a name and at least one string, separated by commas")
            }
            Some(keyword) => Diagnostic::new(Kind::Syntax, span, format!("this `{keyword}` is malformed")),
            None => Diagnostic::new(Kind::Syntax, span, "this is no definition").help(
                "definitions are `interface`, `interface mixin`, `callback`, `callback interface`, `namespace`, \
                 `dictionary`, `enum`, `typedef` and `A includes B`",
            ),
        };
        self.errors.push(error);
    }

    fn has_error(&self, range: &Range<usize>) -> bool {
        let inside =
            |error: &Diagnostic| error.span.file == self.file && range.contains(&error.span.range().start);
        self.errors.iter().any(inside)
    }
}

/// What a definition is, by its keywords.
fn keyword(text: &str, tokens: &[Token]) -> Option<&'static str> {
    let words =
        tokens.iter().filter(|token| token.depth == tokens[0].depth && token.kind == TokenKind::Identifier);
    let mut words = words.map(|token| token.text(text)).skip_while(|word| *word == "partial");
    match (words.next()?, words.next()) {
        ("interface", Some("mixin")) => Some("interface mixin"),
        ("interface", _) => Some("interface"),
        ("callback", Some("interface")) => Some("callback interface"),
        ("callback", _) => Some("callback"),
        ("namespace", _) => Some("namespace"),
        ("dictionary", _) => Some("dictionary"),
        ("enum", _) => Some("enum"),
        ("typedef", _) => Some("typedef"),
        (_, Some("includes")) => Some("includes"),
        _ => None,
    }
}

/// A definition's name as far as it can be seen without parsing: the identifier behind the keywords, for a typedef the
/// last one. A partial definition's name is somebody else's.
fn name(text: &str, tokens: &[Token]) -> Option<String> {
    const KEYWORDS: [&str; 7] =
        ["interface", "mixin", "callback", "namespace", "dictionary", "enum", "typedef"];
    let words = || {
        let words = tokens.iter().filter(|token| token.depth == tokens[0].depth);
        words.filter(|token| token.kind == TokenKind::Identifier).map(|token| token.text(text))
    };
    let first = words().next().filter(|word| KEYWORDS.contains(word))?;
    let name =
        if first == "typedef" { words().next_back() } else { words().find(|word| !KEYWORDS.contains(word)) };
    name.map(|name| name.trim_start_matches('_').to_owned())
}

/// The bytes from the first token to the last.
fn text_range(tokens: &[Token]) -> Range<usize> {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.start..last.end,
        _ => 0..0,
    }
}

/// The tokens of each member in a definition's body.
fn members(tokens: &[Token]) -> Vec<Range<usize>> {
    let depth = tokens[0].depth;
    let Some(open) = tokens.iter().position(|token| token.is('{') && token.depth == depth) else {
        return Vec::new();
    };
    let Some(close) = prepass::closing(tokens, open) else { return Vec::new() };
    let mut members = Vec::new();
    let mut start = open + 1;
    for (index, token) in tokens.iter().enumerate().take(close).skip(open + 1) {
        if token.is(';') && token.depth == depth + 1 {
            members.push(start..index + 1);
            start = index + 1;
        }
    }
    if start < close && tokens[start].kind != TokenKind::String {
        members.push(start..close);
    }
    members
}
