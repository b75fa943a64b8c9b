//! What form of an answer the caller prefers: `Accept` (RFC 9110, 12.5.1).

use lambda_http::http::{HeaderMap, header};

/// Whether the caller prefers an answer of the type `other` to one of the type `usual`, which is given where both are
/// as good, or neither is. Types are in lower case and without parameters.
pub fn prefers(headers: &HeaderMap, other: &str, usual: &str) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges: Vec<Range> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(Range::parse)
        .collect();
    quality(&ranges, other) > quality(&ranges, usual)
}

/// How welcome a type is, in thousandths: the most specific range that it is in says so. In none it is not welcome.
fn quality(ranges: &[Range], media_type: &str) -> u16 {
    let matching = ranges
        .iter()
        .filter_map(|range| Some((range.specificity(media_type)?, range.quality)));
    matching.max().map_or(0, |(_, quality)| quality)
}

/// A media range.
struct Range {
    /// In lower case, such as `text/csv`, `text/*` and `*/*`.
    media_type: String,
    has_parameters: bool,
    /// In thousandths.
    quality: u16,
}

impl Range {
    /// `None`: the text is not a media range, or asks for another charset than UTF-8, which all answers are in. Other
    /// parameters are not looked at.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let media_type = parts.next()?;
        media_type.split_once('/')?;
        let (mut quality, mut has_parameters) = (1_000, false);
        for parameter in parts {
            match parameter.split_once('=') {
                Some(("q", value)) => quality = thousandths(value)?,
                Some(("charset", value)) if value.trim_matches('"') != "utf-8" => return None,
                _ => has_parameters = true,
            }
        }
        Some(Self {
            media_type,
            has_parameters,
            quality,
        })
    }

    /// How specific it is, if the type is in it.
    fn specificity(&self, media_type: &str) -> Option<(u8, bool)> {
        let family = media_type.split('/').next();
        let precision = match self.media_type.split_once('/')? {
            ("*", "*") => 0,
            (range, "*") if Some(range) == family => 1,
            _ if self.media_type == media_type => 2,
            _ => return None,
        };
        Some((precision, self.has_parameters))
    }
}

/// A quality (RFC 9110, 12.4.2), 0 to 1 with three decimals at most.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_quality = matches!(whole, "0" | "1")
        && decimals.len() <= 3
        && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let digits = is_quality.then(|| format!("{whole}{decimals:0<3}"))?;
    digits.parse().ok().filter(|quality| *quality <= 1_000)
}

#[cfg(test)]
mod tests {
    use lambda_http::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(accept: &str, csv: bool) {
        let value = HeaderValue::from_str(accept).unwrap();
        let headers = HeaderMap::from_iter([(header::ACCEPT, value)]);
        assert_eq!(prefers(&headers, "text/csv", "application/json"), csv, "{accept}");
    }

    #[test]
    fn the_most_specific_range_decides_for_each_type() {
        check("text/csv", true);
        check("text/*", true);
        check("Text/CSV; charset=utf-8", true);
        check("text/csv;charset=\"UTF-8\";q=0.9, application/json;q=0.8", true);
        check("text/csv, */*;q=0.5", true);
        check("*/*;q=0.1, application/json;q=0", true);
        check("*/*;q=0.1, application/*;q=0", true);
        check("application/json;q=0.5, text/csv", true);
        check("application/json;q=0.5,text/csv;Q=0.501", true);
        check("text/*;q=0.2, text/csv;q=0.8, application/json;q=0.5", true);
        check(
            "text/csv;q=0, text/csv;charset=utf-8, application/json;q=0.5",
            true,
        );
        check("text/*, text/csv;q=0", false);
        check("text/csv;q=0, text/*", false);
        check("*/*, text/csv;q=0.5", false);
        check("text/csv;q=0.5, */*", false);
        check("text/*, */*", false);
        check("text/csv;q=0.5, application/json", false);
        check("text/csv;q=0, */*", false);
        check("text/csv;q=0", false);
        check("text/csv;charset=utf-16", false);
        check("text/html", false);
        check("application/json", false);
        check("*/*", false);
        check("", false);
    }

    #[test]
    fn what_is_no_range_is_left_out() {
        check("csv, text, ;q=1, text/csv;q=high", false);
        check("text/csv;q=1.5", false);
        check("text/csv;q=-1, text/csv;q=NaN", false);
        check("text/csv;q=1.001", false);
        check("text/csv;q=0.0001", false);
        check(",, text/csv ,", true);
        check("text/csv;q=1.", true);
        check("text/csv;q=0.001", true);
    }

    #[test]
    fn ranges_may_come_in_several_headers() {
        let mut headers = HeaderMap::new();
        assert!(!prefers(&headers, "text/csv", "application/json"));
        headers.append(header::ACCEPT, HeaderValue::from_static("*/*"));
        headers.append(header::ACCEPT, HeaderValue::from_static("application/json;q=0.5"));
        assert!(prefers(&headers, "text/csv", "application/json"));
    }
}
