//! cargo-lambda: finding it, installing it, and keeping its server running as long as this process runs.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Read as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use dev::workspace::Workspace;

/// The line that `cargo dev` was written for: its runtime API and its router are what the relay speaks to.
const LINE: &str = "1.9.";
/// What is installed where none of that line is found.
const VERSION: &str = "1.9.2";

/// The path of cargo-lambda, from `PATH` or from `target/tools`, where it is installed if need be.
pub(crate) async fn find_or_install(workspace: &Workspace) -> Result<PathBuf> {
    let tools = workspace
        .target
        .join("tools")
        .join(format!("cargo-lambda-{VERSION}"));
    let installed = tools.join("bin").join("cargo-lambda");
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).map(|directory| directory.join("cargo-lambda"));
    for candidate in on_path.chain([installed.clone()]) {
        if candidate.is_file() && is_of_the_line(&candidate).await {
            return Ok(candidate);
        }
    }
    install(&tools).await?;
    if !is_of_the_line(&installed).await {
        bail!(
            "the cargo-lambda installed at {} does not run",
            installed.display()
        );
    }
    Ok(installed)
}

async fn is_of_the_line(binary: &Path) -> bool {
    let output = Command::new(binary)
        .args(["lambda", "--version"])
        .stdin(Stdio::null())
        .output()
        .await;
    output.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout)
            .split_whitespace()
            .nth(1)
            .is_some_and(|version| version.starts_with(LINE))
    })
}

/// Installs the wheel, which holds the plain binary. Its dependency, a Zig compiler, is for cross builds only.
async fn install(into: &Path) -> Result<()> {
    // Several may install it at once, and any may be interrupted.
    let unfinished = into.with_extension(format!("{}.unfinished", std::process::id()));
    eprintln!("Installing cargo-lambda {VERSION} into {}", into.display());
    let status = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--upgrade",
            "--disable-pip-version-check",
            "--target",
        ])
        .arg(&unfinished)
        .arg(format!("cargo-lambda=={VERSION}"))
        .env("PIP_ROOT_USER_ACTION", "ignore")
        .env("PIP_USER", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .kill_on_drop(true)
        .status()
        .await;
    if !status.is_ok_and(|status| status.success()) {
        bail!(
            "cannot install cargo-lambda by python3 and pip: install {VERSION} yourself (`cargo install --locked \
             cargo-lambda@{VERSION}`) and put it on PATH"
        );
    }
    if fs::rename(&unfinished, into).is_err() {
        // Somebody else was quicker.
        fs::remove_dir_all(&unfinished)?;
    }
    Ok(())
}

/// A running `cargo lambda watch`.
#[derive(Debug)]
pub(crate) struct CargoLambda {
    pub(crate) address: SocketAddr,
    guard: Child,
    /// The guard ends when this closes.
    held_open: Option<ChildStdin>,
}

impl CargoLambda {
    /// Starts the server on a free port, and waits until it answers.
    pub(crate) async fn start(binary: &Path, workspace: &Workspace) -> Result<Self> {
        let address = free_address().await?;
        // A group of its own, so that Ctrl-C at the terminal stops it when its requests are done, not before.
        let mut guard = Command::new(env::current_exe().context("cannot find this program's own path")?)
            .arg("guard")
            .arg("--")
            .arg(binary)
            .args([
                "lambda",
                "watch",
                "--only-lambda-apis",
                "--disable-cors",
                "--quiet",
            ])
            .args([
                "--invoke-address",
                &address.ip().to_string(),
                "--invoke-port",
                &address.port().to_string(),
            ])
            .current_dir(&workspace.root)
            // What goes wrong is said by the front, once and with the reason.
            .env("RUST_LOG", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::from(std::io::stderr()))
            .process_group(0)
            .spawn()
            .context("cannot start cargo-lambda")?;
        // Taken from the child, which would close it as soon as it is waited for.
        let held_open = guard.stdin.take();
        let mut server = Self {
            address,
            guard,
            held_open,
        };
        let deadline = Instant::now() + Duration::from_secs(30);
        while TcpStream::connect(address).await.is_err() {
            if let Some(status) = server.guard.try_wait()? {
                bail!("cargo lambda watch ended at its start: {status}");
            }
            if Instant::now() > deadline {
                bail!("cargo lambda watch does not answer on {address}");
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(server)
    }

    /// Resolves when the server has ended by itself.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(self.guard.wait().await?)
    }

    /// Ends the server.
    pub(crate) async fn stop(mut self) -> Result<()> {
        drop(self.held_open.take());
        timeout(Duration::from_secs(5), self.guard.wait())
            .await
            .context("cargo-lambda does not end")??;
        Ok(())
    }
}

/// cargo-lambda takes a port by its number only, and does not say which it got when asked for any.
async fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?)
}

/// Runs `command` until it ends, or until standard input closes, which it does however the parent dies.
///
/// This is what `cargo dev guard` does. The functions need no guard: they end when their runtime API is gone.
pub(crate) async fn guard(command: &[OsString]) -> Result<()> {
    let (program, arguments) = command.split_first().context("a command to guard is needed")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {}", program.display()))?;
    let mut terminate = signal(SignalKind::terminate())?;
    // A thread of its own, which dies with this process: Tokio would wait for its standard input to be read.
    let (closed, closing) = oneshot::channel();
    thread::spawn(move || closed.send(std::io::stdin().read(&mut [0])));
    tokio::select! {
        status = child.wait() => {
            let status = status?;
            bail!("{} ended: {status}", program.display());
        }
        // A signal to end the guard is meant for what it guards.
        _ = closing => {}
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    child.kill().await?;
    Ok(())
}
