//! What a request holds: path, query and body, read strictly.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use consent::id::{FacilityId, TenantId};
use jiff::Timestamp;
use lambda_http::http::header;
use lambda_http::{Request, RequestExt};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::{FieldError, Problem};

/// The most bytes of a body, where nothing else is said.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// The path of a request.
#[derive(Debug)]
pub struct Path(Vec<String>);

impl Path {
    /// Its segments.
    pub fn segments(&self) -> Vec<&str> {
        self.0.iter().map(String::as_str).collect()
    }
}

/// The path of a request, percent-decoded. A segment that is not UTF-8 is kept as it stands: it is no id.
pub fn path(request: &Request) -> Path {
    let raw = request.raw_http_path();
    let decode = |segment| {
        percent_decode_str(segment)
            .decode_utf8()
            .map_or_else(|_| segment.to_owned(), Cow::into_owned)
    };
    Path(raw.trim_start_matches('/').split('/').map(decode).collect())
}

/// A facility's id from the path.
///
/// # Errors
/// 400.
pub fn facility_id(segment: &str) -> Result<FacilityId, Problem> {
    FacilityId::parse(segment).map_err(|error| Problem::invalid_field("facility_id", error.to_string()))
}

/// A tenant's id from the path.
///
/// # Errors
/// 400.
pub fn tenant_id(segment: &str) -> Result<TenantId, Problem> {
    TenantId::parse(segment).map_err(|error| Problem::invalid_field("tenant_id", error.to_string()))
}

/// The query's parameters, in order.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query.
    pub fn of(request: &Request) -> Self {
        Self(serde_urlencoded::from_str(request.uri().query().unwrap_or_default()).unwrap_or_default())
    }

    /// Every value of a parameter.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(parameter, _)| parameter == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that has one.
    ///
    /// # Errors
    /// 400: it appears more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (value, None) => Ok(value),
            _ => Err(Problem::invalid_field(name, "may appear only once")),
        }
    }

    /// `limit`, 1 to 200.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&self) -> Result<u16, Problem> {
        const DEFAULT: u16 = 50;
        let Some(text) = self.one("limit")? else {
            return Ok(DEFAULT);
        };
        match text.parse() {
            Ok(limit @ 1..=200) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(limit),
            _ => Err(Problem::invalid_field("limit", "must be a number from 1 to 200")),
        }
    }
}

/// The body, within its limit.
///
/// # Errors
/// 413.
pub fn body(request: &Request, limit: usize) -> Result<&[u8], Problem> {
    let body: &[u8] = request.body().as_ref();
    if body.len() > limit {
        Err(Problem::payload_too_large(limit))
    } else {
        Ok(body)
    }
}

/// The media type of the body, in lower case and without parameters.
pub fn media_type(request: &Request) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(
        value
            .split(';')
            .next()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
    )
}

/// The members of a JSON body.
///
/// # Errors
/// 413, 415, and 400 where it is no JSON object.
pub fn json_object(request: &Request) -> Result<Map<String, Value>, Problem> {
    let body = body(request, BODY_LIMIT)?;
    if media_type(request).is_some_and(|media_type| media_type != "application/json") {
        return Err(Problem::unsupported_media_type("application/json"));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Problem::invalid_field("", "must be a JSON object")),
        Err(_) => Err(Problem::invalid_field("", "must be JSON in UTF-8")),
    }
}

/// Reads members one by one and keeps what is wrong with each, so that the caller hears of all at once.
pub struct Fields<'a> {
    members: &'a Map<String, Value>,
    prefix: &'a str,
    errors: Vec<FieldError>,
}

impl<'a> Fields<'a> {
    /// The members of an object; `prefix` is what comes before their names in error texts.
    pub fn new(members: &'a Map<String, Value>, prefix: &'a str) -> Self {
        Self {
            members,
            prefix,
            errors: Vec::new(),
        }
    }

    /// Reads a member. An absent one is `None` to `read`, which says what it must be.
    pub fn read<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Option<&'a Value>) -> Result<T, String>,
    ) -> Option<T> {
        read(self.members.get(name))
            .map_err(|detail| self.error(name, detail))
            .ok()
    }

    /// Notes that a member cannot be taken.
    pub fn error(&mut self, name: &str, detail: impl Into<String>) {
        self.errors.push(FieldError {
            field: format!("{}{name}", self.prefix),
            detail: detail.into(),
        });
    }

    /// Takes over what is wrong with the members of an object within.
    pub fn absorb(&mut self, errors: Vec<FieldError>) {
        self.errors.extend(errors);
    }

    /// What is wrong.
    pub fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 400 with all that is wrong.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(Problem::invalid(&self.errors)),
        }
    }
}

/// Reads a boolean.
///
/// # Errors
/// It is not a boolean.
pub fn boolean(value: Option<&Value>) -> Result<bool, String> {
    value
        .and_then(Value::as_bool)
        .ok_or_else(|| "must be true or false".to_owned())
}

/// Reads a text of `length` characters. It is not blank, and has neither control characters nor noncharacters: XML, in
/// which Twilio is answered, cannot hold them.
///
/// # Errors
/// It is not such a text.
pub fn text(value: Option<&Value>, length: RangeInclusive<usize>) -> Result<String, String> {
    let (least, most) = (length.start(), length.end());
    let is_character = |character: char| !character.is_control() && !is_noncharacter(character);
    value
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| length.contains(&text.chars().count()) && !is_blank(text))
        .filter(|text| text.chars().all(is_character))
        .map(str::to_owned)
        .ok_or_else(|| {
            format!(
                "must be a text of {least} to {most} characters, not blank, none of them a control character or a \
                 noncharacter"
            )
        })
}

/// Reads a text of `length` characters on one or several lines, unchanged. It is not blank, and has neither control
/// characters, but for line feeds, nor noncharacters.
///
/// # Errors
/// It is not such a text.
pub fn lines(value: Option<&Value>, length: RangeInclusive<usize>) -> Result<String, String> {
    let (least, most) = (length.start(), length.end());
    let is_character =
        |character: char| character == '\n' || (!character.is_control() && !is_noncharacter(character));
    value
        .and_then(Value::as_str)
        .filter(|text| length.contains(&text.chars().count()) && !is_blank(text))
        .filter(|text| text.chars().all(is_character))
        .map(str::to_owned)
        .ok_or_else(|| {
            format!(
                "must be a text of {least} to {most} characters, not blank, none of them a noncharacter or a control \
                 character but line feeds"
            )
        })
}

/// A moment in RFC 3339, and in no other of the forms that ISO 8601 knows. `None`: it is something else.
pub fn moment(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let (date_time, zone) = match bytes {
        [.., b'Z' | b'z'] => bytes.split_at(bytes.len() - 1),
        _ => bytes.split_at_checked(bytes.len().checked_sub(6)?)?,
    };
    let is_like = |bytes: &[u8], form: &[u8]| {
        bytes.len() == form.len()
            && bytes.iter().zip(form).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't'),
                b'+' => matches!(byte, b'+' | b'-'),
                form => byte == form,
            })
    };
    let (second, fraction) = date_time.split_at_checked(19)?;
    let is_fraction = match fraction {
        [] => true,
        [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let is_zone = matches!(zone, [b'Z' | b'z']) || is_like(zone, b"+00:00");
    let is_plain = is_like(second, b"0000-00-00T00:00:00") && is_fraction && is_zone;
    if is_plain { text.parse().ok() } else { None }
}

/// The most characters of a text message: SNS and Twilio take no longer one.
const MESSAGE_CHARACTERS: usize = 1_600;

/// Reads the body of a text message, which is not blank. Of control characters it may have line feeds and tabs.
///
/// # Errors
/// What the body must be.
pub fn message(value: Option<&Value>) -> Result<&str, String> {
    let is_character = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    value
        .and_then(Value::as_str)
        .filter(|body| (1..=MESSAGE_CHARACTERS).contains(&body.chars().count()) && !is_blank(body))
        .filter(|body| body.chars().all(is_character))
        .ok_or_else(|| {
            format!(
                "must be a text of 1 to {MESSAGE_CHARACTERS} characters, not blank, with no control characters but \
                 line feeds and tabs"
            )
        })
}

/// Whether there is nothing to be seen in a text.
fn is_blank(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_invisible(character))
}

/// Whether a character takes no place where text is shown, or an empty one: joiners, zero-width spaces, marks of
/// direction, variation selectors, tags and fillers. They come along when text is copied.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Code points that Unicode keeps from ever being characters: <https://www.unicode.org/faq/private_use.html#nonchar1>.
fn is_noncharacter(character: char) -> bool {
    let code = u32::from(character);
    matches!(code, 0xfdd0..=0xfdef) || code & 0xfffe == 0xfffe
}

/// Reads what may be null or absent.
///
/// # Errors
/// It is there, and is not what `read` takes.
pub fn optional<'a, T>(
    value: Option<&'a Value>,
    read: impl FnOnce(Option<&'a Value>) -> Result<T, String>,
) -> Result<Option<T>, String> {
    match value {
        None | Some(Value::Null) => Ok(None),
        some => read(some).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let read = moment(text).map(|moment| moment.to_string());
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn moments_are_read_in_rfc_3339_alone() {
        let noon = Some("2026-11-27T12:00:00Z");
        for text in [
            "2026-11-27T12:00:00Z",
            "2026-11-27t12:00:00z",
            "2026-11-27T06:00:00-06:00",
            "2026-11-27T12:00:00.000+00:00",
        ] {
            check(text, noon);
        }
        check("2026-11-27T12:00:00.1259Z", Some("2026-11-27T12:00:00.1259Z"));
        check("2026-11-27T23:59:60Z", Some("2026-11-27T23:59:59Z"));
        for text in [
            "",
            "Z",
            "2026-11-27",
            "2026-11-27T12:00:00",
            "2026-11-27T12:00Z",
            "2026-11-27 12:00:00Z",
            "2026-11-27T12:00:00.Z",
            "2026-11-27T12:00:00,5Z",
            "2026-11-27T12:00:00 00:00",
            "2026-11-27T12:00:00+00:00[UTC]",
            "2026-11-27T12:00:00+0000",
            "2026-02-30T12:00:00Z",
            "+002026-11-27T12:00:00Z",
            "2026-11-27T25:00:00Z",
            "1764244800",
            "\u{1f600}2026-11-27T12:00:00Z",
        ] {
            check(text, None);
        }
    }
}
