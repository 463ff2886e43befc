//! `ferry --webdriver`: a [WebDriver](https://w3c.github.io/webdriver/) server, with the command that the Background
//! Fetch specification adds: <https://wicg.github.io/background-fetch/#automation>.
//!
//! The crate `webdriver` knows the protocol's messages; its own server is not used, since the errors of the added
//! command are not among those that it can send.

pub mod actions;
mod capabilities;
mod driver;
mod elements;
pub mod error;
mod extension;
mod http;
mod interrupts;
mod routes;

use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, WrapErr, miette};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use self::driver::Driver;
use crate::args::WebDriverArguments;
use crate::hosts::NoDisplay;
use crate::pages::Pages;
use crate::permissions::SetPermissions;
use crate::run::{BAD_USAGE, block_on};
use crate::session::{self, Session};

/// Serves until it is told to stop (Ctrl-C, SIGTERM), then ends in order.
pub fn run(port: u16, arguments: &WebDriverArguments) -> ExitCode {
    block_on(serve(port, arguments))
}

async fn serve(port: u16, arguments: &WebDriverArguments) -> Result<u8> {
    let network = match session::network_config(&arguments.network) {
        Ok(network) => network,
        Err(error) => {
            eprintln!("ferry: {error:?}");
            return Ok(BAD_USAGE);
        }
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .into_diagnostic()
        .wrap_err_with(|| format!("port {port} can't be listened on; name another one with --webdriver"))?;
    let address = listener.local_addr().into_diagnostic()?;
    let profile = session::open_profile(arguments.profile.as_deref())?;
    let (pages, permissions) = (Arc::new(Pages::default()), Arc::new(SetPermissions::default()));
    let (store, cookies) = (profile.background_fetches(), profile.cookies());
    let session =
        Session::start(network, profile, store, Arc::new(NoDisplay), pages.clone(), permissions.clone())?;
    let server = http::Server::new(Driver::new(session, pages, permissions, cookies));
    let mut terminated = signal(SignalKind::terminate()).into_diagnostic()?;
    println!("listening for WebDriver on http://{address}/");
    tokio::select! {
        () = server.accept(listener) => {}
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
    let Some(driver) = server.stop().await else {
        return Err(miette!("a connection is still in use: the profile could not be closed in order"));
    };
    drop(driver.into_session().end().await?);
    Ok(0)
}
