//! The invariants of `ARCHITECTURE.md` that cargo's own data can show.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// What each of our crates may depend on, of our crates (development and build dependencies left aside).
const MAY_USE: &[(&str, &[&str])] = &[
    ("ferry", &["script", "net", "storage", "service_worker", "background_fetch", "fetch"]),
    ("script", &["script_derive", "service_worker", "background_fetch", "media", "fetch"]),
    ("net", &["service_worker", "background_fetch", "fetch"]),
    ("storage", &["service_worker", "background_fetch", "fetch"]),
    ("service_worker", &["fetch"]),
    ("background_fetch", &["fetch"]),
    ("fetch", &[]),
    ("media", &["fetch"]),
    ("script_derive", &[]),
    ("webidl-codegen", &[]),
];

/// The crates that keep `script`, `background_fetch` and the others what they are, and who may name them.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("mozjs", &["script"]),
    ("hyper", &["net", "ferry"]),
    ("rusqlite", &["storage"]),
    ("symphonia", &["media"]),
    ("weedle", &["webidl-codegen"]),
];

/// Crate → the names of its ordinary dependencies.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs, as it ran this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let names = package["dependencies"].as_array().expect("dependencies").iter();
            let ordinary = names.filter(|dependency| dependency["kind"].is_null());
            (text(&package["name"]), ordinary.map(|dependency| text(&dependency["name"])).collect())
        })
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a name is a string").to_owned()
}

#[test]
fn dependencies_point_one_way() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = MAY_USE.iter().map(|(name, _)| *name).collect();
    assert_eq!(ours, dependencies.keys().map(String::as_str).collect(), "a crate is missing in MAY_USE");
    for (name, allowed) in MAY_USE {
        for used in dependencies[*name].iter().filter(|used| ours.contains(used.as_str())) {
            assert!(allowed.contains(&used.as_str()), "{name} may not depend on {used}");
        }
    }
}

#[test]
fn the_engine_the_network_and_the_database_have_one_room_each() {
    for (name, used) in dependencies() {
        for (guarded, allowed) in ONLY_IN {
            if used.contains(*guarded) {
                assert!(allowed.contains(&name.as_str()), "{name} may not depend on {guarded}");
            }
        }
    }
}

#[test]
fn unsafe_code_is_denied_outside_of_script() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let workspace = std::fs::read_to_string(format!("{root}/Cargo.toml")).expect("the workspace's manifest");
    assert!(workspace.contains("unsafe_code = \"deny\""));
    for folder in ["background_fetch", "fetch", "net", "service_worker", "shell", "storage", "script/derive"]
    {
        let manifest = format!("{root}/components/{folder}/Cargo.toml");
        let manifest =
            std::fs::read_to_string(&manifest).unwrap_or_else(|error| panic!("{manifest}: {error}"));
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{folder} does not take the workspace's lints"
        );
    }
}
