//! The session, its windows, and the commands: <https://w3c.github.io/webdriver/#sessions>.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use fetch::cookies::Cookie;
use fetch::{CookieJar, Origin, StorageKey, Url};
use script::PageHandle;
use script::automation::{Command, ElementCommand, FrameTarget};
use script::embedder::PermissionState;
use serde_json::{Value, json};
use uuid::Uuid;
use webdriver::command::{
    AddCookieParameters, JavascriptCommandParameters, NewSessionParameters, SetPermissionState,
    TimeoutsParameters, WebDriverCommand,
};
use webdriver::common::FrameId;
use webdriver::error::ErrorStatus;
use webdriver::response::{
    CloseWindowResponse, NewSessionResponse, NewWindowResponse, TimeoutsResponse, ValueResponse,
    WebDriverResponse,
};

use super::actions::{self, Deed};
use super::capabilities;
use super::error::Error;
use super::extension::Extension;
use super::interrupts::Interrupts;
use super::routes::Message;
use crate::cookies;
use crate::pages::Pages;
use crate::permissions::SetPermissions;
use crate::session::Session;

/// The end of the year 9999, in seconds since 1970: no date in a cookie is later.
const LAST_DATE: u64 = 253_402_300_799;

/// The answer to Status: <https://w3c.github.io/webdriver/#status>.
pub fn status(ready: bool) -> WebDriverResponse {
    let message = if ready { "ready" } else { "there is a session already" };
    value(json!({ "ready": ready, "message": message }))
}

/// A value as an answer.
pub(super) fn value(value: Value) -> WebDriverResponse {
    WebDriverResponse::Generic(ValueResponse(value))
}

/// Does commands, one after the other.
pub struct Driver {
    engine: Session,
    pages: Arc<Pages>,
    permissions: Arc<SetPermissions>,
    cookies: Arc<dyn CookieJar>,
    active: Option<ActiveSession>,
    interrupts: Arc<Interrupts>,
}

/// <https://w3c.github.io/webdriver/#dfn-sessions>
struct ActiveSession {
    id: String,
    timeouts: Timeouts,
    /// <https://w3c.github.io/webdriver/#dfn-page-load-strategy>: whether navigations are waited for at all. NB:
    /// "eager" waits as long as "normal".
    waits_for_load: bool,
    windows: Vec<Window>,
    /// <https://w3c.github.io/webdriver/#dfn-current-top-level-browsing-context>: a handle, maybe of one that is gone.
    current: String,
    /// <https://w3c.github.io/webdriver/#dfn-current-browsing-context>: a frame in that window, as its page calls it.
    frame: Option<String>,
}

/// <https://w3c.github.io/webdriver/#timeouts>
#[derive(Clone, Copy, Debug)]
struct Timeouts {
    script: Option<Duration>,
    page_load: Option<Duration>,
    implicit: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            script: Some(Duration::from_secs(30)),
            page_load: Some(Duration::from_secs(300)),
            implicit: Some(Duration::ZERO),
        }
    }
}

impl Timeouts {
    fn set(&mut self, parameters: &TimeoutsParameters) {
        let milliseconds = |value: Option<u64>| value.map(Duration::from_millis);
        if let Some(script) = parameters.script {
            self.script = milliseconds(script);
        }
        if let Some(page_load) = parameters.page_load {
            self.page_load = milliseconds(page_load);
        }
        if let Some(implicit) = parameters.implicit {
            self.implicit = milliseconds(implicit);
        }
    }

    fn response(&self) -> TimeoutsResponse {
        let milliseconds =
            |value: Option<Duration>| value.map(|value| u64::try_from(value.as_millis()).unwrap_or(u64::MAX));
        TimeoutsResponse::new(
            milliseconds(self.script),
            milliseconds(self.page_load),
            milliseconds(self.implicit),
        )
    }
}

/// A top-level browsing context: a page at a time.
struct Window {
    handle: String,
    page: PageHandle,
    /// Where it has been, and where in that it is.
    history: Vec<Url>,
    position: usize,
}

impl Driver {
    /// A driver of `engine`, whose pages tell `pages`, are allowed what `permissions` says, and have these cookies.
    pub fn new(
        engine: Session,
        pages: Arc<Pages>,
        permissions: Arc<SetPermissions>,
        cookies: Arc<dyn CookieJar>,
    ) -> Self {
        Driver { engine, pages, permissions, cookies, active: None, interrupts: Arc::default() }
    }

    /// What ends the commands of the session.
    pub fn interrupts(&self) -> &Arc<Interrupts> {
        &self.interrupts
    }

    /// Whether a session is active.
    pub fn has_session(&self) -> bool {
        self.active.is_some()
    }

    /// The engine, to end it.
    pub fn into_session(self) -> Session {
        self.engine
    }

    /// Does one command.
    pub async fn run(&mut self, message: Message) -> Result<WebDriverResponse, Error> {
        if let WebDriverCommand::NewSession(parameters) = &message.command {
            return self.new_session(parameters).await;
        }
        let id = message.session_id.unwrap_or_default();
        if self.active.as_ref().is_none_or(|session| session.id != id) {
            return Err(Error::new(ErrorStatus::InvalidSessionId, format!("there is no session `{id}`")));
        }
        match message.command {
            WebDriverCommand::DeleteSession => {
                self.delete_session().await;
                Ok(WebDriverResponse::DeleteSession)
            }
            command => self.command(command).await,
        }
    }

    async fn command(&mut self, command: WebDriverCommand<Extension>) -> Result<WebDriverResponse, Error> {
        use WebDriverCommand as C;
        match command {
            C::NewSession(_) | C::DeleteSession | C::Status => unreachable!("done before"),
            C::GetTimeouts => Ok(WebDriverResponse::Timeouts(self.session()?.timeouts.response())),
            C::SetTimeouts(parameters) => {
                self.session_mut()?.timeouts.set(&parameters);
                Ok(WebDriverResponse::Void)
            }
            // Navigation: https://w3c.github.io/webdriver/#navigation
            C::Get(parameters) => {
                self.window()?;
                let url = Url::parse(&parameters.url).map_err(|error| {
                    Error::new(
                        ErrorStatus::InvalidArgument,
                        format!("`{}` is no URL: {error}", parameters.url),
                    )
                })?;
                if !matches!(url.scheme(), "http" | "https" | "data" | "about") {
                    let message = format!("{url} can't be opened: the scheme is `{}`", url.scheme());
                    return Err(Error::new(ErrorStatus::InvalidArgument, message));
                }
                let window = self.window_mut()?;
                window.history.truncate(window.position + 1);
                window.history.push(url);
                window.position += 1;
                self.load().await
            }
            C::GoBack => self.travel(-1).await,
            C::GoForward => self.travel(1).await,
            C::Refresh => self.load().await,
            C::GetCurrentUrl => self.ask_top(Command::Url).await.map(value),
            C::GetTitle => self.ask_top(Command::Title).await.map(value),
            C::GetPageSource => self.ask(Command::Source).await.map(value),
            // Contexts: https://w3c.github.io/webdriver/#contexts
            C::GetWindowHandle => Ok(value(json!(self.window()?.handle))),
            C::GetWindowHandles => Ok(value(json!(self.handles()?))),
            C::NewWindow(_) => self.new_window().await,
            C::CloseWindow => self.close_window().await,
            C::SwitchToWindow(parameters) => {
                let session = self.session_mut()?;
                if !session.windows.iter().any(|window| window.handle == parameters.handle) {
                    let message = format!("there is no window `{}`", parameters.handle);
                    return Err(Error::new(ErrorStatus::NoSuchWindow, message));
                }
                session.current = parameters.handle;
                session.frame = None;
                Ok(WebDriverResponse::Void)
            }
            C::SwitchToFrame(parameters) => self.switch_to_frame(parameters.id).await,
            C::SwitchToParentFrame => {
                self.window()?;
                // Above the top there is nothing.
                if self.session()?.frame.is_some() {
                    let parent = self.ask(Command::ParentFrame).await?;
                    self.session_mut()?.frame = parent.as_str().map(str::to_owned);
                }
                Ok(WebDriverResponse::Void)
            }
            // Scripts: https://w3c.github.io/webdriver/#executing-script
            C::ExecuteScript(parameters) => self.execute(parameters, false).await,
            C::ExecuteAsyncScript(parameters) => self.execute(parameters, true).await,
            // Cookies: https://w3c.github.io/webdriver/#cookies
            C::GetCookies => {
                let cookies = cookies::of_page(&*self.cookies, &self.url().await?);
                Ok(value(cookies.iter().map(cookies::serialized).collect()))
            }
            C::GetNamedCookie(name) => {
                let mut cookies = cookies::of_page(&*self.cookies, &self.url().await?).into_iter();
                let named = cookies.find(|cookie| cookie.name == name.as_bytes());
                let none = || Error::new(ErrorStatus::NoSuchCookie, format!("there is no cookie `{name}`"));
                named.as_ref().map(cookies::serialized).map(value).ok_or_else(none)
            }
            C::AddCookie(cookie) => self.add_cookie(&cookie).await,
            C::DeleteCookie(name) => self.delete_cookies(|cookie| cookie.name == name.as_bytes()).await,
            C::DeleteCookies => self.delete_cookies(|_| true).await,
            // https://w3c.github.io/permissions/#automation
            C::SetPermission(parameters) => {
                let state = match parameters.state {
                    SetPermissionState::Granted => PermissionState::Granted,
                    SetPermissionState::Denied => PermissionState::Denied,
                    SetPermissionState::Prompt => PermissionState::Prompt,
                };
                let url = self.url().await?;
                self.permissions.set(Origin::of(&url), &parameters.descriptor.name, state);
                Ok(WebDriverResponse::Void)
            }
            C::Extension(Extension::BackgroundFetchClick(id)) => self.background_fetch_click(id).await,
            C::Extension(Extension::GenerateTestReport) => Err(Error::unsupported("Reporting API")),
            // Prompts: https://w3c.github.io/webdriver/#user-prompts
            C::DismissAlert | C::AcceptAlert | C::GetAlertText | C::SendAlertText(_) => {
                self.window()?;
                Err(Error::new(ErrorStatus::NoSuchAlert, "pages can't prompt anybody"))
            }
            C::GetWindowRect
            | C::SetWindowRect(_)
            | C::MinimizeWindow
            | C::MaximizeWindow
            | C::FullscreenWindow => {
                self.window()?;
                Err(Error::unsupported("windows that are shown"))
            }
            C::TakeScreenshot | C::TakeElementScreenshot(_) | C::Print(_) => {
                self.window()?;
                Err(Error::unsupported("layout: there is nothing to draw"))
            }
            C::PerformActions(parameters) => {
                self.window()?;
                for deed in actions::deeds(parameters.actions)? {
                    match deed {
                        Deed::Click(element) => {
                            self.ask(Command::Element(element, ElementCommand::Click)).await?;
                        }
                        Deed::Wait(duration) => tokio::time::sleep(duration).await,
                    }
                }
                Ok(WebDriverResponse::Void)
            }
            C::ReleaseActions => self.window().map(|_| WebDriverResponse::Void),
            C::GPCGetGlobalPrivacyControl | C::GPCSetGlobalPrivacyControl(_) => {
                Err(Error::unsupported("Global Privacy Control"))
            }
            C::WebAuthnAddCredential(..)
            | C::WebAuthnAddVirtualAuthenticator(_)
            | C::WebAuthnGetCredentials(_)
            | C::WebAuthnRemoveAllCredentials(_)
            | C::WebAuthnRemoveCredential(..)
            | C::WebAuthnRemoveVirtualAuthenticator(_)
            | C::WebAuthnSetUserVerified(..) => Err(Error::unsupported("Web Authentication")),
            of_elements => self.element_command(of_elements).await,
        }
    }

    fn session(&self) -> Result<&ActiveSession, Error> {
        self.active.as_ref().ok_or_else(|| Error::new(ErrorStatus::InvalidSessionId, "there is no session"))
    }

    fn session_mut(&mut self) -> Result<&mut ActiveSession, Error> {
        self.active.as_mut().ok_or_else(|| Error::new(ErrorStatus::InvalidSessionId, "there is no session"))
    }

    /// The current window, if it is [open](https://w3c.github.io/webdriver/#dfn-no-longer-open).
    fn window(&self) -> Result<&Window, Error> {
        let session = self.session()?;
        session.windows.iter().find(|window| window.handle == session.current).ok_or_else(no_such_window)
    }

    fn window_mut(&mut self) -> Result<&mut Window, Error> {
        let session = self.session_mut()?;
        let current = &session.current;
        session.windows.iter_mut().find(|window| window.handle == *current).ok_or_else(no_such_window)
    }

    fn handles(&self) -> Result<Vec<&str>, Error> {
        Ok(self.session()?.windows.iter().map(|window| &*window.handle).collect())
    }

    /// How long elements are looked for.
    pub(super) fn implicit_wait(&self) -> Result<Duration, Error> {
        Ok(self.session()?.timeouts.implicit.unwrap_or(Duration::MAX))
    }

    /// <https://w3c.github.io/webdriver/#new-session>
    async fn new_session(&mut self, parameters: &NewSessionParameters) -> Result<WebDriverResponse, Error> {
        if self.has_session() {
            return Err(Error::new(ErrorStatus::SessionNotCreated, "there is a session already"));
        }
        let mut capabilities = capabilities::matched(parameters)?;
        let mut timeouts = Timeouts::default();
        if let Some(wanted) = capabilities.get("timeouts") {
            let wanted = serde_json::from_value(wanted.clone())
                .map_err(|error| Error::new(ErrorStatus::InvalidArgument, error.to_string()))?;
            timeouts.set(&wanted);
        }
        let shown = serde_json::to_value(timeouts.response()).unwrap_or_default();
        capabilities.insert("timeouts".into(), shown);
        let waits_for_load = capabilities.get("pageLoadStrategy").is_none_or(|strategy| strategy != "none");
        let id = Uuid::new_v4().to_string();
        let window = self.open_window();
        let current = window.handle.clone();
        let (windows, frame) = (vec![window], None);
        self.active =
            Some(ActiveSession { id: id.clone(), timeouts, waits_for_load, windows, current, frame });
        self.interrupts.begin(&id);
        self.wait_for_load().await?;
        Ok(WebDriverResponse::NewSession(NewSessionResponse::new(id, Value::Object(capabilities))))
    }

    /// <https://w3c.github.io/webdriver/#delete-session>. NB: what pages have left in the profile stays; the next
    /// session of this process finds it.
    async fn delete_session(&mut self) {
        let windows = self.active.take().map(|session| session.windows).unwrap_or_default();
        for window in windows {
            self.pages.close(&window.page).await;
        }
        self.permissions.clear();
    }

    /// A window with an empty page.
    fn open_window(&self) -> Window {
        let blank = Url::parse("about:blank").expect("a constant that is a URL");
        let page = self.engine.engine.open_page(blank.clone());
        Window { handle: Uuid::new_v4().to_string(), page, history: vec![blank], position: 0 }
    }

    /// <https://w3c.github.io/webdriver/#new-window>
    async fn new_window(&mut self) -> Result<WebDriverResponse, Error> {
        self.window()?;
        let window = self.open_window();
        let (handle, page) = (window.handle.clone(), window.page.clone());
        self.session_mut()?.windows.push(window);
        self.wait_for(&page).await?;
        Ok(WebDriverResponse::NewWindow(NewWindowResponse { handle, typ: "window".into() }))
    }

    /// <https://w3c.github.io/webdriver/#close-window>
    async fn close_window(&mut self) -> Result<WebDriverResponse, Error> {
        let handle = self.window()?.handle.clone();
        let session = self.session_mut()?;
        let at = session.windows.iter().position(|window| window.handle == handle);
        let window = session.windows.remove(at.ok_or_else(no_such_window)?);
        self.pages.close(&window.page).await;
        let left: Vec<String> = self.handles()?.into_iter().map(str::to_owned).collect();
        if left.is_empty() {
            self.delete_session().await;
        }
        Ok(WebDriverResponse::CloseWindow(CloseWindowResponse(left)))
    }

    /// <https://w3c.github.io/webdriver/#back> and forward. At either end nothing happens.
    async fn travel(&mut self, by: isize) -> Result<WebDriverResponse, Error> {
        let window = self.window_mut()?;
        let Some(position) = window.position.checked_add_signed(by).filter(|at| *at < window.history.len())
        else {
            return Ok(WebDriverResponse::Void);
        };
        window.position = position;
        self.load().await
    }

    /// Shows where the current window is in its history. NB: each navigation starts a new page.
    async fn load(&mut self) -> Result<WebDriverResponse, Error> {
        let window = self.window()?;
        let (old, url) = (window.page.clone(), window.history[window.position].clone());
        self.pages.close(&old).await;
        let page = self.engine.engine.open_page(url);
        self.window_mut()?.page = page;
        self.session_mut()?.frame = None;
        if self.session()?.waits_for_load {
            self.wait_for_load().await?;
        }
        Ok(WebDriverResponse::Void)
    }

    /// <https://w3c.github.io/webdriver/#switch-to-frame>
    async fn switch_to_frame(&mut self, id: FrameId) -> Result<WebDriverResponse, Error> {
        self.window()?;
        let target = match id {
            FrameId::Top => {
                self.session_mut()?.frame = None;
                return Ok(WebDriverResponse::Void);
            }
            FrameId::Short(index) => FrameTarget::Index(index.into()),
            FrameId::Element(element) => FrameTarget::Element(element.0),
        };
        let frame = self.ask(Command::Frame(target)).await?;
        self.session_mut()?.frame = frame.as_str().map(str::to_owned);
        Ok(WebDriverResponse::Void)
    }

    async fn wait_for_load(&self) -> Result<(), Error> {
        self.wait_for(&self.window()?.page).await
    }

    /// <https://w3c.github.io/webdriver/#dfn-waiting-for-the-navigation-to-complete>
    async fn wait_for(&self, page: &PageHandle) -> Result<(), Error> {
        let limit = self.session()?.timeouts.page_load.unwrap_or(Duration::MAX);
        match tokio::time::timeout(limit, self.pages.loaded(page)).await {
            Ok(result) => Ok(result?),
            Err(_) => {
                Err(Error::new(ErrorStatus::Timeout, format!("the page was not loaded after {limit:?}")))
            }
        }
    }

    /// Asks the current document. A page that does not answer, since its script runs for longer than the session's limit
    /// for scripts, is an error.
    pub(super) async fn ask(&self, command: Command) -> Result<Value, Error> {
        self.ask_in(self.session()?.frame.clone(), command).await
    }

    /// Asks the current window's top-level document.
    async fn ask_top(&self, command: Command) -> Result<Value, Error> {
        self.ask_in(None, command).await
    }

    async fn ask_in(&self, frame: Option<String>, command: Command) -> Result<Value, Error> {
        let asked = self.pages.ask(&self.window()?.page, frame, command);
        let limit = self.session()?.timeouts.script.unwrap_or(Duration::MAX);
        match tokio::time::timeout(limit, asked).await {
            Ok(result) => Ok(result?),
            Err(_) => {
                Err(Error::new(ErrorStatus::Timeout, format!("the page has not answered after {limit:?}")))
            }
        }
    }

    async fn execute(
        &self,
        parameters: JavascriptCommandParameters,
        asynchronous: bool,
    ) -> Result<WebDriverResponse, Error> {
        let command = Command::Execute {
            body: parameters.script,
            arguments: parameters.args.unwrap_or_default(),
            asynchronous,
            window: self.window()?.handle.clone(),
        };
        match self.ask(command).await {
            Err(Error::Standard(error)) if error.error == ErrorStatus::Timeout => {
                let limit = self.session()?.timeouts.script.unwrap_or(Duration::MAX);
                let message = format!("the script was not over after {limit:?}");
                Err(Error::new(ErrorStatus::ScriptTimeout, message))
            }
            result => result.map(value),
        }
    }

    /// <https://w3c.github.io/webdriver/#add-cookie>: as the page's own server would set it.
    async fn add_cookie(&self, cookie: &AddCookieParameters) -> Result<WebDriverResponse, Error> {
        let url = self.url().await?;
        let mut header = format!("{}={}", cookie.name, cookie.value);
        let path = cookie.path.as_deref().unwrap_or("/");
        let attributes = [
            ("Path", Some(path)),
            ("Domain", cookie.domain.as_deref()),
            ("SameSite", cookie.sameSite.as_deref()),
        ];
        for (name, value) in attributes {
            if let Some(value) = value {
                header += &format!("; {name}={value}");
            }
        }
        if cookie.secure {
            header += "; Secure";
        }
        if cookie.httpOnly {
            header += "; HttpOnly";
        }
        let expires =
            cookie.expiry.as_ref().map(|date| UNIX_EPOCH + Duration::from_secs(date.0.min(LAST_DATE)));
        let wanted = (&*cookie.name, &*cookie.value);
        if cookies::add(&*self.cookies, &url, header.as_bytes(), wanted, expires) {
            return Ok(WebDriverResponse::Void);
        }
        let message = format!("`{header}` is no cookie that {url} can set");
        Err(Error::new(ErrorStatus::UnableToSetCookie, message))
    }

    async fn delete_cookies(&self, which: impl Fn(&Cookie) -> bool) -> Result<WebDriverResponse, Error> {
        let url = self.url().await?;
        for cookie in cookies::of_page(&*self.cookies, &url).iter().filter(|cookie| which(cookie)) {
            self.cookies.remove(&cookie.key());
        }
        Ok(WebDriverResponse::Void)
    }

    /// The URL of the current document.
    async fn url(&self) -> Result<Url, Error> {
        let url = self.ask(Command::Url).await?;
        let url = url.as_str().unwrap_or_default();
        Url::parse(url).map_err(|error| Error::new(ErrorStatus::UnknownError, format!("`{url}`: {error}")))
    }

    /// <https://wicg.github.io/background-fetch/#automation-click>
    async fn background_fetch_click(&self, id: String) -> Result<WebDriverResponse, Error> {
        // 1. The window has to be open.
        self.window()?;
        // 2. Where it is.
        let url = self.url().await?;
        // 3. The registration that is in charge of that.
        let services = &self.engine.services;
        let registration = match StorageKey::obtain(&Origin::of(&url)) {
            None => None,
            Some(storage_key) => {
                let (reply, answer) = service_worker::Reply::channel();
                services.service_workers.match_registration(storage_key, url, reply);
                answer.await.map_err(|error| Error::new(ErrorStatus::UnknownError, error.to_string()))?
            }
        };
        // 4. There has to be one.
        let registration = registration.ok_or(Error::InvalidServiceWorkerState)?;
        let key = background_fetch::concepts::RegistrationKey {
            storage_key: registration.storage_key,
            scope: registration.scope,
        };
        // 5. Its newest fetch with that id. NB: SD-67: also one that has settled, until its event is over.
        let (reply, answer) = background_fetch::Reply::channel();
        services.background_fetch.newest(key, id.clone(), reply);
        let fetch = answer.await.map_err(|error| Error::new(ErrorStatus::UnknownError, error.to_string()))?;
        // 6. There has to be one.
        let fetch = fetch.ok_or(Error::BackgroundFetchNotFound(id))?;
        // 7. The event. What its handler does goes on while the driver does.
        services.background_fetch.click(fetch, background_fetch::Reply::ignore());
        // 8.
        Ok(WebDriverResponse::Void)
    }
}

fn no_such_window() -> Error {
    Error::new(ErrorStatus::NoSuchWindow, "the window is closed")
}
