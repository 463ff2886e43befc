//! From a request's method and path to a command:
//! <https://w3c.github.io/webdriver/#dfn-match-a-request>.

use ::http::Method;
use percent_encoding::percent_decode_str;
use webdriver::Parameters;
use webdriver::command::WebDriverMessage;
use webdriver::error::ErrorStatus;
use webdriver::httpapi::{Route, standard_routes};

use super::error::Error;
use super::extension::{ExtensionRoute, ROUTES};

/// A command as it came.
pub type Message = WebDriverMessage<ExtensionRoute>;

/// All URI templates.
pub struct Routes(Vec<(Method, Vec<&'static str>, Route<ExtensionRoute>)>);

impl Routes {
    /// WebDriver's own, and the added ones.
    pub fn new() -> Self {
        let added = ROUTES.into_iter().map(|(method, path, route)| (method, path, Route::Extension(route)));
        let all = standard_routes().into_iter().chain(added);
        Routes(all.map(|(method, path, route)| (method, segments(path).collect(), route)).collect())
    }

    /// The command of a request.
    pub fn message(&self, method: &Method, path: &str, body: &str) -> Result<Message, Error> {
        let path: Vec<&str> = segments(path).collect();
        let mut known_path = false;
        for (route_method, template, route) in &self.0 {
            let Some(parameters) = matched(template, &path)? else { continue };
            known_path = true;
            if route_method == method {
                // A body is what commands that are POSTed have.
                let posted = *method == Method::POST;
                return Ok(Message::from_http(*route, &parameters, body, posted)?);
            }
        }
        let shown = path.join("/");
        Err(if known_path {
            Error::new(ErrorStatus::UnknownMethod, format!("/{shown} has no {method}"))
        } else {
            Error::new(ErrorStatus::UnknownCommand, format!("there is no command /{shown}"))
        })
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

/// The URL variables, if the path is one of the template.
fn matched(template: &[&str], path: &[&str]) -> Result<Option<Parameters>, Error> {
    if template.len() != path.len() {
        return Ok(None);
    }
    let mut parameters = Parameters::new();
    for (name, value) in template.iter().zip(path) {
        match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => {
                let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                    Error::new(ErrorStatus::InvalidArgument, format!("`{value}` in the path is not UTF-8"))
                })?;
                parameters.insert(name.to_owned(), value.into_owned());
            }
            None if name == value => {}
            None => return Ok(None),
        }
    }
    Ok(Some(parameters))
}

#[cfg(test)]
mod tests {
    use webdriver::command::WebDriverCommand;

    use super::super::extension::Extension;
    use super::*;

    fn status(method: &Method, path: &str) -> String {
        Routes::new().message(method, path, "{}").unwrap_err().body()
    }

    #[test]
    fn an_unknown_path_and_an_unknown_method_are_told_apart() {
        assert!(status(&Method::GET, "/nothing").contains("unknown command"));
        assert!(status(&Method::DELETE, "/status").contains("unknown method"));
    }

    #[test]
    fn the_click_command_takes_its_id_from_the_path_percent_decoded() {
        let path = "/session/s/backgroundfetch/a%2Fb%20c/click";
        let message = Routes::new().message(&Method::POST, path, "{}").unwrap();
        assert_eq!(message.session_id.as_deref(), Some("s"));
        assert_eq!(
            message.command,
            WebDriverCommand::Extension(Extension::BackgroundFetchClick("a/b c".into()))
        );
    }

    #[test]
    fn a_body_that_is_no_object_is_an_invalid_argument() {
        let error = Routes::new().message(&Method::POST, "/session/s/url", "[]").unwrap_err();
        assert!(error.body().contains("invalid argument"), "{}", error.body());
    }
}
