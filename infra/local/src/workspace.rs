//! What Cargo knows: which functions there are, what is served under which path, where the binaries are.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use tokio::process::Command;

/// The workspace that `cargo dev` runs.
#[derive(Debug)]
pub struct Workspace {
    /// Its folder.
    pub root: PathBuf,
    /// Where Cargo puts what it builds.
    pub target: PathBuf,
    /// The names of the functions under `functions/`.
    pub functions: BTreeSet<String>,
    /// Path to function, from `[workspace.metadata.lambda.watch.router]`: the table that cargo-lambda reads too.
    pub routes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    workspace_root: PathBuf,
    target_directory: PathBuf,
    #[serde(rename = "metadata")]
    tools: WorkspaceMetadata,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct WorkspaceMetadata {
    lambda: LambdaMetadata,
}

#[derive(Deserialize)]
struct LambdaMetadata {
    watch: WatchMetadata,
}

#[derive(Deserialize)]
struct WatchMetadata {
    router: BTreeMap<String, String>,
}

/// A line of `cargo build --message-format=json`; of the many kinds only finished binaries matter here.
#[derive(Deserialize)]
struct BuildMessage {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Workspace {
    /// Asks Cargo about the workspace around the current directory.
    pub async fn read() -> Result<Self> {
        let mut command = cargo();
        command.args(["metadata", "--format-version=1", "--no-deps"]);
        let output = run(command).await?;
        if !output.status.success() {
            bail!("cargo metadata failed: run this inside the workspace");
        }
        let metadata: Metadata = serde_json::from_slice(&output.stdout)
            .context("this workspace has no [workspace.metadata.lambda.watch.router]")?;
        let folder = metadata.workspace_root.join("functions");
        let functions = metadata.packages.into_iter();
        let functions = functions.filter(|package| package.manifest_path.starts_with(&folder));
        Ok(Self {
            functions: functions.map(|package| package.name).collect(),
            routes: metadata.tools.lambda.watch.router,
            root: metadata.workspace_root,
            target: metadata.target_directory,
        })
    }

    /// Where a stack describes itself unless told otherwise.
    pub fn stack_path(&self) -> PathBuf {
        self.target.join("dev").join("stack.json")
    }

    /// Builds the functions and says where their binaries are.
    ///
    /// They are named by `--bin` and not by `-p`: so Cargo resolves features for the whole workspace, as it did
    /// for this binary and does for `cargo test`, and nothing is built twice. This binary, which is running, is
    /// not among them.
    pub async fn build_functions(&self) -> Result<BTreeMap<String, PathBuf>> {
        let mut command = cargo();
        command
            .current_dir(&self.root)
            .args(["build", "--message-format=json-render-diagnostics"]);
        for function in &self.functions {
            command.args(["--bin", function]);
        }
        let output = run(command).await?;
        if !output.status.success() {
            bail!("the functions do not build: see above");
        }
        let messages = output
            .stdout
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty());
        let mut binaries = BTreeMap::new();
        for message in messages {
            let message: BuildMessage =
                serde_json::from_slice(message).context("cargo build said something unexpected")?;
            if let (Some(target), Some(executable)) = (message.target, message.executable) {
                binaries.insert(target.name, executable);
            }
        }
        if let Some(missing) = self
            .functions
            .iter()
            .find(|&function| !binaries.contains_key(function))
        {
            bail!("cargo build made no binary for the function {missing}");
        }
        Ok(binaries)
    }
}

/// Runs Cargo with what it has to say about its progress visible.
async fn run(mut command: Command) -> Result<Output> {
    // Not `output()`, which would keep the progress to itself.
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .context("cannot run cargo")?;
    Ok(child.wait_with_output().await?)
}

/// Cargo, as if called from the shell. `cargo run` and `cargo test` describe this package in variables of which
/// build scripts take notice (ring's rebuilds for them).
fn cargo() -> Command {
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
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}
