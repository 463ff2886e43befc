//! The pre-pass: rewrites what weedle 0.13 can't parse, or parses wrongly, into shapes that it takes.
//!
//! | written | rewritten |
//! |---|---|
//! | a comment | spaces |
//! | `async_iterable<T>` | `async iterable<T>` |
//! | `async_sequence<T>` | `record<async_sequence, T>` |
//! | `sequence<[A] T>` | `sequence<([A] T)>`: a union of one member |
//! | `[A=1]`, `[A="b"]`, `[A=(1, 2)]`, `[A=("b", "c")]` | `[A=""]`, with the value kept aside |
//! | `= undefined` | `= ""`, with a note kept aside |
//! | `[A] required [B] T` | `[A,B] required T` |
//!
//! The rewritten text is made of pieces of the original, so every offset in it leads back to one there.

use std::collections::HashMap;
use std::ops::Range;

use super::lexer::{Token, TokenKind};
use crate::model::ExtendedAttributeValue;

/// A rewritten text.
#[derive(Debug)]
pub(crate) struct Prepassed {
    pub text: String,
    /// Rewritten offset of each piece and the original one, in order.
    pieces: Vec<Piece>,
    /// Values of extended attributes, by the rewritten offset of the `""` that stands for them.
    pub values: HashMap<usize, ExtendedAttributeValue>,
    /// Rewritten offsets of the `""` that stand for `undefined`.
    pub undefined: Vec<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    rewritten: usize,
    original: usize,
    /// Copied, so that offsets inside correspond; else all of it is at `original`.
    copied: bool,
}

impl Prepassed {
    /// The original offset of a rewritten one.
    pub fn original(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|piece| piece.rewritten <= offset);
        match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
            Some(piece) if piece.copied => piece.original + (offset - piece.rewritten),
            Some(piece) => piece.original,
            None => offset,
        }
    }

    /// Where a slice of the rewritten text begins in it, if it is one.
    pub fn offset_of(&self, slice: &str) -> Option<usize> {
        let base = self.text.as_ptr() as usize;
        let offset = (slice.as_ptr() as usize).checked_sub(base)?;
        (offset + slice.len() <= self.text.len()).then_some(offset)
    }
}

/// Rewrites the tokens of one definition. `comments` are those inside of its range.
pub(crate) fn prepass(
    text: &str,
    range: Range<usize>,
    tokens: &[Token],
    comments: &[Range<usize>],
) -> Prepassed {
    let output = Prepassed {
        text: String::with_capacity(range.len() + 16),
        pieces: Vec::new(),
        values: HashMap::new(),
        undefined: Vec::new(),
    };
    let mut rewriter = Rewriter {
        writer: Writer { text, at: range.start, comments, output },
        tokens,
        enclosing: enclosing(tokens),
        closers: vec![],
    };
    rewriter.run(0..tokens.len());
    rewriter.writer.copy_to(range.end);
    rewriter.writer.output
}

struct Rewriter<'a> {
    writer: Writer<'a>,
    tokens: &'a [Token],
    enclosing: Vec<Option<usize>>,
    /// Tokens before which a `)` has to be written, the next one last.
    closers: Vec<usize>,
}

impl Rewriter<'_> {
    /// Writes some tokens.
    fn run(&mut self, range: Range<usize>) {
        let mut index = range.start;
        while index < range.end {
            let token = self.tokens[index];
            if self.closers.last() == Some(&index) {
                self.closers.pop();
                self.writer.copy_to(token.start);
                self.writer.insert(")");
            }
            index = match self.rewrite(index) {
                Some(next) => next,
                None => {
                    self.writer.copy_to(token.end);
                    index + 1
                }
            };
        }
    }

    /// Rewrites what begins at a token; returns the token behind it, or none if nothing had to be done.
    fn rewrite(&mut self, index: usize) -> Option<usize> {
        let (text, tokens) = (self.writer.text, self.tokens);
        let token = tokens[index];
        let next = tokens.get(index + 1)?;
        match token.kind {
            TokenKind::Identifier if next.is('<') => match token.text(text) {
                "async_iterable" => {
                    self.writer.replace(token.start..token.end, "async iterable");
                    Some(index + 1)
                }
                "async_sequence" => {
                    self.writer.replace(token.start..next.end, "record<async_sequence,");
                    self.parenthesize(index + 2);
                    Some(index + 2)
                }
                // These take attributed types as they are.
                "iterable" | "maplike" | "setlike" => None,
                _ => {
                    self.writer.copy_to(next.end);
                    self.parenthesize(index + 2);
                    Some(index + 2)
                }
            },
            // The value type of a record.
            TokenKind::Punctuation(',') if next.is('[') => {
                let open = self.enclosing[index].filter(|open| tokens[*open].is('<'))?;
                if open.checked_sub(1).is_none_or(|name| tokens[name].text(text) != "record") {
                    return None;
                }
                self.writer.copy_to(token.end);
                self.parenthesize(index + 1);
                Some(index + 1)
            }
            TokenKind::Punctuation('=') if self.enclosing[index].is_some_and(|open| tokens[open].is('[')) => {
                let (value, end) = attribute_value(text, tokens, index + 1)?;
                let at = self.writer.stand_in(next.start..tokens[end - 1].end);
                self.writer.output.values.insert(at, value);
                Some(end)
            }
            // A default, not a callback's return type.
            TokenKind::Punctuation('=')
                if next.text(text) == "undefined"
                    && tokens.get(index + 2).is_none_or(|token| !token.is('(')) =>
            {
                let at = self.writer.stand_in(next.start..next.end);
                self.writer.output.undefined.push(at);
                Some(index + 2)
            }
            TokenKind::Punctuation(']') if next.text(text) == "required" => {
                let open = index + 2;
                let close = tokens.get(open).filter(|token| token.is('[')).and(closing(tokens, open))?;
                self.writer.copy_to(token.start);
                self.writer.insert(",");
                self.writer.at = tokens[open].end;
                self.run(open + 1..close);
                self.writer.copy_to(tokens[close].start);
                self.writer.at = token.start;
                self.writer.copy_to(next.end);
                self.writer.at = tokens[close].end;
                self.writer.insert(" ");
                Some(close + 1)
            }
            _ => None,
        }
    }

    /// If an attributed type begins at a token, puts a `(` before it and remembers where its `)` goes.
    fn parenthesize(&mut self, index: usize) {
        let Some(first) = self.tokens.get(index).filter(|token| token.is('[')) else { return };
        let ends = |token: &Token| token.depth < first.depth || (token.depth == first.depth && token.is(','));
        if let Some(length) = self.tokens[index..].iter().position(ends) {
            self.writer.copy_to(first.start);
            self.writer.insert("(");
            self.closers.push(index + length);
        }
    }
}

/// The value of an extended attribute that begins at `index`, if it isn't an identifier, list of identifiers or
/// argument list, and the token behind it.
fn attribute_value(text: &str, tokens: &[Token], index: usize) -> Option<(ExtendedAttributeValue, usize)> {
    let unquoted = |token: &Token| token.text(text).trim_matches('"').to_owned();
    let first = tokens.get(index)?;
    match first.kind {
        TokenKind::Number => Some((ExtendedAttributeValue::Number(unquoted(first)), index + 1)),
        TokenKind::String => Some((ExtendedAttributeValue::String(unquoted(first)), index + 1)),
        TokenKind::Punctuation('(') => {
            let close = closing(tokens, index)?;
            let inner = &tokens[index + 1..close];
            let kind = inner.first()?.kind;
            // Every other token is a comma, the rest are all numbers or all strings.
            let sound = inner.len() % 2 == 1
                && inner
                    .iter()
                    .enumerate()
                    .all(|(at, token)| if at % 2 == 0 { token.kind == kind } else { token.is(',') });
            let values = || inner.iter().step_by(2).map(unquoted).collect();
            match kind {
                TokenKind::Number if sound => Some((ExtendedAttributeValue::NumberList(values()), close + 1)),
                TokenKind::String if sound => Some((ExtendedAttributeValue::StringList(values()), close + 1)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// For each token the bracket around it.
fn enclosing(tokens: &[Token]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut enclosing = Vec::with_capacity(tokens.len());
    for (index, token) in tokens.iter().enumerate() {
        open.truncate(token.depth.saturating_sub(tokens[0].depth));
        enclosing.push(open.last().copied());
        if ['{', '(', '[', '<'].into_iter().any(|bracket| token.is(bracket)) {
            open.push(index);
        }
    }
    enclosing
}

/// The bracket that closes the one at `index`.
pub(crate) fn closing(tokens: &[Token], index: usize) -> Option<usize> {
    let open = tokens.get(index)?;
    let closer = match open.kind {
        TokenKind::Punctuation('{') => '}',
        TokenKind::Punctuation('(') => ')',
        TokenKind::Punctuation('[') => ']',
        TokenKind::Punctuation('<') => '>',
        _ => return None,
    };
    let length = tokens[index..].iter().position(|token| token.depth == open.depth && token.is(closer))?;
    Some(index + length)
}

struct Writer<'a> {
    text: &'a str,
    /// Original offset up to which all is written.
    at: usize,
    comments: &'a [Range<usize>],
    output: Prepassed,
}

impl Writer<'_> {
    fn piece(&mut self, original: usize, copied: bool) {
        self.output.pieces.push(Piece { rewritten: self.output.text.len(), original, copied });
    }

    /// Copies the original up to an offset, comments as spaces.
    fn copy_to(&mut self, end: usize) {
        if self.at >= end {
            return;
        }
        self.piece(self.at, true);
        let first = self.comments.partition_point(|comment| comment.end <= self.at);
        for comment in self.comments[first..].iter().take_while(|comment| comment.start < end) {
            self.output.text.push_str(&self.text[self.at..comment.start.max(self.at)]);
            let blank = comment.start.max(self.at)..comment.end.min(end);
            self.output.text.extend(std::iter::repeat_n(' ', blank.len()));
            self.at = blank.end;
        }
        self.output.text.push_str(&self.text[self.at..end]);
        self.at = end;
    }

    /// Writes something that isn't in the original.
    fn insert(&mut self, text: &str) {
        self.piece(self.at, false);
        self.output.text.push_str(text);
    }

    /// Copies up to a range and writes something in its stead.
    fn replace(&mut self, range: Range<usize>, text: &str) {
        self.copy_to(range.start);
        self.insert(text);
        self.at = range.end;
    }
    /// Writes `""` for a range and returns the offset between the quotes.
    fn stand_in(&mut self, range: Range<usize>) -> usize {
        self.replace(range, "\"\"");
        self.output.text.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;
    use crate::syntax::lexer;

    fn run(text: &str) -> Prepassed {
        let file = Sources::new().add("test", text);
        let lexed = lexer::tokens(file, text);
        assert_eq!(lexed.errors, []);
        prepass(text, 0..text.len(), &lexed.tokens, &lexed.comments)
    }

    #[test]
    fn what_weedle_cannot_take_is_rewritten() {
        for (written, rewritten) in [
            ("a /* é */ b // c", "a          b     "),
            ("async_iterable<[A] long>;", "async iterable<[A] long>;"),
            ("async_iterable <any>;", "async iterable <any>;"),
            ("f(async_sequence<T> x)", "f(record<async_sequence,T> x)"),
            ("async_sequence<[A] T>", "record<async_sequence,([A] T)>"),
            ("sequence<[A] T>", "sequence<([A] T)>"),
            ("sequence< [A] sequence<[B] T>? >", "sequence< ([A] sequence<([B] T)>? )>"),
            ("record<K, [A] T> x", "record<K, ([A] T)> x"),
            ("maplike<[A] K, [B] V>;", "maplike<[A] K, [B] V>;"),
            (
                "[A=1, B = -1.5, C=\"s\", D=(0, 8), E=(\"x\",\"y\")]",
                "[A=\"\", B = \"\", C=\"\", D=\"\", E=\"\"]",
            ),
            ("[A=B, C=(D, E), F(long x), G=H(long y = 1)]", "[A=B, C=(D, E), F(long x), G=H(long y = 1)]"),
            ("f(optional any x = undefined)", "f(optional any x = \"\")"),
            ("callback c = undefined (long x);", "callback c = undefined (long x);"),
            ("[A] required [B=1] T x;", "[A,B=\"\"] required  T x;"),
            ("required [B] T x;", "required [B] T x;"),
            ("DOMString x = \"sequence<[A] T> // no\";", "DOMString x = \"sequence<[A] T> // no\";"),
        ] {
            assert_eq!(run(&format!("{{{written}\n}}")).text, format!("{{{rewritten}\n}}"));
        }
    }

    #[test]
    fn values_are_kept_aside_by_the_offset_of_their_stand_in() {
        let prepassed = run("[A = 1, B=(\"x\", \"y\")] any x = undefined");
        let mut values: Vec<_> = prepassed.values.into_iter().collect();
        values.sort_by_key(|(offset, _)| *offset);
        let list = ExtendedAttributeValue::StringList(vec!["x".into(), "y".into()]);
        assert_eq!(values, [(6, ExtendedAttributeValue::Number("1".into())), (12, list)]);
        assert_eq!(&prepassed.text[..], "[A = \"\", B=\"\"] any x = \"\"");
        assert_eq!(prepassed.undefined, [24]);
    }

    #[test]
    fn offsets_lead_back_to_the_original() {
        let text = "[A=12] required /* é */ [B] record<K, [C] async_sequence<Type>> name;";
        let prepassed = run(text);
        for word in ["A", "required", "B", "record", "K", "C", "Type", "name", ";"] {
            let offset = prepassed.text.find(word).expect("it is still there");
            assert_eq!(prepassed.original(offset), text.find(word).expect("it was there"), "{word}");
        }
        assert_eq!(prepassed.offset_of(&prepassed.text[3..3]), Some(3));
        assert_eq!(prepassed.offset_of("elsewhere"), None);
    }
}
