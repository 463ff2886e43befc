//! The command: `webidl-codegen check PATH…`, `webidl-codegen generate --out FOLDER PATH…` and `webidl-codegen diff A B`.
//!
//! Ends with 0, with 1 if there were errors (or differences), with 2 if it was used wrongly.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use webidl_codegen::{
    Failure, Model, diff, generate, parse, read, resolve, resolve_what_is_sound, write_if_changed,
};

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
    /// Say what differs between two sets of IDL, by meaning: `-` only the first has it, `+` only the second, `~` they
    /// say different things.
    Diff {
        /// An IDL file, or a folder of them.
        a: PathBuf,
        /// An IDL file, or a folder of them.
        b: PathBuf,
    },
}

fn main() -> ExitCode {
    // clap ends wrong usage with 2.
    let result = match Arguments::parse().command {
        Command::Check { paths } => check(&paths).map(|()| true),
        Command::Generate { out, paths } => write(&out, &paths).map(|()| true),
        Command::Diff { a, b } => compare(a, b),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
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

/// Whether both sets mean the same. Specs have errors; the rest of them can be compared all the same.
fn compare(a: PathBuf, b: PathBuf) -> Result<bool, Failure> {
    let sound = |path: PathBuf| {
        let (model, errors) = resolve_what_is_sound(parse(read(std::slice::from_ref(&path))?));
        if let Some(errors) = errors {
            let count = errors.diagnostics.len();
            eprintln!("{}: what {count} errors are about is left aside; `check` shows them", path.display());
        }
        Ok::<_, Failure>(model)
    };
    let changes = diff(&sound(a)?, &sound(b)?);
    for change in &changes {
        println!("{change}");
    }
    Ok(changes.is_empty())
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
