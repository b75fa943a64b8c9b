//! A file, cut into parts between its rows. All rows of a tenant go in the part of the first of them: only
//! from all of them together the service sees that they were imported before. A part's rows are as they are
//! in the file and in its order, in CSV with the header before them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use crate::columns::plain;
use crate::{Format, is_id};

/// A part has no more bytes, but for a tenant who alone has more.
const PART_BYTES: usize = 1024 * 1024;
/// No tenant has more bytes, and no header: the service takes 4 MiB for both.
const TENANT_BYTES: usize = 2 * 1024 * 1024;
/// No tenant has more rows: the service does them in turn, and has less than half a minute.
const TENANT_ROWS: usize = 2000;

/// The members of a row that the service knows.
const MEMBERS: [&str; 6] = [
    "tenant_id",
    "name",
    "cell_phone",
    "units",
    "created_on",
    "replied_stop",
];

/// Rows that are sent together.
pub(crate) struct Part {
    /// What is sent.
    pub(crate) body: Vec<u8>,
    /// The rows that are done once this part is, in the order in which they are sent.
    pub(crate) rows_done: usize,
    /// For the line of the part on which a row begins, its line in the file.
    lines: BTreeMap<u64, u64>,
}

impl Part {
    /// The line of the file that is this line of the part.
    pub(crate) fn line_in_file(&self, line: u64) -> u64 {
        let row = self.lines.range(..=line).next_back();
        row.map_or(line, |(&in_part, &in_file)| in_file + (line - in_part))
    }
}

/// A file's parts, made one by one.
pub(crate) struct Parts<'a> {
    format: Format,
    most_rows: usize,
    header: &'a str,
    /// Members of NDJSON rows that the service does not know.
    unknown_members: BTreeSet<String>,
    /// In the order of the tenants' first rows.
    rows: Vec<Row<'a>>,
    rows_done: usize,
}

/// A row with the ends of its lines, and what is blank after it.
#[derive(Clone, Copy)]
struct Row<'a> {
    text: &'a str,
    line: u64,
    /// The line of the tenant's first row.
    tenant: u64,
}

impl<'a> Parts<'a> {
    /// The parts that are left when the first rows are done.
    pub(crate) fn of(content: &'a str, format: Format, most_rows: u64, rows_done: usize) -> Result<Self> {
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let mut unknown_members = BTreeSet::new();
        let begins = match format {
            Format::Csv => begins_in_csv(content)?,
            Format::Ndjson => begins_in_ndjson(content, &mut unknown_members),
        };
        let begin_of_rows = begins.first().map_or(content.len(), |begin| begin.byte);
        let header = content.get(..begin_of_rows).unwrap_or_default();
        let ends = begins.iter().skip(1).map(|begin| begin.byte);
        let ends: Vec<usize> = ends.chain([content.len()]).collect();
        let mut line = 1 + line_ends(format, header);
        let mut tenants = HashMap::new();
        let mut rows = Vec::with_capacity(begins.len());
        for (begin, end) in begins.into_iter().zip(ends) {
            let text = content.get(begin.byte..end).unwrap_or_default();
            let tenant = begin.tenant_id.map(|id| *tenants.entry(id).or_insert(line));
            rows.push(Row {
                text,
                line,
                tenant: tenant.unwrap_or(line),
            });
            line += line_ends(format, text);
        }
        rows.sort_by_key(|row| row.tenant);
        let parts = Self {
            format,
            most_rows: usize::try_from(most_rows)?,
            header,
            unknown_members,
            rows,
            rows_done,
        };
        parts.check()?;
        Ok(parts)
    }

    /// The columns of a CSV file, as it has them.
    pub(crate) fn header(&self) -> &'a str {
        self.header
    }

    /// The members of NDJSON rows that the service does not know. Of CSV columns it says so itself.
    pub(crate) fn unknown_members(&self) -> Vec<String> {
        self.unknown_members.iter().cloned().collect()
    }

    /// The number of rows in the file.
    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Refuses what no part could hold before anything is sent.
    fn check(&self) -> Result<()> {
        const TOO_LONG: &str = "the row is too long; is a quote left open?";
        if self.header.len() > TENANT_BYTES {
            bail!("line 1: {TOO_LONG}");
        }
        for rows in tenants(&self.rows) {
            if rows.len() <= TENANT_ROWS && bytes(rows) <= TENANT_BYTES {
                continue;
            }
            match rows {
                [row] => bail!("line {}: {TOO_LONG}", row.line),
                [row, ..] => bail!(
                    "line {}: the tenant's rows are too many to be sent at once; make one row of them",
                    row.line
                ),
                [] => {}
            }
        }
        Ok(())
    }

    fn part(&self, mut rows: Vec<Row<'_>>, rows_done: usize) -> Part {
        rows.sort_by_key(|row| row.line);
        let mut body = self.header.to_owned();
        let mut line = 1 + line_ends(self.format, self.header);
        let mut lines = BTreeMap::new();
        for row in rows {
            body.push_str(row.text);
            lines.insert(line, row.line);
            line += line_ends(self.format, row.text);
        }
        Part {
            body: body.into_bytes(),
            rows_done,
            lines,
        }
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let mut rows = Vec::new();
        let mut part_bytes = self.header.len();
        for more in tenants(self.rows.get(self.rows_done..)?) {
            part_bytes += bytes(more);
            let is_full = part_bytes > PART_BYTES || rows.len() + more.len() > self.most_rows;
            if is_full && !rows.is_empty() {
                break;
            }
            rows.extend_from_slice(more);
        }
        self.rows_done += rows.len();
        (!rows.is_empty()).then(|| self.part(rows, self.rows_done))
    }
}

fn tenants<'a>(rows: &'a [Row<'a>]) -> impl Iterator<Item = &'a [Row<'a>]> {
    rows.chunk_by(|one, next| one.tenant == next.tenant)
}

fn bytes(rows: &[Row<'_>]) -> usize {
    rows.iter().map(|row| row.text.len()).sum()
}

/// Where a row begins, and whose it is, where that can be read.
struct Begin {
    byte: usize,
    tenant_id: Option<String>,
}

/// The rows after the header, read as the service does.
fn begins_in_csv(content: &str) -> Result<Vec<Begin>> {
    let mut records = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(content.as_bytes())
        .into_records()
        .filter(|record| !matches!(record, Ok(record) if is_blank(record)));
    let header = records.next().transpose()?.unwrap_or_default();
    let column = header.iter().position(|cell| plain(cell) == "tenantid");
    let begin = |record: csv::StringRecord| {
        // The reader finds it before the ends of lines that come before it.
        let place = usize::try_from(record.position().map_or(0, csv::Position::byte))?;
        let ends = content.bytes().skip(place);
        let ends = ends.take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let tenant_id = column.and_then(|column| record.get(column)).map(str::trim);
        Ok(Begin {
            byte: place + ends,
            tenant_id: tenant_id.filter(|id| is_id(id)).map(str::to_owned),
        })
    };
    records.map(|record| begin(record?)).collect()
}

fn is_blank(record: &csv::StringRecord) -> bool {
    record.iter().all(|cell| cell.trim().is_empty())
}

fn begins_in_ndjson(content: &str, unknown_members: &mut BTreeSet<String>) -> Vec<Begin> {
    let mut byte = 0;
    let begin = |text: &str| {
        let members: Value = serde_json::from_str(text).unwrap_or_default();
        for name in members.as_object().into_iter().flat_map(Map::keys) {
            let is_known = MEMBERS.iter().any(|member| plain(member) == plain(name));
            if !is_known && !unknown_members.contains(name) {
                unknown_members.insert(name.clone());
            }
        }
        let tenant_id = members
            .as_object()
            .and_then(|members| members.iter().find(|(name, _)| plain(name) == plain("tenant_id")))
            .and_then(|(_, id)| id.as_str());
        let begin = Begin {
            byte,
            tenant_id: tenant_id.filter(|id| is_id(id)).map(str::to_owned),
        };
        byte += text.len();
        begin
    };
    content.split_inclusive('\n').map(begin).collect()
}

/// The line ends in a piece, counted as the service does.
fn line_ends(format: Format, piece: &str) -> u64 {
    let mut ends = 0;
    let mut bytes = piece.bytes().peekable();
    while let Some(byte) = bytes.next() {
        let is_alone = format == Format::Csv && bytes.peek() != Some(&b'\n');
        if byte == b'\n' || (byte == b'\r' && is_alone) {
            ends += 1;
        }
    }
    ends
}
