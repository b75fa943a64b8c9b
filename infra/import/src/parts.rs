//! A file, cut into parts between its rows. A part is a piece of the file as it is, in CSV with the header
//! before it: so the line of a row in the part tells its line in the file.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::Format;

/// A part is sent once it has so many bytes.
const PART_BYTES: usize = 1024 * 1024;
/// No row is longer: the service takes 4 MiB.
const ROW_BYTES: usize = 2 * 1024 * 1024;

/// A place between two rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Bytes before it.
    pub(crate) byte: u64,
    /// Lines before it.
    pub(crate) line: u64,
}

/// A piece of the file.
pub(crate) struct Part {
    /// What is sent.
    pub(crate) body: Vec<u8>,
    /// Where the piece ends in the file.
    pub(crate) end: Place,
    /// Lines before the piece in the file.
    lines_before: u64,
    /// Lines before the piece in the part.
    header_lines: u64,
}

impl Part {
    /// The line of the file that is this line of the part.
    pub(crate) fn line_in_file(&self, line: u64) -> u64 {
        (line + self.lines_before).saturating_sub(self.header_lines)
    }
}

/// A file's parts, read one by one.
pub(crate) struct Parts {
    reader: BufReader<File>,
    format: Format,
    most_rows: u64,
    place: Place,
    header: Vec<u8>,
    header_lines: u64,
}

impl Parts {
    /// The parts from a place on.
    pub(crate) fn open(file: &Path, format: Format, most_rows: u64, from: Place) -> Result<Self> {
        let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        let mut parts = Self {
            reader: BufReader::new(opened),
            format,
            most_rows,
            place: Place::default(),
            header: Vec::new(),
            header_lines: 0,
        };
        if format == Format::Csv {
            // A byte order mark and blank lines before the header stay with it.
            while is_blank(&parts.header)
                && let Some(row) = parts.read_row()?
            {
                parts.header.extend(row);
            }
            parts.header_lines = parts.place.line;
        }
        if parts.place.byte < from.byte {
            parts.reader.seek(SeekFrom::Start(from.byte))?;
            parts.place = from;
        }
        Ok(parts)
    }

    /// The next part. `None`: the file is at its end.
    pub(crate) fn next(&mut self) -> Result<Option<Part>> {
        let lines_before = self.place.line;
        let mut body = self.header.clone();
        let mut rows = 0;
        while rows < self.most_rows
            && body.len() < PART_BYTES
            && let Some(row) = self.read_row()?
        {
            rows += 1;
            body.extend(row);
        }
        Ok((rows > 0).then_some(Part {
            body,
            end: self.place,
            lines_before,
            header_lines: self.header_lines,
        }))
    }

    /// The next row as it is, with the ends of its lines.
    fn read_row(&mut self) -> Result<Option<Vec<u8>>> {
        let mut row = Vec::new();
        let mut quotes = Quotes::FieldStart;
        loop {
            let begin = row.len();
            self.reader.read_until(b'\n', &mut row)?;
            let line = row.get(begin..).unwrap_or_default();
            if row.len() > ROW_BYTES {
                bail!(
                    "line {}: the row is too long; is a quote left open?",
                    self.place.line + 1
                );
            }
            quotes = line.iter().fold(quotes, |quotes, &byte| quotes.after(byte));
            let is_open = self.format == Format::Csv && quotes == Quotes::Quoted;
            if line.is_empty() || !is_open {
                break;
            }
        }
        self.place.byte += u64::try_from(row.len())?;
        self.place.line += lines(self.format, &row);
        Ok((!row.is_empty()).then_some(row))
    }
}

fn is_blank(header: &[u8]) -> bool {
    let header = header.strip_prefix("\u{feff}".as_bytes()).unwrap_or(header);
    header.trim_ascii().is_empty()
}

/// The line ends in a piece, counted as the service does.
fn lines(format: Format, piece: &[u8]) -> u64 {
    let mut lines = 0;
    for (at, byte) in piece.iter().enumerate() {
        let alone = || format == Format::Csv && piece.get(at + 1) != Some(&b'\n');
        if *byte == b'\n' || (*byte == b'\r' && alone()) {
            lines += 1;
        }
    }
    lines
}

/// Whether the reader of a CSV file is within quotes, as the `csv` crate decides it for the service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quotes {
    FieldStart,
    Unquoted,
    Quoted,
    QuoteInQuoted,
}

impl Quotes {
    fn after(self, byte: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteInQuoted,
            (Self::FieldStart | Self::QuoteInQuoted, b'"') | (Self::Quoted, _) => Self::Quoted,
            (_, b',' | b'\r' | b'\n') => Self::FieldStart,
            _ => Self::Unquoted,
        }
    }
}
