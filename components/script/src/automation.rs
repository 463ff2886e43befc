//! What a [WebDriver](https://w3c.github.io/webdriver/) server asks of a page: plain data in, plain data out.

use serde_json::Value;

/// The key of an object that stands for an element:
/// [web element identifier](https://w3c.github.io/webdriver/#dfn-web-element-identifier).
pub const ELEMENT_KEY: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The key of an object that stands for a window:
/// [web window identifier](https://w3c.github.io/webdriver/#dfn-web-window-identifier).
pub const WINDOW_KEY: &str = "window-fcc6-11e5-b4f8-330a88ab9d7f";

/// The key of an object that stands for the window of a frame:
/// [web frame identifier](https://w3c.github.io/webdriver/#dfn-web-frame-identifier).
pub const FRAME_KEY: &str = "frame-075b-4da1-b6ba-e579c2d3230a";

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// [Execute Script](https://w3c.github.io/webdriver/#execute-script), or
    /// [Execute Async Script](https://w3c.github.io/webdriver/#execute-async-script). Time limits are the asker's.
    Execute {
        /// The function body.
        body: String,
        /// Its arguments; elements in them as [`ELEMENT_KEY`] says.
        arguments: Vec<Value>,
        /// Whether it is over when the function behind its last argument is called.
        asynchronous: bool,
        /// What stands for the page's own window where the result has it.
        window: String,
    },
    /// [Get Current URL](https://w3c.github.io/webdriver/#get-current-url).
    Url,
    /// [Get Title](https://w3c.github.io/webdriver/#get-title).
    Title,
    /// [Get Page Source](https://w3c.github.io/webdriver/#get-page-source).
    Source,
    /// [Find Elements](https://w3c.github.io/webdriver/#find-elements), in the document or below an element. Gives an
    /// array.
    Find {
        /// How they are looked for.
        using: Locator,
        /// What is looked for.
        value: String,
        /// Where.
        root: Option<String>,
    },
    /// [Get Active Element](https://w3c.github.io/webdriver/#get-active-element).
    ActiveElement,
    /// Something of an element, or done to it.
    Element(String, ElementCommand),
    /// A frame, of [Switch To Frame](https://w3c.github.io/webdriver/#switch-to-frame). Gives the name that commands go
    /// to it by.
    Frame(FrameTarget),
    /// What a frame is in, of [Switch To Parent Frame](https://w3c.github.io/webdriver/#switch-to-parent-frame). Gives a
    /// name, or null for the page itself.
    ParentFrame,
}

/// Which frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameTarget {
    /// By its place among its siblings.
    Index(usize),
    /// By the name of its element.
    Element(String),
}

/// [Location strategies](https://w3c.github.io/webdriver/#locator-strategies).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locator {
    /// By a selector.
    CssSelector,
    /// By the whole text of a link.
    LinkText,
    /// By a part of the text of a link.
    PartialLinkText,
    /// By the tag's name.
    TagName,
}

/// What can be asked of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementCommand {
    /// [Get Element Text](https://w3c.github.io/webdriver/#get-element-text).
    Text,
    /// [Get Element Tag Name](https://w3c.github.io/webdriver/#get-element-tag-name).
    TagName,
    /// [Get Element Attribute](https://w3c.github.io/webdriver/#get-element-attribute).
    Attribute(String),
    /// [Get Element Property](https://w3c.github.io/webdriver/#get-element-property).
    Property(String),
    /// [Element Click](https://w3c.github.io/webdriver/#element-click).
    Click,
}

/// Why something could not be done: [errors](https://w3c.github.io/webdriver/#errors).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// What was asked makes no sense.
    InvalidArgument,
    /// That is no selector.
    InvalidSelector,
    /// The script threw, or its result has no JSON.
    JavascriptError,
    /// The page has no document (any more).
    NoSuchWindow,
    /// There is no such frame.
    NoSuchFrame,
    /// No element has that name.
    NoSuchElement,
    /// The element that had that name is not in the document any more.
    StaleElementReference,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CommandError {
    /// Its kind.
    pub code: ErrorCode,
    /// What happened.
    pub message: String,
    /// The script's call stack, if it was a script.
    pub stack: Option<String>,
}

impl CommandError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        CommandError { code, message: message.into(), stack: None }
    }
}

/// Takes the answer, on the page's thread. It is dropped uncalled if the page ends before.
pub type Reply = Box<dyn FnOnce(Result<Value, CommandError>) + Send>;
