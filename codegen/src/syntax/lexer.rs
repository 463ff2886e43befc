//! Tokens of Web IDL (<https://webidl.spec.whatwg.org/#idl-grammar>), their brackets and nesting.
//!
//! weedle does the parsing; the tokens are for what it doesn't do: rewriting shapes that it can't take, cutting a
//! file into definitions and members so that each is parsed (and fails) for itself, and knowing where things stand.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Kind};
use crate::source::{FileId, Span};

/// How deep brackets may nest. Real IDL needs 6; the parser is recursive.
const MAX_DEPTH: usize = 16;
/// How deep extended attributes may nest: one on an argument of another.
const MAX_ATTRIBUTE_DEPTH: usize = 2;
/// How many unclosed brackets are named, and how many are looked through for the one that is closed.
const MAX_UNCLOSED: usize = 32;

/// A token's kind. White space and comments are no tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword, a leading `_` or `-` included.
    Identifier,
    /// An integer or decimal.
    Number,
    /// A string with its quotes.
    String,
    /// `...`
    Ellipsis,
    /// Anything else: one character.
    Punctuation(char),
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
    /// How many brackets are open around it; a bracket is outside of itself.
    pub depth: usize,
}

impl Token {
    pub fn is(&self, punctuation: char) -> bool {
        self.kind == TokenKind::Punctuation(punctuation)
    }

    pub fn text<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }
}

/// A text's tokens and where its comments are.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub tokens: Vec<Token>,
    pub comments: Vec<Range<usize>>,
    /// In the order of their places.
    pub errors: Vec<Diagnostic>,
}

/// Cuts a text into tokens. What is no token is an error and left out.
pub(crate) fn tokens(file: FileId, text: &str) -> Tokens {
    let mut lexer = Lexer { file, text, at: 0, open: Vec::new(), output: Tokens::new() };
    while let Some(char) = lexer.rest().chars().next() {
        lexer.next(char);
    }
    for (bracket, at) in std::mem::take(&mut lexer.open).into_iter().rev().take(MAX_UNCLOSED) {
        lexer.error(at..at + 1, format!("this `{bracket}` is never closed"));
    }
    lexer.output.errors.sort_by_key(|error| error.span);
    lexer.output
}

impl Tokens {
    fn new() -> Self {
        Tokens { tokens: Vec::new(), comments: Vec::new(), errors: Vec::new() }
    }
}

struct Lexer<'a> {
    file: FileId,
    text: &'a str,
    at: usize,
    open: Vec<(char, usize)>,
    output: Tokens,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&mut self, range: Range<usize>, message: impl Into<String>) {
        let span = Span::new(self.file, range.start, range.end);
        self.output.errors.push(Diagnostic::new(Kind::Syntax, span, message));
    }

    fn push(&mut self, kind: TokenKind, length: usize) {
        let (start, end) = (self.at, self.at + length);
        self.output.tokens.push(Token { kind, start, end, depth: self.open.len() });
        self.at = end;
    }

    fn next(&mut self, char: char) {
        let rest = self.rest();
        let second = rest[char.len_utf8()..].chars().next();
        match char {
            '\t' | '\n' | '\r' | ' ' => self.at += 1,
            '\u{feff}' if self.at == 0 => {
                // A byte order mark is white space to nobody but editors.
                self.output.comments.push(0..char.len_utf8());
                self.at += char.len_utf8();
            }
            '/' if second == Some('/') => {
                let length = rest.find('\n').unwrap_or(rest.len());
                self.output.comments.push(self.at..self.at + length);
                self.at += length;
            }
            '/' if second == Some('*') => {
                let length = rest[2..].find("*/").map(|length| length + 4).unwrap_or_else(|| {
                    self.error(self.at..self.at + 2, "this comment never ends");
                    rest.len()
                });
                self.output.comments.push(self.at..self.at + length);
                self.at += length;
            }
            '"' => match rest[1..].find('"') {
                Some(length) => self.push(TokenKind::String, length + 2),
                None => {
                    self.error(self.at..self.at + 1, "this string never ends");
                    self.at = self.text.len();
                }
            },
            _ if rest.starts_with("...") => self.push(TokenKind::Ellipsis, 3),
            '{' | '(' | '[' | '<' => self.open(char),
            '}' | ')' | ']' | '>' => self.close(char),
            ',' | ';' | ':' | '=' | '?' | '*' => self.push(TokenKind::Punctuation(char), 1),
            _ => match (number(rest), identifier(rest)) {
                (Some(length), _) => self.push(TokenKind::Number, length),
                (_, Some(length)) => self.push(TokenKind::Identifier, length),
                (None, None) => {
                    self.error(self.at..self.at + char.len_utf8(), format!("`{char}` can't stand here"));
                    self.at += char.len_utf8();
                }
            },
        }
    }

    fn open(&mut self, bracket: char) {
        // Deeper ones are inside of one that was named.
        let attributes = self.open.iter().take(MAX_DEPTH).filter(|(open, _)| *open == '[').count();
        let too_deep = bracket == '[' && attributes == MAX_ATTRIBUTE_DEPTH && self.open.len() < MAX_DEPTH;
        if too_deep || self.open.len() == MAX_DEPTH {
            self.error(self.at..self.at + 1, "brackets are nested too deeply");
        }
        self.push(TokenKind::Punctuation(bracket), 1);
        self.open.push((bracket, self.at - 1));
    }

    fn close(&mut self, bracket: char) {
        let opening = match bracket {
            '}' => '{',
            ')' => '(',
            ']' => '[',
            _ => '<',
        };
        let innermost = self.open.len().saturating_sub(MAX_UNCLOSED);
        let Some(index) = self.open[innermost..].iter().rposition(|(open, _)| *open == opening) else {
            self.error(self.at..self.at + 1, format!("this `{bracket}` closes nothing"));
            self.at += 1;
            return;
        };
        for (open, at) in self.open.split_off(innermost + index).into_iter().skip(1).rev() {
            self.error(at..at + 1, format!("this `{open}` is never closed"));
        }
        self.push(TokenKind::Punctuation(bracket), 1);
    }
}

/// Length of the identifier at the start of a text: `[_-]?[A-Za-z][0-9A-Z_a-z-]*`.
fn identifier(text: &str) -> Option<usize> {
    let prefix = usize::from(text.starts_with(['_', '-']));
    if !text[prefix..].starts_with(|char: char| char.is_ascii_alphabetic()) {
        return None;
    }
    let tail = |char: char| !(char.is_ascii_alphanumeric() || char == '_' || char == '-');
    Some(text[prefix..].find(tail).map_or(text.len(), |length| prefix + length))
}

/// Length of the integer or decimal at the start of a text; `-Infinity` counts as one.
fn number(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let sign = usize::from(text.starts_with('-'));
    if sign == 1 && identifier(&text[1..]) == Some("Infinity".len()) && text[1..].starts_with("Infinity") {
        return Some("-Infinity".len());
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if bytes[sign..].starts_with(b"0x") || bytes[sign..].starts_with(b"0X") {
        let hex = bytes[sign + 2..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if hex > 0 {
            return Some(sign + 2 + hex);
        }
    }
    let mut length = sign + digits(sign);
    let mut any = length > sign;
    if bytes.get(length) == Some(&b'.') && (any || digits(length + 1) > 0) {
        length += 1 + digits(length + 1);
        any = true;
    }
    if any && matches!(bytes.get(length), Some(b'e' | b'E')) {
        let exponent = length + 1 + usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-')));
        if bytes.get(exponent).is_some_and(u8::is_ascii_digit) {
            length = exponent + digits(exponent);
        }
    }
    any.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    fn lex(text: &str) -> (Vec<String>, Vec<String>) {
        let mut sources = Sources::new();
        let file = sources.add("test", text);
        let tokens = tokens(file, text);
        let texts = tokens.tokens.iter().map(|token| token.text(text).to_owned()).collect();
        let errors = tokens.errors.into_iter().map(|error| error.plain(&sources)).collect();
        (texts, errors)
    }

    #[test]
    fn tokens_are_identifiers_numbers_strings_and_punctuation() {
        let (tokens, errors) = lex("[A=1] _b-c d...;\"e;\" -.5e-3 0x1F -Infinity 1. -1 /* x */ f // g");
        let expected = [
            "[",
            "A",
            "=",
            "1",
            "]",
            "_b-c",
            "d",
            "...",
            ";",
            "\"e;\"",
            "-.5e-3",
            "0x1F",
            "-Infinity",
            "1.",
            "-1",
            "f",
        ];
        assert_eq!(tokens, expected);
        assert_eq!(errors, Vec::<String>::new());
    }

    #[test]
    fn what_is_no_token_is_an_error_and_the_rest_is_still_read() {
        let (tokens, errors) = lex("a § b\n 0x \"");
        assert_eq!(tokens, ["a", "b", "0", "x"][..]);
        assert_eq!(errors[0], "test:1:3: error: `§` can't stand here\n    a § b");
        assert_eq!(errors[1], "test:2:5: error: this string never ends\n    0x \"");
    }

    #[test]
    fn unbalanced_brackets_are_named() {
        let (_, errors) = lex("a { ( } > [");
        let first_lines: Vec<_> = errors.iter().filter_map(|error| error.lines().next()).collect();
        assert_eq!(
            first_lines,
            [
                "test:1:5: error: this `(` is never closed",
                "test:1:9: error: this `>` closes nothing",
                "test:1:11: error: this `[` is never closed",
            ]
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(lex(&"(".repeat(MAX_DEPTH + 1)).1.len(), MAX_DEPTH + 2);
        assert_eq!(lex("[A([B([C] long c)] long b)]").1.len(), 1);
    }
}
