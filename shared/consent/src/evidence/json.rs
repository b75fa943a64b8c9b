//! JSON from an untrusted source: of bounded size, and without two members of the same name.
//!
//! Readers differ in which of the two they take, so such a pack could say one thing to a person and another to the check.
//! RFC 8785 forbids such objects as well.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The longest text that is read. An answer of the service has 6 MB at most.
pub const LONGEST: usize = 8 << 20;
/// The most values that are read. The longest part of a pack has half as many: what costs 5 MB and has 38 values takes 1,800 bytes.
pub const MOST_VALUES: usize = 200_000;

/// Why a text is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotRead {
    /// It is longer than [`LONGEST`].
    #[error("it is longer than {LONGEST} bytes")]
    TooLong,
    /// It has more values than [`MOST_VALUES`].
    #[error("it has more than {MOST_VALUES} values")]
    TooMany,
    /// It is no JSON, or is nested too deep, or an object in it has two members of one name.
    #[error(
        "it is not JSON, is nested too deep, or has two members of one name (line {line}, column {column})"
    )]
    NoJson {
        /// Where reading ended.
        line: usize,
        /// And in which column.
        column: usize,
    },
}

/// Reads a JSON value.
///
/// # Errors
/// See [`NotRead`].
pub fn read(text: &[u8]) -> Result<Value, NotRead> {
    if text.len() > LONGEST {
        return Err(NotRead::TooLong);
    }
    // A byte order mark is no JSON, and some editors write it.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let left = Cell::new(MOST_VALUES);
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = Strict(&left)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| match left.get() {
        0 => NotRead::TooMany,
        _ => NotRead::NoJson {
            line: error.line(),
            column: error.column(),
        },
    })
}

/// A value whose objects have no two members of one name, and how many more values are read.
#[derive(Clone, Copy)]
struct Strict<'a>(&'a Cell<usize>);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.0.get().checked_sub(1);
        self.0
            .set(left.ok_or_else(|| D::Error::custom("more values than are read"))?);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if values.insert(name, members.next_value_seed(self)?).is_some() {
                return Err(A::Error::custom("two members of one name"));
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_read_as_it_stands() {
        let text = r#"{"a": [1, -2, 0.5, true, null, "\u00e9\ud83d\ude00"], "b": {"a": {}}}"#;
        assert_eq!(
            read(text.as_bytes()),
            Ok(json!({"a": [1, -2, 0.5, true, null, "é😀"], "b": {"a": {}}}))
        );
        assert_eq!(read("\u{feff}[]".as_bytes()), Ok(json!([])));
    }

    #[test]
    fn what_is_ambiguous_nested_or_long_is_not_read() {
        let deep = "[".repeat(100_000);
        for text in [
            "",
            "{",
            "[] []",
            "{\"a\": 1, \"a\": 1}",
            "{\"a\": {\"b\": 1, \"\\u0062\": 2}}",
            "\"\\ud800\"",
            "1e999",
            "NaN",
            "{\"a\" 1}",
            &deep,
            &deep.replace('[', "{\"a\":"),
        ] {
            assert!(
                matches!(read(text.as_bytes()), Err(NotRead::NoJson { .. })),
                "{text:.20}"
            );
        }
        assert!(read(b"\"\xff\"").is_err());
        assert_eq!(read(&vec![b' '; LONGEST + 1]), Err(NotRead::TooLong));
        let values = |count: usize| format!("[{}]", vec!["[]"; count].join(","));
        assert!(read(values(MOST_VALUES - 1).as_bytes()).is_ok());
        assert_eq!(read(values(MOST_VALUES).as_bytes()), Err(NotRead::TooMany));
    }
}
