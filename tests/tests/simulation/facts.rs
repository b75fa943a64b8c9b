//! What happened in a simulation, for the judges: what was written, and when; what was sent; what was answered.

use std::collections::BTreeMap;

use serde_json::Value;

/// A call of a function, by its place in the order of calls.
pub(crate) type CallId = usize;

/// A text that the provider took.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// Milliseconds since the beginning, like every `at` here.
    pub(crate) at: u64,
    pub(crate) by: CallId,
    pub(crate) from: Option<String>,
    pub(crate) to: String,
    pub(crate) body: String,
    /// The tenant's version in [`Facts::tenants`] that was written with the decision which let the text out: facility,
    /// tenant, place. `None`: no decision came before it, so it is an answer.
    pub(crate) decided: Option<(String, String, usize)>,
}

/// A tenant, as one write left them.
#[derive(Debug, Clone)]
pub(crate) struct TenantVersion {
    pub(crate) at: u64,
    pub(crate) by: CallId,
    /// Such as `not_provided`, `provided/profile` and `opted_out/text_and_portal`.
    pub(crate) consent: String,
    pub(crate) phone: Option<String>,
    pub(crate) is_resident: bool,
    pub(crate) sequence: u64,
    pub(crate) keywords_applied: u64,
}

impl TenantVersion {
    pub(crate) fn may_be_texted(&self) -> bool {
        self.consent.starts_with("provided")
    }

    pub(crate) fn is_withdrawn_by_text(&self) -> bool {
        self.consent.starts_with("opted_out/text")
    }

    /// Whether a text to this number may go to the tenant.
    pub(crate) fn has(&self, number: &str) -> bool {
        self.is_resident && self.phone.as_deref() == Some(number)
    }
}

/// A number at a facility, as one write left it.
#[derive(Debug, Clone)]
pub(crate) struct NumberVersion {
    pub(crate) is_stopped: bool,
    pub(crate) keywords: u64,
}

/// A facility, as one write left it.
#[derive(Debug, Clone)]
pub(crate) struct FacilityVersion {
    pub(crate) at: u64,
    pub(crate) number: Option<String>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) sent: Vec<Sent>,
    pub(crate) published: Vec<Value>,
    pub(crate) tenants: BTreeMap<(String, String), Vec<TenantVersion>>,
    pub(crate) numbers: BTreeMap<(String, String), Vec<NumberVersion>>,
    pub(crate) facilities: BTreeMap<String, Vec<FacilityVersion>>,
    /// Who has a business number, since when.
    pub(crate) holders: BTreeMap<String, Vec<(u64, String)>>,
    /// When a message was first written, and for which facility, by its partition key.
    pub(crate) heard: BTreeMap<String, (u64, String)>,
    /// The versions of tenants that the decisions of a call wrote which let a text out, in their order.
    pub(crate) decided: BTreeMap<CallId, Vec<(String, String, usize)>>,
    /// What is wrong with a write itself.
    pub(crate) wrong: Vec<String>,
}

/// What stood at a moment.
pub(crate) fn at<T>(versions: &[T], moment: u64, when: impl Fn(&T) -> u64) -> Option<usize> {
    versions.iter().rposition(|version| when(version) <= moment)
}

fn text(item: &Value, name: &str) -> String {
    item[name]["S"].as_str().unwrap_or_default().to_owned()
}

fn number(item: &Value, name: &str) -> u64 {
    item[name]["N"]
        .as_str()
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

/// A consent as it is stored: a word, or a word with another one.
pub(crate) fn consent(stored: &Value) -> String {
    if let Some(word) = stored["S"].as_str() {
        return word.to_owned();
    }
    let pairs = stored["M"].as_object().into_iter().flatten();
    let words: Vec<String> = pairs
        .map(|(word, by)| format!("{word}/{}", by["S"].as_str().unwrap_or("?")))
        .collect();
    words.join("+")
}

/// The writes of a transaction, with their keys, in the order of the keys: the order in the request may differ from
/// one process to the next.
pub(crate) fn writes(request: &Value) -> Vec<(String, &'static str, &Value)> {
    let mut writes = Vec::new();
    for write in request["TransactItems"].as_array().into_iter().flatten() {
        for kind in ["Put", "Update", "ConditionCheck", "Delete"] {
            let of = &write[kind];
            if of.is_object() {
                let key = if kind == "Put" { &of["Item"] } else { &of["Key"] };
                writes.push((format!("{} {}", text(key, "PK"), text(key, "SK")), kind, of));
            }
        }
    }
    writes.sort_by(|one, other| one.0.cmp(&other.0));
    writes
}

impl Facts {
    /// Takes down a transaction that was carried out.
    pub(crate) fn written(&mut self, at: u64, by: CallId, request: &Value) {
        let writes = writes(request);
        // Numbers as they were are looked at first: a transaction may change a tenant and their number.
        for (.., of) in writes.iter().filter(|(_, kind, _)| *kind == "Put") {
            let item = &of["Item"];
            let (pk, sk) = (text(item, "PK"), text(item, "SK"));
            if let (Some(facility), Some(tenant)) = (pk.strip_prefix("FACILITY#"), sk.strip_prefix("TENANT#"))
            {
                self.tenant(at, by, facility, tenant, item);
            }
        }
        for (_, kind, of) in &writes {
            let item = &of[if *kind == "Put" { "Item" } else { "Key" }];
            let (pk, sk) = (text(item, "PK"), text(item, "SK"));
            match (*kind, pk.split_once('#'), sk.split_once('#')) {
                ("Put", Some(("FACILITY", facility)), Some(("PHONE", phone))) => {
                    let version = NumberVersion {
                        is_stopped: item["standing"]["S"] == "stopped",
                        keywords: number(item, "keywords"),
                    };
                    let key = (facility.to_owned(), phone.to_owned());
                    self.numbers.entry(key).or_default().push(version);
                }
                ("Put", Some(("FACILITY", facility)), None) => {
                    let number = item["number"]["S"].as_str().map(str::to_owned);
                    let versions = self.facilities.entry(facility.to_owned()).or_default();
                    versions.push(FacilityVersion { at, number });
                }
                ("Put", Some(("NUMBER", business)), None) => {
                    let holders = self.holders.entry(business.to_owned()).or_default();
                    holders.push((at, text(item, "facility_id")));
                }
                ("Put", Some(("MESSAGE", _)), None) => {
                    let facility = text(item, "facility_id");
                    self.heard.entry(pk).or_insert((at, facility));
                }
                ("Put", Some(("TENANT", whose)), Some(("DECISION", _)))
                    if item["allowed"]["BOOL"] == true =>
                {
                    if let Some((facility, tenant)) = whose.split_once('#') {
                        let key = (facility.to_owned(), tenant.to_owned());
                        let place = self.tenants.get(&key).map_or(0, Vec::len).saturating_sub(1);
                        self.decided.entry(by).or_default().push((key.0, key.1, place));
                    }
                }
                _ => {}
            }
        }
    }

    fn tenant(&mut self, at: u64, by: CallId, facility: &str, tenant: &str, item: &Value) {
        let new = TenantVersion {
            at,
            by,
            consent: consent(&item["consent"]),
            phone: item["cell_phone"]["S"].as_str().map(str::to_owned),
            is_resident: item["residence"]["S"] == "resident",
            sequence: number(&item["chain"]["M"], "sequence"),
            keywords_applied: number(item, "keywords_applied"),
        };
        let versions = self
            .tenants
            .entry((facility.to_owned(), tenant.to_owned()))
            .or_default();
        if let Some(old) = versions.last() {
            if new.consent != old.consent && new.sequence == old.sequence {
                self.wrong.push(format!(
                    "{facility}/{tenant} went from {} to {} without a record",
                    old.consent, new.consent
                ));
            }
            if new.sequence < old.sequence {
                self.wrong.push(format!("{facility}/{tenant} lost records"));
            }
            // Who leaves a number whose STOP has not reached them takes it along.
            let left = old
                .phone
                .as_ref()
                .filter(|phone| old.has(phone) && !new.has(phone));
            if let Some(left) = left {
                let number = self.numbers.get(&(facility.to_owned(), left.clone()));
                let number = number.and_then(|versions| versions.last());
                if number.is_some_and(|number| number.is_stopped && old.keywords_applied < number.keywords)
                    && !new.is_withdrawn_by_text()
                {
                    self.wrong.push(format!(
                        "{facility}/{tenant} left a stopped number as {}: its STOP is lost",
                        new.consent
                    ));
                }
            }
        }
        versions.push(new);
    }

    /// The texts that a call handed over.
    pub(crate) fn texts_of(&self, by: CallId) -> impl Iterator<Item = &Sent> {
        self.sent.iter().filter(move |sent| sent.by == by)
    }

    /// The facilities that a business number led to at some time from `from` to `to`.
    pub(crate) fn holders_between(&self, business: &str, from: u64, to: u64) -> Vec<&str> {
        let Some(versions) = self.holders.get(business) else {
            return Vec::new();
        };
        let first = at(versions, from, |version| version.0);
        let mut holders: Vec<&str> = versions
            .iter()
            .enumerate()
            .filter(|(place, (since, _))| Some(*place) == first || (from..=to).contains(since))
            .map(|(_, (_, facility))| facility.as_str())
            .collect();
        holders.dedup();
        if first.is_none() {
            holders.insert(0, "");
        }
        holders
    }
}
