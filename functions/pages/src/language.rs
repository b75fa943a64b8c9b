//! The languages that the screens speak.

use consent_http::Problem;
use consent_http::request::Query;
use lambda_http::http::HeaderMap;
use lambda_http::http::header::ACCEPT_LANGUAGE;

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Spanish,
}

impl Language {
    /// As HTML has it.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The one that `lang` in the address asks for, else the one that the browser prefers. English, where neither says.
    ///
    /// # Errors
    /// 400: `lang` is another one.
    pub(crate) fn of(query: &Query, headers: &HeaderMap) -> Result<Self, Problem> {
        match query.one("lang")? {
            Some("en") => Ok(Self::English),
            Some("es") => Ok(Self::Spanish),
            Some(_) => Err(Problem::invalid_field("lang", "must be en or es")),
            None => {
                let values = headers.get_all(ACCEPT_LANGUAGE).iter();
                let accepted: Vec<&str> = values.filter_map(|value| value.to_str().ok()).collect();
                Ok(Self::accepted(&accepted.join(",")))
            }
        }
    }

    /// By `Accept-Language` (RFC 9110, 12.5.4). Where both are as welcome, the first one counts.
    fn accepted(header: &str) -> Self {
        let mut best = (0.0, Self::English);
        for range in header.split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let quality: f32 = weight
                .trim()
                .strip_prefix("q=")
                .and_then(|quality| quality.parse().ok())
                .unwrap_or(0.0);
            let primary = tag.trim().split('-').next().unwrap_or_default();
            let language = match primary.to_ascii_lowercase().as_str() {
                "en" => Self::English,
                "es" => Self::Spanish,
                _ => continue,
            };
            if quality > best.0 {
                best = (quality, language);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(header: &str, tag: &str) {
        assert_eq!(Language::accepted(header).tag(), tag, "{header}");
    }

    #[test]
    fn the_most_welcome_language_is_spoken() {
        check("es-US,es;q=0.9,en;q=0.8", "es");
        check("en-US,en;q=0.9,es;q=0.8", "en");
        check("de, ES-mx;q=0.7, en;q=0.3", "es");
        check("en;q=0.3,es;q=0.5", "es");
        check("es;q=0, en;q=0.1", "en");
        check("es;q=high", "en");
        check("eso", "en");
        check("de,*", "en");
        check("", "en");
    }
}
