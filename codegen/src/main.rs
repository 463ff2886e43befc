//! The command: `webidl-codegen check PATH…` and `webidl-codegen generate --out FOLDER PATH…`.
//!
//! Ends with 0, with 1 if there were errors, with 2 if it was used wrongly.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use webidl_codegen::{Failure, Model, generate, parse, read, resolve, write_if_changed};

/// Checks Web IDL and generates Rust bindings for SpiderMonkey from it.
#[derive(Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Parse and resolve IDL and report every error.
    Check {
        /// IDL files, or folders of `.webidl` or `.idl` files.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Generate bindings.
    Generate {
        /// The folder to write to.
        #[arg(long)]
        out: PathBuf,
        /// IDL files, or folders of `.webidl` or `.idl` files.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    // clap ends wrong usage with 2.
    let result = match Arguments::parse().command {
        Command::Check { paths } => check(&paths),
        Command::Generate { out, paths } => write(&out, &paths),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            report(failure);
            ExitCode::FAILURE
        }
    }
}

fn check(paths: &[PathBuf]) -> Result<(), Failure> {
    let sources = read(paths)?;
    let files = sources.iter().count();
    let syntax = parse(sources);
    let definitions = syntax.len();
    let model = resolve(syntax)?;
    println!("{files} files, {definitions} definitions: {}", summary(&model));
    Ok(())
}

fn summary(model: &Model) -> String {
    format!(
        "{} interfaces, {} dictionaries, {} enums, {} callbacks, {} callback interfaces, {} namespaces",
        model.interfaces.len(),
        model.dictionaries.len(),
        model.enumerations.len(),
        model.callbacks.len(),
        model.callback_interfaces.len(),
        model.namespaces.len(),
    )
}

fn write(out: &std::path::Path, paths: &[PathBuf]) -> Result<(), Failure> {
    let model = resolve(parse(read(paths)?))?;
    for file in generate(&model)?.files {
        let path = out.join(&file.name);
        let written = write_if_changed(&path, &file.text)?;
        println!("{}{}", path.display(), if written { "" } else { " (unchanged)" });
    }
    Ok(())
}

/// Says what failed: errors in IDL each with an excerpt.
fn report(failure: Failure) {
    match failure {
        Failure::Errors(errors) => {
            for report in errors.reports() {
                eprintln!("{report:?}");
            }
            let count = errors.diagnostics.len();
            eprintln!("{count} error{}", if count == 1 { "" } else { "s" });
        }
        other => {
            eprintln!("error: {other}");
            let mut source = std::error::Error::source(&other);
            while let Some(error) = source {
                eprintln!("  because: {error}");
                source = error.source();
            }
        }
    }
}
