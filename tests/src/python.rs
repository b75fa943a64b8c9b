//! Python packages that tests ask for a second opinion.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// One at a time: tests ask for the same ones at once.
static INSTALLING: Mutex<()> = Mutex::new(());
const INSTALL_SECONDS: &str = "60";

/// The folder, under `target/tools`, of these packages, such as `twilio==9.13.0`: installed where it is missing, and named
/// after the first. What they need is not installed with them. `None`: they cannot be had here, which is said.
pub fn python_packages(packages: &[&str]) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let name = packages[0].replace("==", "-");
    let folder = root.join("target/tools").join(&name);
    let _turn = INSTALLING.lock().unwrap();
    if !folder.join("complete").exists() {
        let installed = Command::new("timeout")
            .args([INSTALL_SECONDS, "python3", "-m", "pip", "install"])
            .args([
                "--quiet",
                "--no-deps",
                "--no-compile",
                "--disable-pip-version-check",
            ])
            .args(["--timeout", "10", "--retries", "1", "--upgrade", "--target"])
            .arg(&folder)
            .args(packages)
            .env("PIP_ROOT_USER_ACTION", "ignore")
            .status();
        if !installed.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: {name} cannot be installed here");
            return None;
        }
        std::fs::write(folder.join("complete"), "").unwrap();
    }
    Some(folder)
}
