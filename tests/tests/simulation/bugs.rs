//! The bugs that `infra/simulate bugs` plants.

use std::fs;
use std::path::Path;

/// What each part of a patch finds, as it stands there.
fn parts(patch: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut file = "";
    for line in patch.lines() {
        if let Some(name) = line.strip_prefix("--- a/") {
            file = name;
        } else if line.starts_with("@@ ") {
            parts.push((file.to_owned(), String::new()));
        } else if let (Some((_, found)), Some(text)) = (parts.last_mut(), line.strip_prefix([' ', '-'])) {
            found.push_str(text);
            found.push('\n');
        }
    }
    parts
}

#[test]
fn every_bug_can_be_planted_and_says_what_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut planted = 0;
    for entry in fs::read_dir(root.join("tests/tests/simulation/bugs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "patch") {
            continue;
        }
        let patch = fs::read_to_string(&path).unwrap();
        let first = patch.lines().next().unwrap();
        assert!(first.ends_with('.'), "{}: {first}", path.display());
        for (file, found) in parts(&patch) {
            let text = fs::read_to_string(root.join(&file)).unwrap();
            assert!(text.contains(&found), "{}: {file}", path.display());
        }
        planted += 1;
    }
    assert!(planted > 30);
}
