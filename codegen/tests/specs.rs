//! The project's IDL beside the specs': npm's `@webref/idl` (its folder in `WEBREF_IDL`) and the `interfaces/` of a
//! web-platform-tests checkout (its folder in `WPT_ROOT`, or where `./mach wpt` keeps it). Each is compared where it is
//! present.

use std::collections::BTreeSet;
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

/// What the checkout of web-platform-tests that the project tests against doesn't have yet.
const NEWER: [&str; 2] = ["dictionary QuotaExceededErrorOptions", "interface QuotaExceededError"];

#[test]
fn what_the_project_has_is_what_the_specs_have() {
    let own = model(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../webidls"));
    // What no set has, is made up.
    let mut made_up: Option<BTreeSet<String>> = None;
    for set in sets() {
        let changes = diff(&own, &model(&set));
        let of = |kind: fn(&Change) -> bool| changes.iter().filter(move |change| kind(change));
        let left_out = of(|change| change.a.is_none() && change.member.is_some());
        let left_out: Vec<_> = left_out.map(Change::subject).collect();
        println!("{}: left out of what `webidls/` has: {}", set.display(), left_out.join(", "));
        of(|change| change.a.is_some() && change.b.is_some()).for_each(|change| println!("  {change}"));
        let ours: BTreeSet<String> = of(|change| change.b.is_none()).map(Change::subject).collect();
        made_up = Some(match made_up {
            Some(before) => before.intersection(&ours).cloned().collect(),
            None => ours,
        });
    }
    let mut made_up = made_up.unwrap_or_default();
    made_up.retain(|subject| !NEWER.contains(&subject.as_str()));
    assert_eq!(made_up, BTreeSet::new(), "no set of the specs' IDL has these");
}
