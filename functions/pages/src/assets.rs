//! The files that are served, as they are committed: no tool but this one touches them.
//!
//! Each has two names. `consent.js` is for sites that embed the elements, and browsers ask each time whether it has
//! changed. `consent-<hash>.js` is for our own pages, and is kept for good: another content has another name.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::OnceLock;

use consent::record::hex;
use flate2::Compression;
use flate2::write::GzEncoder;
use lambda_http::http::HeaderValue;

/// The modules of `consent.js`, each after those that it imports.
const ELEMENTS: [&str; 12] = [
    include_str!("../elements/texts.js"),
    include_str!("../elements/format.js"),
    include_str!("../elements/api.js"),
    include_str!("../elements/style.js"),
    include_str!("../elements/element.js"),
    include_str!("../elements/profile.js"),
    include_str!("../elements/portal.js"),
    include_str!("../elements/report.js"),
    include_str!("../elements/reviews.js"),
    include_str!("../elements/thread.js"),
    include_str!("../elements/notifications.js"),
    include_str!("../elements/history.js"),
];
/// How our own files name the elements.
const CONSENT: &str = "../elements/consent.js";

/// How long a browser may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// As long as it likes: the name has the content's hash.
    ForGood,
    /// It asks each time whether there is another.
    Ask,
    /// Five minutes: what it shows changes seldom, and anybody may ask for it.
    Minutes,
}

impl Keep {
    /// As `Cache-Control` has it.
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::ForGood => "public, max-age=31536000, immutable",
            Self::Ask => "no-cache",
            Self::Minutes => "public, max-age=300",
        }
    }
}

/// A file.
#[derive(Debug, Clone)]
pub(crate) struct Asset {
    pub(crate) media_type: &'static str,
    pub(crate) text: String,
    pub(crate) tag: HeaderValue,
    pub(crate) keep: Keep,
    /// Made when it is first asked for: a start should not wait for it.
    compressed: OnceLock<Vec<u8>>,
}

impl Asset {
    /// The text in gzip. API Gateway compresses nothing itself.
    pub(crate) fn compressed(&self) -> &[u8] {
        self.compressed.get_or_init(|| {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            // Writing to memory does not fail.
            let written = encoder.write_all(self.text.as_bytes());
            written.and_then(|()| encoder.finish()).unwrap_or_default()
        })
    }
}

/// All files, and the pages with links to them.
pub(crate) struct Assets {
    by_name: BTreeMap<String, Asset>,
    /// Each plain name with its name for good.
    hashed: BTreeMap<&'static str, String>,
    pub(crate) staff: String,
    pub(crate) portal: String,
}

impl Assets {
    pub(crate) fn new() -> Self {
        let mut assets = Self {
            by_name: BTreeMap::new(),
            hashed: BTreeMap::new(),
            staff: String::new(),
            portal: String::new(),
        };
        assets.add(
            "icon.svg",
            "image/svg+xml",
            include_str!("../pages/icon.svg").to_owned(),
        );
        assets.add(
            "page.css",
            "text/css; charset=utf-8",
            include_str!("../pages/page.css").to_owned(),
        );
        assets.add("consent.js", JAVASCRIPT, joined(&ELEMENTS));
        let consent = format!("./{}", assets.hashed["consent.js"]);
        let token = include_str!("../pages/token.js");
        for (name, script) in [
            ("staff.js", include_str!("../pages/staff.js")),
            ("portal.js", include_str!("../pages/portal.js")),
        ] {
            assets.add(
                name,
                JAVASCRIPT,
                joined(&[token, script]).replace(CONSENT, &consent),
            );
        }
        assets.staff = assets.page("staff", "Consent to texts");
        assets.portal = assets.page("portal", "Account Information");
        assets
    }

    /// The page of a script, which fills it.
    fn page(&self, name: &str, title: &str) -> String {
        let page = include_str!("../pages/page.html");
        self.linked(&page.replace("{name}", name).replace("{title}", title))
    }

    /// The file of a name of either kind.
    pub(crate) fn named(&self, name: &str) -> Option<&Asset> {
        self.by_name.get(name)
    }

    /// A page whose links are to the names for good.
    pub(crate) fn linked(&self, html: &str) -> String {
        let links = self.hashed.iter();
        links.fold(html.to_owned(), |html, (name, hashed)| {
            html.replace(
                &format!("\"/elements/{name}\""),
                &format!("\"/elements/{hashed}\""),
            )
        })
    }

    fn add(&mut self, name: &'static str, media_type: &'static str, text: String) {
        let digest = hex(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref());
        let hash = digest.get(..16).unwrap_or_default();
        // Weak: it is the same for the compressed form.
        let tag =
            HeaderValue::try_from(format!("W/\"{hash}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let hashed = format!("{stem}-{hash}.{extension}");
        let asset = Asset {
            media_type,
            text,
            tag,
            keep: Keep::Ask,
            compressed: OnceLock::new(),
        };
        let kept = Asset {
            keep: Keep::ForGood,
            ..asset.clone()
        };
        self.by_name.insert(name.to_owned(), asset);
        self.by_name.insert(hashed.clone(), kept);
        self.hashed.insert(name, hashed);
    }
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Modules as one module: without the statements by which they import each other, which are lines of their own.
fn joined(modules: &[&str]) -> String {
    let lines = modules.iter().flat_map(|module| module.lines());
    let kept = lines.filter(|line| !(line.starts_with("import ") && line.contains(" from \"./")));
    kept.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_elements_are_one_module_whose_names_are_there_once() {
        let assets = Assets::new();
        let consent = &assets.named("consent.js").unwrap().text;
        assert!(!consent.contains("import {"), "it needs nothing else");
        let mut names = BTreeSet::new();
        for line in consent.lines() {
            let line = line.trim_start_matches("export ");
            let declared = ["const ", "let ", "class ", "function ", "async function "];
            if let Some(rest) = declared.iter().find_map(|word| line.strip_prefix(word)) {
                let name = rest
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next()
                    .unwrap();
                assert!(names.insert(name), "{name} is declared by two modules");
            }
        }
        for name in [
            "profile",
            "portal",
            "report",
            "reviews",
            "thread",
            "notifications",
            "history",
        ] {
            assert!(consent.contains(&format!("define(\"consent-{name}\"")), "{name}");
        }
    }

    #[test]
    fn all_elements_are_small_when_compressed() {
        let assets = Assets::new();
        let size = assets.named("consent.js").unwrap().compressed().len();
        assert!((1..=40_000).contains(&size), "{size} bytes");
    }

    #[test]
    fn pages_link_to_names_that_are_there_and_kept_for_good() {
        let assets = Assets::new();
        let scripts = ["staff.js", "portal.js"].map(|name| assets.named(name).unwrap().text.clone());
        let texts = [assets.staff.clone(), assets.portal.clone()]
            .into_iter()
            .chain(scripts);
        for text in texts {
            let links = text.split('"').filter_map(|part| {
                part.strip_prefix("/elements/").or_else(|| {
                    part.strip_prefix("./")
                        .filter(|it| it.split('.').next_back() == Some("js"))
                })
            });
            let mut count = 0;
            for link in links {
                assert_eq!(
                    assets.named(link).map(|it| it.keep),
                    Some(Keep::ForGood),
                    "{link}"
                );
                count += 1;
            }
            assert!(count > 0, "it links to something");
        }
    }

    #[test]
    fn nothing_is_inline_in_a_page() {
        let assets = Assets::new();
        for page in [&assets.staff, &assets.portal] {
            assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" on"));
            assert!(page.matches("<script").count() == page.matches("<script type=\"module\" src=").count());
        }
    }
}
