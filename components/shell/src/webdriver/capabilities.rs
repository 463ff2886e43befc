//! <https://w3c.github.io/webdriver/#capabilities>

use serde_json::{Map, Value, json};
use webdriver::capabilities::{BrowserCapabilities, Capabilities, CapabilitiesMatching};
use webdriver::command::NewSessionParameters;
use webdriver::error::{ErrorStatus, WebDriverResult};

use super::error::Error;

const NAME: &str = "ferry";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a session is started with: <https://w3c.github.io/webdriver/#dfn-capabilities-processing>.
pub fn matched(parameters: &NewSessionParameters) -> Result<Capabilities, Error> {
    let wanted = parameters.match_browser(&mut Ferry)?;
    let Some(mut capabilities) = wanted else {
        let message = "no set of capabilities that was asked for is one that this engine has";
        return Err(Error::new(ErrorStatus::SessionNotCreated, message));
    };
    let own = [
        ("browserName", json!(NAME)),
        ("browserVersion", json!(VERSION)),
        ("platformName", json!(std::env::consts::OS)),
        ("acceptInsecureCerts", json!(false)),
        ("setWindowRect", json!(false)),
        ("strictFileInteractability", json!(false)),
        ("proxy", json!({})),
        ("userAgent", json!(script::embedder::Options::default().user_agent)),
    ];
    for (name, value) in own {
        capabilities.insert(name.to_owned(), value);
    }
    let defaults =
        [("pageLoadStrategy", json!("normal")), ("unhandledPromptBehavior", json!("dismiss and notify"))];
    for (name, value) in defaults {
        capabilities.entry(name).or_insert(value);
    }
    Ok(capabilities)
}

/// What this engine can and can't do.
struct Ferry;

impl BrowserCapabilities for Ferry {
    fn init(&mut self, _: &Capabilities) {}

    fn browser_name(&mut self, _: &Capabilities) -> WebDriverResult<Option<String>> {
        Ok(Some(NAME.into()))
    }

    fn browser_version(&mut self, _: &Capabilities) -> WebDriverResult<Option<String>> {
        Ok(Some(VERSION.into()))
    }

    fn compare_browser_version(&mut self, version: &str, wanted: &str) -> WebDriverResult<bool> {
        Ok(version == wanted)
    }

    fn platform_name(&mut self, _: &Capabilities) -> WebDriverResult<Option<String>> {
        Ok(Some(std::env::consts::OS.into()))
    }

    fn accept_insecure_certs(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn set_window_rect(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn strict_file_interactability(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn web_socket_url(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn webauthn_virtual_authenticators(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn webauthn_extension_uvm(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn webauthn_extension_prf(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn webauthn_extension_large_blob(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn webauthn_extension_cred_blob(&mut self, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }

    fn accept_proxy(&mut self, proxy: &Map<String, Value>, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(proxy.get("proxyType").is_none_or(|kind| kind == "direct"))
    }

    fn validate_custom(&mut self, _: &str, _: &Value) -> WebDriverResult<()> {
        Ok(())
    }

    fn accept_custom(&mut self, _: &str, _: &Value, _: &Capabilities) -> WebDriverResult<bool> {
        Ok(false)
    }
}
