//! Cargo, called from a program: in the environment of a shell, and with its progress as one line.

mod progress;

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::{Command, Stdio};

pub use progress::Progress;

/// Cargo as if called from the shell. `cargo run` and `cargo test` describe the package that they run in variables of
/// which build scripts take notice (ring's rebuilds for them).
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    for (name, _) in env::vars_os() {
        let described = name.to_str().is_some_and(|name| {
            [
                "CARGO_BIN_",
                "CARGO_CRATE_",
                "CARGO_MANIFEST_",
                "CARGO_PKG_",
                "CARGO_PRIMARY_",
            ]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        });
        if described {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// `cargo build`, whose standard error is for a [`Progress`] to read.
///
/// Binaries are named by `--bin` and not by `-p`: so Cargo resolves features for the whole workspace, as `cargo test` does,
/// and nothing is built twice.
pub fn build<'a>(binaries: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = cargo();
    command.arg("build");
    for binary in binaries {
        command.args(["--bin", binary]);
    }
    let colour = if std::io::stderr().is_terminal() {
        "always"
    } else {
        "never"
    };
    command
        .env("CARGO_TERM_COLOR", colour)
        .env("CARGO_TERM_PROGRESS_WHEN", "always")
        .env("CARGO_TERM_PROGRESS_WIDTH", "200")
        .stderr(Stdio::piped());
    command
}
