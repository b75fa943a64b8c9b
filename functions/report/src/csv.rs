//! The report as CSV (RFC 4180), safe to open in a spreadsheet.

use std::borrow::Cow;

use consent::evidence::Grade;
use consent::id::PhoneNumber;

use crate::RowBody;

/// What an export is called on the wire.
pub(crate) const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

/// A part is full at so many bytes. Lambda takes answers of 6 MB, and the last row may have 100 KB.
const FULL_BYTES: usize = 5 << 20;

/// Whether a part names its columns. The first does; parts joined are one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Header {
    /// It does.
    Present,
    /// It does not.
    Absent,
}

/// The report, or a part of it, row by row.
pub(crate) struct Part {
    writer: csv::Writer<Vec<u8>>,
    /// The bytes of what was written, as the JSON string that API Gateway is given.
    bytes: usize,
}

const COLUMNS: [&str; 10] = [
    "tenant_id",
    "name",
    "cell_phone",
    "units",
    "provided_consent",
    "status",
    "source",
    "changed_at",
    "on_hold",
    "evidence",
];

type Error = Box<dyn std::error::Error + Send + Sync>;

impl Part {
    pub(crate) fn new(header: Header) -> Self {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        if header == Header::Present {
            // Writing to memory does not fail.
            let _ = writer.write_record(COLUMNS);
        }
        Self { writer, bytes: 0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.bytes >= FULL_BYTES
    }

    pub(crate) fn row(&mut self, row: &RowBody) -> Result<(), Error> {
        let units = row.units.join(";");
        let source = row.source.map(serde_json::to_value).transpose()?;
        let written = self.writer.get_ref().len();
        self.writer.write_record([
            &*harmless(&row.tenant_id),
            &*harmless(&row.name),
            // A number in E.164 is no formula that does anything, and stays what it is.
            row.cell_phone.as_ref().map_or("", PhoneNumber::as_str),
            &*harmless(&units),
            row.provided_consent,
            row.status.as_str(),
            source
                .as_ref()
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default(),
            row.changed_at.as_deref().unwrap_or_default(),
            if row.on_hold { "true" } else { "false" },
            row.evidence.map_or("", Grade::as_str),
        ])?;
        self.writer.flush()?;
        let added = self.writer.get_ref().iter().skip(written);
        self.bytes += added.map(|byte| in_json(*byte)).sum::<usize>();
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<String, Error> {
        Ok(String::from_utf8(self.writer.into_inner()?)?)
    }
}

/// How many bytes a byte takes in a JSON string.
fn in_json(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe before it, which spreadsheets hide
/// (OWASP, CSV Injection). Where `;` separates cells, each piece between them is one.
fn harmless(cell: &str) -> Cow<'_, str> {
    let runs =
        |piece: &str| piece.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if !cell.split(';').any(runs) {
        return Cow::Borrowed(cell);
    }
    let pieces: Vec<String> = cell
        .split(';')
        .map(|piece| {
            if runs(piece) {
                format!("'{piece}")
            } else {
                piece.to_owned()
            }
        })
        .collect();
    Cow::Owned(pieces.join(";"))
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_made_harmless_and_other_cells_stay() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        assert_eq!(harmless("Ada;=1;B"), "Ada;'=1;B");
        for plain in ["Ada", "A=1", "O'Brien", "A;B", ""] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
