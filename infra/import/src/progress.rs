//! How far an import has come, kept beside its file, and the rows that were rejected.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::api::Outcome;
use crate::parts::Part;
use crate::{Arguments, Format};

/// What became of the rows so far.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub(crate) created: u64,
    pub(crate) updated: u64,
    pub(crate) unchanged: u64,
    pub(crate) rejected: u64,
    /// Those of them that the service counted and did not list.
    pub(crate) unlisted: u64,
}

/// Which import it is: the same content, read as the same, to the same facility of the same service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Import {
    address: String,
    format: Format,
    file_bytes: usize,
    file_sha256: String,
}

/// What is kept. It names nobody.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct State {
    import: Import,
    /// So many rows are done, in the order in which they are sent.
    rows: usize,
    totals: Totals,
    /// The length of the file of rejected rows; what comes after in it is of a part that was not answered.
    rejected_bytes: u64,
}

/// The progress of an import.
pub(crate) struct Progress {
    state: State,
    file: PathBuf,
    rejected: PathBuf,
    /// A dry run leaves nothing behind to go on from.
    kept: bool,
}

impl Progress {
    /// Goes on where the same import was, or begins.
    pub(crate) fn open(arguments: &Arguments, address: String, format: Format, content: &str) -> Self {
        let Arguments { file, dry_run, .. } = arguments;
        let import = Import {
            address,
            format,
            file_bytes: content.len(),
            file_sha256: STANDARD.encode(digest(&SHA256, content.as_bytes())),
        };
        let progress = beside(file, ".progress");
        let kept = fs::read(&progress)
            .ok()
            .filter(|_| !*dry_run)
            .and_then(|kept| serde_json::from_slice::<State>(&kept).ok())
            .filter(|kept| kept.import == import);
        Self {
            state: kept.unwrap_or_else(|| State {
                import,
                rows: 0,
                totals: Totals::default(),
                rejected_bytes: 0,
            }),
            file: progress,
            // A dry run is told apart: an import that was interrupted goes on in its own.
            rejected: beside(
                file,
                if *dry_run {
                    ".dry-run.rejected.csv"
                } else {
                    ".rejected.csv"
                },
            ),
            kept: !dry_run,
        }
    }

    /// So many rows are done, in the order in which they are sent.
    pub(crate) fn rows(&self) -> usize {
        self.state.rows
    }

    /// What became of the rows so far.
    pub(crate) fn totals(&self) -> &Totals {
        &self.state.totals
    }

    /// Where the rejected rows are.
    pub(crate) fn rejected_file(&self) -> &Path {
        &self.rejected
    }

    /// Notes that a part is done. The rejected rows are safe before it counts as done.
    pub(crate) fn advance(&mut self, part: &Part, outcome: &Outcome) -> Result<()> {
        if !outcome.rejected.is_empty() {
            self.reject(part, outcome)?;
        }
        self.state.rows = part.rows_done;
        let totals = &mut self.state.totals;
        totals.created += outcome.created;
        totals.updated += outcome.updated;
        totals.unchanged += outcome.unchanged;
        totals.rejected += outcome.rejected_count;
        totals.unlisted += outcome
            .rejected_count
            .saturating_sub(u64::try_from(outcome.rejected.len())?);
        if self.kept {
            let new = beside(&self.file, ".new");
            fs::write(&new, serde_json::to_vec(&self.state)?)
                .and_then(|()| File::open(&new)?.sync_all())
                .and_then(|()| fs::rename(&new, &self.file))
                .with_context(|| format!("cannot note the progress in {}", self.file.display()))?;
        }
        Ok(())
    }

    /// Ends an import that is done. What is left of an earlier one's rejected rows goes, too.
    pub(crate) fn finish(&self) -> Result<()> {
        if self.state.totals.rejected == 0 {
            remove(&self.rejected)?;
        }
        if self.kept { remove(&self.file) } else { Ok(()) }
    }

    fn reject(&mut self, part: &Part, outcome: &Outcome) -> Result<()> {
        let name = self.rejected.display();
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.rejected)
            .with_context(|| format!("cannot write {name}"))?;
        file.set_len(self.state.rejected_bytes)?;
        file.seek(SeekFrom::End(0))?;
        let mut writer = csv::Writer::from_writer(file);
        if self.state.rejected_bytes == 0 {
            writer.write_record(["line", "code", "detail"])?;
        }
        for rejected in &outcome.rejected {
            let line = part.line_in_file(rejected.line).to_string();
            writer.write_record([&line, &rejected.code, &rejected.detail])?;
        }
        let file = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
        file.sync_all()?;
        self.state.rejected_bytes = file.metadata()?.len();
        Ok(())
    }
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    name.into()
}

fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}
