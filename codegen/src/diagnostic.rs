//! Errors in IDL, with their places.

use miette::{LabeledSpan, NamedSource, SourceOffset, SourceSpan};

use crate::source::{Location, Sources, Span};

/// Kinds of errors, for tests and tools; the words are in [`Diagnostic::message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The text is not IDL.
    Syntax,
    /// A type or definition that doesn't exist, or can't be used here.
    UnknownName,
    /// Two definitions, members, arguments or values of one name.
    Duplicate,
    /// `[Exposed]` or `[Global]` that makes no sense.
    Exposure,
    /// Inheritance from the wrong kind of definition, or a cycle.
    Inheritance,
    /// A type where the standard forbids it.
    Type,
    /// A constant's or default's value is not one of its type.
    Value,
    /// A member where the standard forbids it.
    Member,
    /// Overloads that can't be told apart.
    Overload,
    /// An extended attribute that doesn't apply or has the wrong form.
    ExtendedAttribute,
    /// Sound IDL for which no bindings can be generated yet.
    Unsupported,
}

impl Kind {
    /// A short code for tools.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Syntax => "syntax",
            Kind::UnknownName => "unknown-name",
            Kind::Duplicate => "duplicate",
            Kind::Exposure => "exposure",
            Kind::Inheritance => "inheritance",
            Kind::Type => "type",
            Kind::Value => "value",
            Kind::Member => "member",
            Kind::Overload => "overload",
            Kind::ExtendedAttribute => "extended-attribute",
            Kind::Unsupported => "unsupported",
        }
    }
}

/// An error in IDL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of error.
    pub kind: Kind,
    /// What is wrong, in words.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Words for the place, where the message alone doesn't say it.
    pub label: Option<String>,
    /// Other places that belong to it, with words.
    pub related: Vec<(Span, String)>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn new(kind: Kind, span: Span, message: impl Into<String>) -> Self {
        Diagnostic { kind, message: message.into(), span, label: None, related: Vec::new(), help: None }
    }

    /// With words for the place.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With another place.
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// With advice.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// File, line and column.
    pub fn location(&self, sources: &Sources) -> Location {
        sources.location(self.span)
    }

    /// One or two plain lines: place and message, then the source line.
    pub fn plain(&self, sources: &Sources) -> String {
        let location = self.location(sources);
        let line: String = sources.line(self.span).trim().chars().take(MAX_EXCERPT).collect();
        let mut text = format!("{location}: error: {}\n    {line}", self.message);
        for (span, label) in &self.related {
            text += &format!("\n{}: note: {label}", sources.location(*span));
        }
        if let Some(help) = &self.help {
            text += &format!("\nhelp: {help}");
        }
        text
    }

    /// As a report that `miette` can render with an excerpt of the source; without one if its lines are endless.
    pub fn report(&self, sources: &Sources) -> miette::Report {
        let source = sources.get(self.span.file);
        let places = || self.related.iter().map(|(span, _)| *span).chain([self.span]);
        if places().any(|span| sources.line(span).len() > MAX_EXCERPT) {
            return miette::Report::msg(format!("{}: {}", self.location(sources), self.message));
        }
        let mut labels = vec![LabeledSpan::new_primary_with_span(self.label.clone(), source_span(self.span))];
        let mut notes = Vec::new();
        for (span, label) in &self.related {
            if span.file == self.span.file {
                labels.push(LabeledSpan::new_with_span(Some(label.clone()), source_span(*span)));
            } else {
                notes.push(format!("{}: {label}", sources.location(*span)));
            }
        }
        notes.extend(self.help.clone());
        let mut diagnostic = miette::MietteDiagnostic::new(self.message.clone())
            .with_code(format!("webidl::{}", self.kind.code()))
            .with_labels(labels);
        if !notes.is_empty() {
            diagnostic = diagnostic.with_help(notes.join("\n"));
        }
        miette::Report::new(diagnostic)
            .with_source_code(NamedSource::new(source.name(), source.text().to_owned()))
    }
}

/// Lines over this length aren't shown; nobody could read them.
const MAX_EXCERPT: usize = 1000;

fn source_span(span: Span) -> SourceSpan {
    let range = span.range();
    SourceSpan::new(SourceOffset::from(range.start), range.len())
}

/// All errors of a run, in the order of their places, with the texts that they are about.
#[derive(Clone, Debug)]
pub struct Errors {
    /// The texts.
    pub sources: Sources,
    /// The errors; never empty.
    pub diagnostics: Vec<Diagnostic>,
}

impl Errors {
    /// Sorts the errors and drops repeated ones.
    pub(crate) fn new(sources: Sources, mut diagnostics: Vec<Diagnostic>) -> Self {
        diagnostics.sort_by(|a, b| (a.span, a.kind, &a.message).cmp(&(b.span, b.kind, &b.message)));
        diagnostics.dedup();
        Errors { sources, diagnostics }
    }

    /// Each error as a report with an excerpt of its source.
    pub fn reports(&self) -> impl Iterator<Item = miette::Report> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.report(&self.sources))
    }
}

impl std::fmt::Display for Errors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, diagnostic) in self.diagnostics.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{}", diagnostic.plain(&self.sources))?;
        }
        Ok(())
    }
}

impl std::error::Error for Errors {}
