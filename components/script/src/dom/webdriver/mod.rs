//! The page's side of [WebDriver](https://w3c.github.io/webdriver/): everything that needs its document or its realm.

mod elements;
mod execute;
mod frames;
mod json;
mod locate;

use serde_json::{Value, json};

pub(crate) use elements::NodeReferences;
pub(crate) use frames::FrameReferences;

use super::html::window::Window;
use super::nodes::node::Node;
use crate::automation::{Command, CommandError, ElementCommand, ErrorCode, Reply};
use crate::runtime::agent::Agent;
use crate::webidl::*;

/// Does what is asked, in the page of this thread or a frame of it, and answers.
pub(crate) fn run(cx: &mut JSContext, frame: Option<&str>, command: Command, reply: Reply) {
    let top = GlobalScope::of_agent(&Agent::of_this_thread()).and_then(DomRoot::downcast::<Window>);
    let Some(top) = top else {
        return reply(Err(CommandError::new(ErrorCode::NoSuchWindow, "the page has no document")));
    };
    let window = match frame.map(frames::known_frame).transpose() {
        Ok(frame) => frame.map_or(top, |frame| frame.window()),
        Err(error) => return reply(Err(error)),
    };
    let mut realm = enter_realm(cx, window.reflector().get_jsobject());
    let cx: &mut JSContext = &mut realm;
    match command {
        Command::Execute { body, arguments, asynchronous, window: handle } => {
            execute::execute(cx, &window, &body, &arguments, asynchronous, handle, reply);
        }
        command => reply(answer(cx, &window, command)),
    }
}

/// Everything that is answered at once.
fn answer(cx: &mut JSContext, window: &Window, command: Command) -> Result<Value, CommandError> {
    let document = window.document();
    Ok(match command {
        Command::Execute { .. } => unreachable!("answered by its promise"),
        Command::Url => json!(document.url().as_str()),
        Command::Title => json!(document.title_text().as_str()),
        Command::Source => json!(document.upcast::<Node>().markup()),
        Command::Find { using, value, root } => {
            let root = match root {
                Some(reference) => DomRoot::upcast::<Node>(window.known_element(&reference)?),
                None => DomRoot::upcast(document),
            };
            let found = locate::find(using, &value, &root)?;
            found.iter().map(|element| window.reference_to(element)).collect()
        }
        Command::Frame(target) => {
            let frame = frames::find(window, target)?;
            json!(frames::reference_to(&frame))
        }
        Command::ParentFrame => match window.window_proxy().parent() {
            Some(parent) if !parent.is_top_level() => json!(frames::reference_to(&parent)),
            _ => Value::Null,
        },
        Command::ActiveElement => {
            let Some(element) = document.active_element() else {
                return Err(CommandError::new(ErrorCode::NoSuchElement, "the document has no element"));
            };
            window.reference_to(&element)
        }
        Command::Element(reference, command) => {
            let element = window.known_element(&reference)?;
            match command {
                ElementCommand::Text => json!(elements::rendered_text(&element)),
                ElementCommand::TagName => json!(element.qualified_name().as_str()),
                ElementCommand::Attribute(name) => elements::attribute(cx, &element, &name),
                ElementCommand::Property(name) => elements::property(cx, window, &element, &name)?,
                ElementCommand::Click => {
                    elements::click(cx, window, &element);
                    Value::Null
                }
            }
        }
    })
}
