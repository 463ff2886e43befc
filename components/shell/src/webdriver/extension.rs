//! The command that Background Fetch adds: <https://wicg.github.io/background-fetch/#automation-click>.

use ::http::Method;
use serde_json::Value;
use webdriver::Parameters;
use webdriver::command::{WebDriverCommand, WebDriverExtensionCommand};
use webdriver::error::WebDriverResult;
use webdriver::httpapi::WebDriverExtensionRoute;

/// Commands that are not WebDriver's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Activate the display of the background fetch with this id.
    BackgroundFetchClick(String),
    /// <https://w3c.github.io/reporting/#automation>: there is no Reporting API to make a report with.
    GenerateTestReport,
}

impl WebDriverExtensionCommand for Extension {
    fn parameters_json(&self) -> Option<Value> {
        None
    }
}

/// Where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionRoute {
    BackgroundFetchClick,
    GenerateTestReport,
}

/// The commands' URI templates.
pub const ROUTES: [(Method, &str, ExtensionRoute); 2] = [
    (Method::POST, "/session/{sessionId}/backgroundfetch/{id}/click", ExtensionRoute::BackgroundFetchClick),
    (Method::POST, "/session/{sessionId}/reporting/generate_test_report", ExtensionRoute::GenerateTestReport),
];

impl WebDriverExtensionRoute for ExtensionRoute {
    type Command = Extension;

    fn command(&self, parameters: &Parameters, _: &Value) -> WebDriverResult<WebDriverCommand<Extension>> {
        Ok(WebDriverCommand::Extension(match self {
            ExtensionRoute::BackgroundFetchClick => {
                Extension::BackgroundFetchClick(parameters.get("id").cloned().unwrap_or_default())
            }
            ExtensionRoute::GenerateTestReport => Extension::GenerateTestReport,
        }))
    }
}
