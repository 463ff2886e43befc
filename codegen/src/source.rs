//! Source texts and places in them.
//!
//! A [`Span`] is what every node of the syntax model and of the resolved model carries: the file and the byte range
//! in the text *as it was given*. [`Sources::location`] turns it into a file name, a line and a column.

use std::fmt;

/// Which text of a [`Sources`] something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A byte range in one source text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The text.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end` in `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        // Sources::add refuses texts whose offsets would not fit.
        let clip = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { file, start: clip(start), end: clip(end.max(start)) }
    }

    /// The smallest span that covers both; `other` must be in the same file.
    pub fn to(self, other: Span) -> Span {
        debug_assert_eq!(self.file, other.file);
        Span { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The byte range.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place for people: file name, line and column, both counted from 1; the column counts characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Name of the file as given to [`Sources::add`].
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One source text.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Offset of each line's first byte.
    lines: Vec<usize>,
}

impl Source {
    /// The file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The texts to work on, in the order in which they were added.
///
/// The order decides which definition comes first where the standard leaves it open (partials, mixins, callers of
/// several files), so a caller that reads a folder should sort by name.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No texts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One text.
    pub fn single(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut sources = Self::new();
        sources.add(name, text);
        sources
    }

    /// Adds a text.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        self.files.push(Source { name: name.into(), text, lines });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// All texts with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId(index as u32), source))
    }

    /// One text.
    pub fn get(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    /// The text that a span covers.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).text.get(span.range()).unwrap_or("")
    }

    /// Where a span begins.
    pub fn location(&self, span: Span) -> Location {
        let source = self.get(span.file);
        let start = (span.start as usize).min(source.text.len());
        let line = source.lines.partition_point(|first| *first <= start).max(1);
        let before = source.text.get(source.lines[line - 1]..start).unwrap_or("");
        Location { file: source.name.clone(), line, column: before.chars().count() + 1 }
    }

    /// The whole line in which a span begins, without its end.
    pub fn line(&self, span: Span) -> &str {
        let source = self.get(span.file);
        let line = self.location(span).line;
        let start = source.lines[line - 1];
        let end = source.lines.get(line).copied().unwrap_or(source.text.len());
        source.text[start..end].trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_counts_lines_and_characters_from_one() {
        let mut sources = Sources::new();
        sources.add("a.webidl", "one\n");
        let file = sources.add("b.webidl", "// é\r\ninterface A;");
        let at = |start| sources.location(Span::new(file, start, start + 1));
        assert_eq!(at(0).to_string(), "b.webidl:1:1");
        assert_eq!(at(5).to_string(), "b.webidl:1:5");
        assert_eq!(at(7).to_string(), "b.webidl:2:1");
        assert_eq!(at(1000).to_string(), "b.webidl:2:13");
        assert_eq!(sources.line(Span::new(file, 3, 4)), "// é");
        assert_eq!(sources.line(Span::new(file, 9, 9)), "interface A;");
    }

    #[test]
    fn an_empty_text_has_a_first_line() {
        let sources = Sources::single("empty", "");
        let (file, _) = sources.iter().next().expect("just added");
        assert_eq!(sources.location(Span::new(file, 0, 0)).to_string(), "empty:1:1");
        assert_eq!(sources.line(Span::new(file, 0, 0)), "");
    }
}
