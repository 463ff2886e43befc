//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Background Fetch for browser engines: runs pages and their service workers, headless.
#[derive(Debug, Parser)]
#[command(
    name = "ferry",
    version,
    about,
    max_term_width = 100,
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    override_usage = "ferry <COMMAND>\n       ferry --webdriver=PORT [--profile FOLDER] [--host-rule RULE] [--ca-certificate FILE]"
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Serve WebDriver.
    #[command(flatten)]
    pub webdriver: WebDriverArguments,
}

/// `ferry --webdriver`.
#[derive(Args, Clone, Debug)]
pub struct WebDriverArguments {
    /// Serve WebDriver on this loopback port (0: any that is free), until Ctrl-C.
    #[arg(long = "webdriver", value_name = "PORT")]
    pub port: Option<u16>,

    /// Keep all state in this folder, and go on from what is in it. Without it nothing is kept.
    #[arg(long, value_name = "FOLDER")]
    pub profile: Option<PathBuf>,

    /// How servers are reached.
    #[command(flatten)]
    pub network: NetworkArguments,
}

/// A sub-command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open a page and follow its background fetches until they have settled.
    Run(RunArguments),
    /// Run one test of web-platform-tests, from a server that runs already, and report its results.
    WptTest(WptTestArguments),
}

/// `ferry run`.
#[derive(Args, Clone, Debug)]
pub struct RunArguments {
    /// The page's address, or a folder with an index.html, which is then served on a loopback port.
    #[arg(value_name = "URL|FOLDER")]
    pub target: String,

    /// Keep all state in this folder, and go on from what is in it. Without it nothing is kept.
    #[arg(long, value_name = "FOLDER")]
    pub profile: Option<PathBuf>,

    /// End after so many seconds, settled or not (exit status 1 if a background fetch had not settled).
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<Duration>,

    /// Report in JSON, one object a line, on standard output.
    #[arg(long)]
    pub json: bool,

    /// The loopback port for a served folder. By default the folder's path decides, so that its origin stays.
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,

    /// How servers are reached.
    #[command(flatten)]
    pub network: NetworkArguments,
}

/// How servers are reached.
#[derive(Args, Clone, Debug)]
pub struct NetworkArguments {
    /// Connect elsewhere than the name says: HOST[:PORT]=ADDRESS[:PORT]; `*` in HOST matches any characters.
    #[arg(long = "host-rule", value_name = "RULE")]
    pub host_rules: Vec<String>,

    /// Trust the certificate authorities in this PEM file too.
    #[arg(long = "ca-certificate", value_name = "FILE")]
    pub ca_certificates: Vec<PathBuf>,
}

/// `ferry wpt-test`.
#[derive(Args, Clone, Debug)]
pub struct WptTestArguments {
    /// The test's address on a web-platform-tests server.
    #[arg(value_name = "URL")]
    pub url: url::Url,

    /// End after so many seconds.
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "60")]
    pub timeout: Duration,

    /// Report the result as one line of JSON, for the runner.
    #[arg(long)]
    pub json: bool,

    /// How servers are reached.
    #[command(flatten)]
    pub network: NetworkArguments,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("'{text}' is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("'{text}' is not a possible number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn webdriver_is_no_command_and_goes_with_none() {
        let parse = |arguments: &[&str]| Arguments::try_parse_from([&["ferry"], arguments].concat());
        let arguments = parse(&["--webdriver=4444", "--host-rule", "a=b"]).unwrap();
        assert_eq!((arguments.webdriver.port, arguments.command.is_none()), (Some(4444), true));
        assert!(parse(&["--webdriver=4444", "run", "http://localhost/"]).is_err());
        assert!(parse(&["--webdriver=http"]).is_err());
        assert!(parse(&[]).is_err());
    }

    #[test]
    fn a_timeout_may_have_a_fraction_but_not_a_sign() {
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1500)));
        assert!(seconds("-1").is_err());
        assert!(seconds("soon").is_err());
        assert!(seconds("NaN").is_err());
    }
}
