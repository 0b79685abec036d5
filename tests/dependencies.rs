//! What the workspace may depend on: lower floors only, free licences only, the public registry only.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that an MIT/Apache-2.0 product may carry.
const LICENCES: [&str; 11] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "CC0-1.0",
    "Unlicense",
    "BSL-1.0",
];

/// Floor of each crate of the house (docs/architecture.md).
const FLOORS: [(&str, u8); 11] = [
    ("pacte-territory", 1),
    ("pacte-roads", 1),
    ("pacte-rules", 1),
    ("pacte-siting", 1),
    ("pacte-documents", 1),
    ("pacte-access", 2),
    ("pacte-programmes", 2),
    ("pacte-sources", 2),
    ("pacte-store", 3),
    ("pacte-portal", 4),
    ("pacte", 5),
];

/// Crates we keep out: large C builds, or engines that would decide for us.
const BANNED: [&str; 5] = ["aws-lc-sys", "openssl-sys", "datafusion", "polars", "duckdb"];

fn metadata() -> Value {
    let rustc = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let about = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc tells its host");
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host, "--manifest-path"])
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("metadata is JSON")
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(known, _)| *known == name).map(|(_, floor)| *floor)
}

#[test]
fn a_crate_imports_lower_floors_only() {
    let metadata = metadata();
    let members: Vec<&Value> = metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .filter(|package| package["source"].is_null())
        .collect();
    assert_eq!(members.len(), FLOORS.len(), "a new crate needs its floor here and in docs/architecture.md");
    for package in members {
        let name = package["name"].as_str().expect("a name");
        let own = floor(name).unwrap_or_else(|| panic!("{name} has no floor"));
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let other = dependency["name"].as_str().expect("a name");
            // Tests may look down and sideways; the product may not.
            if let (Some(below), true) = (floor(other), dependency["kind"].is_null()) {
                assert!(below < own, "{name} (floor {own}) imports {other} (floor {below})");
            }
        }
    }
}

/// Ids of the packages the product is made of, those of its tests left out.
fn shipped(metadata: &Value) -> HashSet<String> {
    let nodes = metadata["resolve"]["nodes"].as_array().expect("a resolved graph");
    let by_id: HashMap<&str, &Value> = nodes.iter().map(|node| (node["id"].as_str().expect("an id"), node)).collect();
    let mut waiting: Vec<&str> = metadata["workspace_members"]
        .as_array()
        .expect("members")
        .iter()
        .map(|id| id.as_str().expect("an id"))
        .collect();
    let mut found = HashSet::new();
    while let Some(id) = waiting.pop() {
        if found.insert(id.to_owned()) {
            let dependencies = by_id[id]["deps"].as_array().expect("dependencies");
            waiting.extend(dependencies.iter().filter_map(|dependency| {
                let kinds = dependency["dep_kinds"].as_array()?;
                kinds.iter().any(|kind| kind["kind"] != "dev").then(|| dependency["pkg"].as_str())?
            }));
        }
    }
    found
}

#[test]
fn every_dependency_is_free_and_from_the_registry() {
    let metadata = metadata();
    let shipped = shipped(&metadata);
    let mut refused = Vec::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let Some(source) = package["source"].as_str() else { continue };
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or("");
        // What only tests use is not given to anyone: file-level copyleft is acceptable there.
        let tests_only = !shipped.contains(package["id"].as_str().expect("an id"));
        let free = spdx::Expression::parse_mode(licence, spdx::ParseMode::LAX).is_ok_and(|expression| {
            expression.evaluate(|requirement| {
                requirement
                    .license
                    .id()
                    .is_some_and(|id| LICENCES.contains(&id.name) || (tests_only && id.name == "MPL-2.0"))
            })
        });
        if !free {
            refused.push(format!("{name}: licence « {licence} »"));
        }
        if !source.starts_with("registry+") {
            refused.push(format!("{name}: from {source}"));
        }
        if BANNED.contains(&name) {
            refused.push(format!("{name}: kept out on purpose"));
        }
    }
    assert!(shipped.len() > 50, "the graph was read");
    assert!(refused.is_empty(), "{refused:#?}");
}
