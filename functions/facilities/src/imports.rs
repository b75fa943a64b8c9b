//! Files of tenants, CSV or NDJSON. A row is held to the same rules as the body of a single registration.

use std::borrow::Cow;

use consent::tenant::Registrant;
use consent_http::{Code, Problem, request};
use consent_store::{ImportOutcome, Run};
use lambda_http::Request;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::body;

/// Imports may be larger than other bodies.
const FILE_LIMIT: usize = 4 * 1024 * 1024;
const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// The most rejected rows that an answer lists. It has to fit into what Lambda hands on.
const LISTED: usize = 1_000;
/// The most bytes of a header: the answer may list its names.
const HEADER_LIMIT: usize = 64 * 1024;

/// The columns of a CSV file, and whether each must be there.
const COLUMNS: [(&str, Column); 6] = [
    ("tenant_id", Column::Required),
    ("name", Column::Required),
    ("cell_phone", Column::Optional),
    ("units", Column::Optional),
    ("created_on", Column::Required),
    ("replied_stop", Column::Optional),
];

/// How many names of unknown members are listed. (A header lists all of its own.)
const IGNORED_MEMBERS: usize = 100;

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
    rejections: Rejections,
    ignored_columns: Vec<String>,
}

/// What became of a file, on the wire.
#[derive(Serialize)]
pub(crate) struct Outcome {
    created: u64,
    updated: u64,
    unchanged: u64,
    #[serde(flatten)]
    rejections: Rejections,
    ignored_columns: Vec<String>,
}

/// The rejected rows, the first of them by their lines.
#[derive(Default, Serialize)]
struct Rejections {
    rejected: Vec<Rejected>,
    /// How many there are in all.
    rejected_count: u64,
}

#[derive(Serialize)]
struct Rejected {
    line: u64,
    code: Code,
    detail: Cow<'static, str>,
}

impl Rejections {
    /// Adds a row. Those that are not listed cost nothing.
    fn add<D: Into<Cow<'static, str>>>(&mut self, line: u64, detail: impl FnOnce() -> D) {
        self.rejected_count += 1;
        if self.rejected.len() < LISTED {
            self.rejected.push(Rejected {
                line,
                code: Code::InvalidRequest,
                detail: detail().into(),
            });
        }
    }

    /// Adds rows that were good and could not be imported, in the order of their lines, among the others.
    fn add_hindered(&mut self, hindered: Vec<(u64, Hindered)>) {
        self.rejected_count += hindered.len() as u64;
        let listed = hindered.into_iter().take(LISTED).map(|(line, by)| {
            let (code, detail) = by.told();
            Rejected { line, code, detail }
        });
        self.rejected.extend(listed);
        self.rejected.sort_by_key(|rejected| rejected.line);
        self.rejected.truncate(LISTED);
    }
}

/// Why a good row was not imported.
#[derive(Clone, Copy)]
enum Hindered {
    /// Other writers were faster.
    Conflict,
    /// As many tenants as possible have the number.
    NumberFull,
}

impl Hindered {
    fn told(self) -> (Code, Cow<'static, str>) {
        match self {
            Self::Conflict => (
                Code::Conflict,
                "Others changed the same at the same time. It is safe to import the row again.".into(),
            ),
            Self::NumberFull => (
                Code::InvalidRequest,
                format!("cell_phone: {}", crate::number_full()).into(),
            ),
        }
    }
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
    pub(crate) fn outcome(self, imported: &[ImportOutcome]) -> Outcome {
        let mut outcome = Outcome {
            created: 0,
            updated: 0,
            unchanged: 0,
            rejections: self.rejections,
            ignored_columns: self.ignored_columns,
        };
        let mut hindered = Vec::new();
        for (imported, line) in imported.iter().zip(self.lines) {
            match imported {
                ImportOutcome::Created => outcome.created += 1,
                ImportOutcome::Updated => outcome.updated += 1,
                ImportOutcome::Unchanged => outcome.unchanged += 1,
                ImportOutcome::Conflict => hindered.push((line, Hindered::Conflict)),
                ImportOutcome::NumberFull => hindered.push((line, Hindered::NumberFull)),
            }
        }
        outcome.rejections.add_hindered(hindered);
        outcome
    }

    fn read_ndjson(text: &str) -> Self {
        let mut file = Self::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            if text.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(text) {
                Ok(Value::Object(members)) => match known_members(members, &mut file.ignored_columns) {
                    Ok(members) => file.add(line, &members),
                    Err(name) => file
                        .rejections
                        .add(line, || format!("{name}: must be one member only")),
                },
                Ok(_) | Err(_) => file.rejections.add(line, || "The line must be a JSON object."),
            }
        }
        file
    }

    fn read_csv(text: &str) -> Result<Self, Problem> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let open_mark = open_mark(text);
        let mut lines = Lines::of(text);
        let mut file = Self::default();
        let mut header: Option<Header> = None;
        let mut record = csv::StringRecord::new();
        // Reading from memory, and cutting what is UTF-8, does not fail.
        while reader.read_record(&mut record).map_err(Problem::internal)? {
            let line = lines.at(record.position().map_or(0, csv::Position::byte));
            let open_mark = open_mark.filter(|mark| *mark < reader.position().byte());
            match (&header, open_mark) {
                (Some(_), Some(mark)) => file.rejections.add(
                    lines.at(mark),
                    || "A quotation mark on this line is never closed: it swallowed the rest of the file.",
                ),
                (None, Some(_)) => {
                    let detail = "must have a header without a quotation mark that is never closed: it swallowed \
                                  the whole file";
                    return Err(Problem::invalid_field("", detail));
                }
                _ if record.iter().all(|cell| cell.trim().is_empty()) => {}
                (None, None) => header = Some(Header::read(&record, &mut file.ignored_columns)?),
                (Some(header), None) if header.width != record.len() => file
                    .rejections
                    .add(line, || "The row must have as many cells as the header."),
                (Some(header), None) => file.add(line, &header.members(&record)),
            }
        }
        // Without a row there is no header either.
        if header.is_none() {
            Header::read(&csv::StringRecord::new(), &mut file.ignored_columns)?;
        }
        Ok(file)
    }

    fn add(&mut self, line: u64, members: &Map<String, Value>) {
        match body::tenant_row(members) {
            Ok(registrant) => {
                self.registrants.push(registrant);
                self.lines.push(line);
            }
            Err(errors) => self.rejections.add(line, || {
                let errors: Vec<String> = errors
                    .iter()
                    .map(|error| format!("{}: {}", error.field, error.detail))
                    .collect();
                errors.join("; ")
            }),
        }
    }
}

/// Where the columns are.
struct Header {
    columns: Vec<(&'static str, usize)>,
    width: usize,
}

impl Header {
    /// Finds the known columns, and names the others.
    fn read(cells: &csv::StringRecord, ignored: &mut Vec<String>) -> Result<Self, Problem> {
        if cells.as_slice().len() > HEADER_LIMIT {
            return Err(Problem::invalid_field("", "must have a header of at most 64 KiB"));
        }
        let mut columns = Vec::new();
        for (name, column) in COLUMNS {
            let mut places = (0..).zip(cells).filter(|(_, cell)| is_column(cell, name));
            match (places.next(), places.next(), column) {
                (Some(_), Some(_), _) => {
                    let detail = "must be one column only; case, -, _ and blanks do not tell columns apart";
                    return Err(Problem::invalid_field(name, detail));
                }
                (Some((place, _)), None, _) => columns.push((name, place)),
                (None, _, Column::Required) => {
                    return Err(Problem::invalid_field(name, "must be a column of the file"));
                }
                (None, _, Column::Optional) => {}
            }
        }
        let is_known = |cell: &str| COLUMNS.iter().any(|(name, _)| is_column(cell, name));
        let unknown = cells.iter().map(str::trim).filter(|cell| !is_known(cell));
        // A column without a name is what commas at the ends of lines make.
        ignored.extend(unknown.filter(|cell| !cell.is_empty()).map(str::to_owned));
        Ok(Self {
            columns,
            width: cells.len(),
        })
    }

    /// A row as the JSON that says the same. An empty cell is null, and a missing column an absent member.
    fn members(&self, cells: &csv::StringRecord) -> Map<String, Value> {
        let members = self.columns.iter().map(|&(name, place)| {
            let cell = cells.get(place).unwrap_or_default().trim();
            (name.to_owned(), value(name, cell))
        });
        members.collect()
    }
}

/// Whether a header's cell names a column: case, `-`, `_` and blanks do not matter. `tenant-import` reads the same.
fn is_column(cell: &str, name: &str) -> bool {
    let plain = |text| {
        str::chars(text)
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
            .map(|c| c.to_ascii_lowercase())
    };
    plain(cell).eq(plain(name))
}

fn value(column: &str, cell: &str) -> Value {
    match column {
        _ if cell.is_empty() => Value::Null,
        "units" => cell
            .split(';')
            .map(str::trim)
            .filter(|unit| !unit.is_empty())
            .collect(),
        "replied_stop" if cell.eq_ignore_ascii_case("true") => Value::Bool(true),
        "replied_stop" if cell.eq_ignore_ascii_case("false") => Value::Bool(false),
        _ => cell.into(),
    }
}

/// Where the quotation mark is that opens a cell and is never closed. Marks are read as the reader reads them: one opens a
/// cell only at its very beginning, and two within it are one of its text.
fn open_mark(text: &str) -> Option<u64> {
    /// Where in a cell the reading is.
    enum Place {
        Begin,
        Plain,
        Quoted {
            mark: u64,
        },
        /// After a mark that closes the cell, or is the first of two.
        Mark {
            mark: u64,
        },
    }
    let mut place = Place::Begin;
    for (at, byte) in (0..).zip(text.bytes()) {
        place = match (place, byte) {
            (Place::Begin, b'"') => Place::Quoted { mark: at },
            (Place::Quoted { mark }, b'"') => Place::Mark { mark },
            (Place::Quoted { mark }, _) | (Place::Mark { mark }, b'"') => Place::Quoted { mark },
            (_, b',' | b'\r' | b'\n') => Place::Begin,
            _ => Place::Plain,
        };
    }
    match place {
        Place::Quoted { mark } => Some(mark),
        Place::Begin | Place::Plain | Place::Mark { .. } => None,
    }
}

/// The members of a row that are known, under their own names: they are spelled as columns may be. The names of others
/// are noted, as far as they are listed. `Err`: a member that is there twice.
fn known_members(
    members: Map<String, Value>,
    ignored: &mut Vec<String>,
) -> Result<Map<String, Value>, &'static str> {
    let mut known = Map::new();
    for (name, value) in members {
        if let Some((column, _)) = COLUMNS.iter().find(|(column, _)| is_column(&name, column)) {
            if known.insert((*column).to_owned(), value).is_some() {
                return Err(column);
            }
        } else if ignored.len() < IGNORED_MEMBERS && !ignored.contains(&name) {
            ignored.push(name);
        }
    }
    Ok(known)
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
