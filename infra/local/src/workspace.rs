//! What Cargo knows: which functions there are, what is served under which path, where the binaries are.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, bail};
use launch::Progress;
use serde::Deserialize;
use tokio::io::AsyncReadExt as _;
use tokio::process::{ChildStderr, Command};

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
        let mut command = launch::cargo();
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
    /// This binary, which is running, is not among them.
    pub async fn build_functions(&self) -> Result<BTreeMap<String, PathBuf>> {
        let mut command = launch::build(self.functions.iter().map(String::as_str));
        command
            .current_dir(&self.root)
            .arg("--message-format=json-render-diagnostics");
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
async fn run(command: std::process::Command) -> Result<Output> {
    let mut command = Command::from(command);
    command.kill_on_drop(true).stdout(Stdio::piped());
    let mut child = command
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let said = child.stderr.take().context("cargo says nothing")?;
    let (output, said) = tokio::join!(child.wait_with_output(), show(said));
    said?;
    Ok(output?)
}

/// Shows what Cargo says, until it says no more.
async fn show(mut said: ChildStderr) -> std::io::Result<()> {
    let mut progress = Progress::to_stderr();
    let mut bytes = [0; 4096];
    loop {
        match said.read(&mut bytes).await? {
            0 => return progress.finish(),
            count => progress.feed(&bytes[..count])?,
        }
    }
}
