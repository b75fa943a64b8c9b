//! What the manifests leave out of `cargo test` is not there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The source files in a folder and in those below it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let found = entries.map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    found
        .flatten()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The first line of these files for which this holds.
fn line_of(files: &[PathBuf], holds: fn(&str) -> bool) -> Option<String> {
    files.iter().find_map(|file| {
        let source = std::fs::read_to_string(file).unwrap();
        let line = source.lines().find(|line| holds(line.trim_start()))?;
        Some(format!("{}: {line}", file.display()))
    })
}

fn is_test(line: &str) -> bool {
    line.starts_with("#[test]") || line.starts_with("#[tokio::test")
}

fn is_example(line: &str) -> bool {
    (line.starts_with("///") || line.starts_with("//!")) && line.contains("```")
}

#[test]
fn what_cargo_does_not_test_has_no_tests() {
    let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let folder = Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("src");
        let targets = package["targets"].as_array().unwrap();
        let in_source: Vec<&Value> = targets
            .iter()
            .filter(|target| Path::new(target["src_path"].as_str().unwrap()).starts_with(&folder))
            .collect();
        let own = |target: &&&Value| target["test"] == false;
        let untested: Vec<PathBuf> = if in_source.iter().all(|target| target["test"] == false) {
            sources(&folder)
        } else {
            in_source
                .iter()
                .filter(own)
                .map(|target| target["src_path"].as_str().unwrap().into())
                .collect()
        };
        assert_eq!(line_of(&untested, is_test), None, "set `test` in the manifest");
        if in_source.iter().all(|target| target["doctest"] == false) {
            assert_eq!(
                line_of(&sources(&folder), is_example),
                None,
                "set `doctest` in the manifest"
            );
        }
    }
}
