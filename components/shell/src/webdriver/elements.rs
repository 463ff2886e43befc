//! Commands about elements: <https://w3c.github.io/webdriver/#elements>.

use std::time::{Duration, Instant};

use script::automation::{Command, ElementCommand, Locator};
use serde_json::{Value, json};
use webdriver::command::{LocatorParameters, WebDriverCommand};
use webdriver::common::LocatorStrategy;
use webdriver::error::ErrorStatus;
use webdriver::response::WebDriverResponse;

use super::driver::{Driver, value};
use super::error::Error;
use super::extension::Extension;

/// How often it is looked again for elements that are waited for.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Driver {
    pub(super) async fn element_command(
        &self,
        command: WebDriverCommand<Extension>,
    ) -> Result<WebDriverResponse, Error> {
        use WebDriverCommand as C;
        match command {
            C::FindElement(wanted) => self.find_one(wanted, None).await,
            C::FindElements(wanted) => self.find(wanted, None).await.map(|found| value(json!(found))),
            C::FindElementElement(root, wanted) => self.find_one(wanted, Some(root.0)).await,
            C::FindElementElements(root, wanted) => {
                self.find(wanted, Some(root.0)).await.map(|found| value(json!(found)))
            }
            C::GetActiveElement => self.ask(Command::ActiveElement).await.map(value),
            C::GetElementText(element) => self.of_element(element.0, ElementCommand::Text).await,
            C::GetElementTagName(element) => self.of_element(element.0, ElementCommand::TagName).await,
            C::GetElementAttribute(element, name) => {
                self.of_element(element.0, ElementCommand::Attribute(name)).await
            }
            C::GetElementProperty(element, name) => {
                self.of_element(element.0, ElementCommand::Property(name)).await
            }
            C::ElementClick(element) => self.of_element(element.0, ElementCommand::Click).await,
            C::GetShadowRoot(_) | C::FindShadowRootElement(..) | C::FindShadowRootElements(..) => {
                Err(Error::new(ErrorStatus::NoSuchShadowRoot, "this engine has no shadow trees"))
            }
            C::IsSelected(_) | C::IsEnabled(_) | C::ElementClear(_) | C::ElementSendKeys(..) => {
                Err(Error::unsupported("form controls"))
            }
            _ => Err(Error::unsupported("layout")),
        }
    }

    async fn of_element(&self, element: String, command: ElementCommand) -> Result<WebDriverResponse, Error> {
        self.ask(Command::Element(element, command)).await.map(value)
    }

    async fn find_one(
        &self,
        wanted: LocatorParameters,
        root: Option<String>,
    ) -> Result<WebDriverResponse, Error> {
        let what = wanted.value.clone();
        let found = self.find(wanted, root).await?;
        let first = found.into_iter().next();
        first
            .map(value)
            .ok_or_else(|| Error::new(ErrorStatus::NoSuchElement, format!("there is no `{what}`")))
    }

    /// <https://w3c.github.io/webdriver/#dfn-find>: waits until there is something, for the session's time.
    async fn find(&self, wanted: LocatorParameters, root: Option<String>) -> Result<Vec<Value>, Error> {
        let using = match wanted.using {
            LocatorStrategy::CSSSelector => Locator::CssSelector,
            LocatorStrategy::LinkText => Locator::LinkText,
            LocatorStrategy::PartialLinkText => Locator::PartialLinkText,
            LocatorStrategy::TagName => Locator::TagName,
            LocatorStrategy::XPath => return Err(Error::unsupported("XPath")),
        };
        let (started, limit) = (Instant::now(), self.implicit_wait()?);
        loop {
            let command = Command::Find { using, value: wanted.value.clone(), root: root.clone() };
            let found = self.ask(command).await?;
            let found = found.as_array().cloned().unwrap_or_default();
            if !found.is_empty() || started.elapsed() >= limit {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
