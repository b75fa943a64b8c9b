//! What `cargo dev` runs first. It has no dependencies, so it is there at once; it builds the stack and the functions in one
//! go, with one line of progress, and becomes the stack.

use std::env;
use std::fs;
use std::io::{self, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, ExitCode};

use launch::Progress;

fn main() -> ExitCode {
    match launch() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn launch() -> io::Result<ExitCode> {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let mut binaries = vec!["dev".to_owned()];
    // A token, or help, needs no functions.
    let starts = arguments.first().is_none_or(|first| {
        let first = first.to_string_lossy();
        first.starts_with("--") && first != "--help"
    });
    if starts {
        let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions");
        for folder in fs::read_dir(folders)? {
            binaries.extend(folder?.file_name().into_string());
        }
    }
    let mut build = launch::build(binaries.iter().map(String::as_str)).spawn()?;
    if let Some(mut said) = build.stderr.take() {
        let mut progress = Progress::to_stderr();
        let mut bytes = [0; 4096];
        loop {
            match said.read(&mut bytes)? {
                0 => break,
                count => progress.feed(&bytes[..count])?,
            }
        }
        progress.finish()?;
    }
    if !build.wait()?.success() {
        return Ok(ExitCode::FAILURE);
    }
    // Cargo puts them in one folder. This process becomes the other, so that signals reach it.
    let stack = env::current_exe()?.with_file_name("dev");
    Err(Command::new(stack).args(arguments).exec())
}
