//! The program `ferry`: opens pages in the engine, headless, and shows what becomes of their background fetches.

mod args;
mod cookies;
mod hosts;
mod pages;
mod permissions;
mod report;
mod run;
mod serve;
mod session;
mod stored;
mod webdriver;
mod wpt_test;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::args::{Arguments, Command};

fn main() -> ExitCode {
    let started = Instant::now();
    // Bad usage ends here, with status 2.
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_env("FERRY_LOG").unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match (arguments.command, arguments.webdriver.port) {
        (Some(Command::Run(arguments)), _) => run::run(&arguments, started),
        (Some(Command::WptTest(arguments)), _) => wpt_test::run(&arguments),
        (None, Some(port)) => webdriver::run(port, &arguments.webdriver),
        (None, None) => {
            eprintln!("ferry: nothing to do: name a command, or a port with --webdriver");
            ExitCode::from(run::BAD_USAGE)
        }
    }
}
