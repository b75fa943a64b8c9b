//! Files of tenants, CSV or NDJSON. A row is held to the same rules as the body of a single registration.

use consent_http::{Problem, request};
use consent_store::{Imported, Registrant, Run};
use lambda_http::Request;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::body;

/// Imports may be larger than other bodies.
const FILE_LIMIT: usize = 4 * 1024 * 1024;
const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// The columns of a CSV file, and whether each must be there.
const COLUMNS: [(&str, Column); 6] = [
    ("tenant_id", Column::Required),
    ("name", Column::Required),
    ("cell_phone", Column::Optional),
    ("units", Column::Optional),
    ("created_on", Column::Required),
    ("replied_stop", Column::Optional),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Required,
    Optional,
}

/// A file: what its good rows say, and what is wrong with the others.
#[derive(Default)]
pub(crate) struct File {
    registrants: Vec<Registrant>,
    /// The line on which each of them begins.
    lines: Vec<u64>,
    rejected: Vec<Rejected>,
}

/// What became of a file, on the wire.
#[derive(Serialize)]
pub(crate) struct Outcome {
    created: u64,
    updated: u64,
    unchanged: u64,
    rejected: Vec<Rejected>,
}

#[derive(Clone, Serialize)]
struct Rejected {
    line: u64,
    code: &'static str,
    detail: String,
}

/// Whether the import is to change anything.
pub(crate) fn run(request: &Request) -> Result<Run, Problem> {
    match request::Query::of(request).one("dry_run")? {
        None | Some("false") => Ok(Run::Real),
        Some("true") => Ok(Run::Dry),
        Some(_) => Err(Problem::invalid_field("dry_run", "must be true or false")),
    }
}

impl File {
    /// Reads the body of a request.
    pub(crate) fn read(request: &Request) -> Result<Self, Problem> {
        let body = request::body(request, FILE_LIMIT)?;
        let media_type = request::media_type(request).unwrap_or_default();
        let text = || {
            let text = str::from_utf8(body).map_err(|_| Problem::invalid_field("", "must be in UTF-8"))?;
            Ok::<_, Problem>(text.strip_prefix('\u{feff}').unwrap_or(text))
        };
        match media_type.as_str() {
            CSV => Self::read_csv(text()?),
            NDJSON => Ok(Self::read_ndjson(text()?)),
            _ => Err(Problem::unsupported_media_type(&format!("{CSV} or {NDJSON}"))),
        }
    }

    /// The good rows, in order.
    pub(crate) fn registrants(&self) -> &[Registrant] {
        &self.registrants
    }

    /// What became of the file, once its good rows became `imported`.
    pub(crate) fn outcome(&self, imported: &[Imported]) -> Outcome {
        let mut outcome = Outcome {
            created: 0,
            updated: 0,
            unchanged: 0,
            rejected: self.rejected.clone(),
        };
        for (imported, &line) in imported.iter().zip(&self.lines) {
            match imported {
                Imported::Created => outcome.created += 1,
                Imported::Updated => outcome.updated += 1,
                Imported::Unchanged => outcome.unchanged += 1,
                Imported::Conflict => outcome.rejected.push(Rejected {
                    line,
                    code: "conflict",
                    detail: "Others changed the same at the same time. It is safe to import the row again."
                        .to_owned(),
                }),
                Imported::NumberFull => outcome.rejected.push(Rejected {
                    line,
                    code: "invalid_request",
                    detail: format!("cell_phone: {}", crate::number_full()),
                }),
            }
        }
        outcome.rejected.sort_by_key(|rejected| rejected.line);
        outcome
    }

    fn read_ndjson(text: &str) -> Self {
        let mut file = Self::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            if text.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(text) {
                Ok(Value::Object(members)) => file.add(line, &members),
                Ok(_) | Err(_) => file.reject(line, "The line must be a JSON object.".to_owned()),
            }
        }
        file
    }

    fn read_csv(text: &str) -> Result<Self, Problem> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut lines = Lines::of(text);
        let mut file = Self::default();
        let mut header: Option<Header> = None;
        let mut record = csv::StringRecord::new();
        // Reading from memory, and cutting what is UTF-8, does not fail.
        while reader.read_record(&mut record).map_err(Problem::internal)? {
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            if record.len() == 1 && record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            match &header {
                None => header = Some(Header::read(&record)?),
                Some(header) if header.width != record.len() => {
                    file.reject(line, "The row must have as many cells as the header.".to_owned());
                }
                Some(header) => file.add(line, &header.members(&record)),
            }
        }
        // Without a row there is no header either.
        if header.is_none() {
            Header::read(&csv::StringRecord::new())?;
        }
        Ok(file)
    }

    fn add(&mut self, line: u64, members: &Map<String, Value>) {
        match body::tenant_row(members) {
            Ok(registrant) => {
                self.registrants.push(registrant);
                self.lines.push(line);
            }
            Err(errors) => {
                let errors: Vec<String> = errors
                    .iter()
                    .map(|error| format!("{}: {}", error.field, error.detail))
                    .collect();
                self.reject(line, errors.join("; "));
            }
        }
    }

    fn reject(&mut self, line: u64, detail: String) {
        self.rejected.push(Rejected {
            line,
            code: "invalid_request",
            detail,
        });
    }
}

/// Where the columns are.
struct Header {
    columns: Vec<(&'static str, usize)>,
    width: usize,
}

impl Header {
    fn read(cells: &csv::StringRecord) -> Result<Self, Problem> {
        let mut columns = Vec::new();
        for (name, column) in COLUMNS {
            let mut places = (0..).zip(cells).filter(|(_, cell)| cell.trim() == name);
            match (places.next(), places.next(), column) {
                (Some(_), Some(_), _) => {
                    return Err(Problem::invalid_field(name, "must be one column only"));
                }
                (Some((place, _)), None, _) => columns.push((name, place)),
                (None, _, Column::Required) => {
                    return Err(Problem::invalid_field(name, "must be a column of the file"));
                }
                (None, _, Column::Optional) => {}
            }
        }
        Ok(Self {
            columns,
            width: cells.len(),
        })
    }

    /// A row as the JSON that says the same. An empty cell is an absent member.
    fn members(&self, cells: &csv::StringRecord) -> Map<String, Value> {
        let cells = self.columns.iter().filter_map(|&(name, place)| {
            let cell = cells.get(place).filter(|cell| !cell.trim().is_empty())?;
            Some((name.to_owned(), value(name, cell)))
        });
        cells.collect()
    }
}

fn value(column: &str, cell: &str) -> Value {
    match column {
        "units" => cell
            .split(';')
            .map(str::trim)
            .filter(|unit| !unit.is_empty())
            .collect(),
        "replied_stop" if cell.trim().eq_ignore_ascii_case("true") => Value::Bool(true),
        "replied_stop" if cell.trim().eq_ignore_ascii_case("false") => Value::Bool(false),
        _ => cell.into(),
    }
}

/// Counts lines. The reader's own count is that of the blank lines before a row, and misses the second half
/// of a line's end.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            counted: 0,
            line: 1,
        }
    }

    /// The line on which the row begins that the reader found at this place or after line ends there.
    fn at(&mut self, place: u64) -> u64 {
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        let rest = self.text.get(place..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let place = place + ends.count();
        let passed = self.text.get(self.counted..place).unwrap_or_default();
        let mut before = None;
        for &byte in passed {
            // LF, CR LF, or CR alone.
            if byte == b'\r' || (byte == b'\n' && before != Some(b'\r')) {
                self.line += 1;
            }
            before = Some(byte);
        }
        self.counted = place;
        self.line
    }
}
