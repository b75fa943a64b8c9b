//! The report as CSV (RFC 4180), safe to open in a spreadsheet.

use std::borrow::Cow;

use consent::id::PhoneNumber;

use crate::RowBody;

/// The whole report, row by row.
pub(crate) struct Export(csv::Writer<Vec<u8>>);

const COLUMNS: [&str; 8] = [
    "tenant_id",
    "name",
    "cell_phone",
    "units",
    "provided_consent",
    "status",
    "source",
    "changed_at",
];

type Error = Box<dyn std::error::Error + Send + Sync>;

impl Export {
    pub(crate) fn new() -> Self {
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        // Writing to memory does not fail.
        let _ = writer.write_record(COLUMNS);
        Self(writer)
    }

    pub(crate) fn row(&mut self, row: &RowBody) -> Result<(), Error> {
        // Each for itself: where a spreadsheet takes `;` for the separator, every unit begins a cell.
        let units: Vec<Cow<'_, str>> = row.units.iter().map(|unit| harmless(unit)).collect();
        let units = units.join(";");
        let source = row.source.map(serde_json::to_value).transpose()?;
        self.0.write_record([
            &*harmless(&row.tenant_id),
            &*harmless(&row.name),
            // A number in E.164 is no formula that does anything, and stays what it is.
            row.cell_phone.as_ref().map_or("", PhoneNumber::as_str),
            &*units,
            row.provided_consent,
            row.status.as_str(),
            source
                .as_ref()
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default(),
            row.changed_at.as_deref().unwrap_or_default(),
        ])?;
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<String, Error> {
        Ok(String::from_utf8(self.0.into_inner()?)?)
    }
}

/// A cell that a spreadsheet would run as a formula gets an apostrophe before it, which spreadsheets hide
/// (OWASP, CSV Injection).
fn harmless(cell: &str) -> Cow<'_, str> {
    let runs = |character| {
        matches!(
            character,
            '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠'
        )
    };
    if cell.starts_with(runs) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn formulas_are_made_harmless_and_other_cells_stay() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        for plain in ["Ada", "A=1", "O'Brien", ""] {
            assert_eq!(harmless(plain), plain);
        }
    }
}
