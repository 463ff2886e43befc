//! Finding elements: <https://w3c.github.io/webdriver/#dfn-find>.

use html5ever::local_name;

use super::elements::rendered_text;
use crate::automation::{CommandError, ErrorCode, Locator};
use crate::dom::nodes::element::Element;
use crate::dom::nodes::node::Node;
use crate::dom::nodes::selectors::Selectors;
use crate::webidl::*;

/// <https://w3c.github.io/webdriver/#locator-strategies>
pub(super) fn find(using: Locator, value: &str, root: &Node) -> Result<Vec<DomRoot<Element>>, CommandError> {
    let elements = || root.descendants().filter_map(DomRoot::downcast::<Element>);
    let links = || elements().filter(|element| element.is_html(&local_name!("a")));
    Ok(match using {
        // Step 2 of each: what is no selector.
        Locator::CssSelector => match Selectors::parse(value) {
            Some(selectors) => selectors.all(root).collect(),
            None => {
                let message = format!("`{value}` is no selector that is understood");
                return Err(CommandError::new(ErrorCode::InvalidSelector, message));
            }
        },
        Locator::LinkText => links().filter(|link| rendered_text(link) == value.trim()).collect(),
        Locator::PartialLinkText => links().filter(|link| rendered_text(link).contains(value)).collect(),
        Locator::TagName => elements()
            .filter(|element| {
                let name = element.qualified_name();
                if element.is_html_in_html_document() {
                    name.eq_ignore_ascii_case(value)
                } else {
                    *name == *value
                }
            })
            .collect(),
    })
}
