//! The project's IDL beside the specs': npm's `@webref/idl` (its folder in `WEBREF_IDL`) and the `interfaces/` of a
//! web-platform-tests checkout (its folder in `WPT_ROOT`, or where `./mach wpt` keeps it). Each is compared where it is
//! present.

use std::path::{Path, PathBuf};

use webidl_codegen::{Change, Model, diff, parse, read, resolve_what_is_sound};

fn model(folder: &Path) -> Model {
    let sources = read(&[folder.to_owned()]).unwrap_or_else(|error| panic!("{error}"));
    // Specs have errors of their own.
    resolve_what_is_sound(parse(sources)).0
}

/// The checkouts of web-platform-tests and the package that are here.
fn sets() -> Vec<PathBuf> {
    let mut sets: Vec<_> = std::env::var_os("WEBREF_IDL").map(PathBuf::from).into_iter().collect();
    match std::env::var_os("WPT_ROOT") {
        Some(root) => sets.push(Path::new(&root).join("interfaces")),
        None => {
            let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
            let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or(home).unwrap_or_default();
            let entries = std::fs::read_dir(cache.join("ferry")).into_iter().flatten().flatten();
            let checkouts = entries.filter(|it| it.file_name().to_string_lossy().starts_with("wpt-"));
            sets.extend(checkouts.map(|it| it.path().join("interfaces")));
        }
    }
    sets.retain(|set| set.is_dir());
    sets
}

/// Definitions that other specs than those of `webidls/` have, or that a file there says are its own.
fn is_ours_alone(change: &Change) -> bool {
    change.b.is_none()
}

#[test]
fn what_the_project_has_is_what_the_specs_have() {
    let own = model(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../webidls"));
    for set in sets() {
        let changes = diff(&own, &model(&set));
        let (ours, others): (Vec<_>, Vec<_>) = changes.iter().partition(|change| is_ours_alone(change));
        let (left_out, different): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|change| change.a.is_none());
        println!("{}:", set.display());
        let missing = left_out.iter().filter(|change| change.member.is_some()).count();
        println!("  {missing} members of definitions that `webidls/` has are left out:");
        for change in left_out.iter().filter(|change| change.member.is_some()) {
            println!("    {}", change.subject());
        }
        for change in &different {
            println!("  {change}");
        }
        // Nobody makes up members of the platform.
        let made_up: Vec<_> = ours.iter().map(|change| change.to_string()).collect();
        assert!(made_up.is_empty(), "{} has none of these:\n{}", set.display(), made_up.join("\n"));
    }
}
