//! What stands after each record of a tenant, and on which record it rests: the rules, asked about what is recorded.

use serde::{Deserialize, Serialize};

use super::Grade;
use crate::record::{Channel, Rebuilt, Record, Standing, StoredRecord, replay};
use crate::rules::{ChangeKind, Consent, Grant, Holding, OptOut, Source, Status, is_change};

/// Where a tenant stands, `standing` of a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackStanding {
    /// Where consent stands.
    pub status: Status,
    /// Who set it there.
    pub source: Option<Source>,
    /// Whether a text waits for a person to read it, and no text leaves until then.
    pub on_hold: bool,
    /// How well the grant that stands is proven.
    pub evidence: Option<Grade>,
    /// The record that began what stands.
    pub record_id: Option<String>,
}

/// Where a tenant stands after some of their records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    state: Rebuilt,
    /// The record that began what stands.
    begun: Option<String>,
    /// The record of the portal's opt-out that stands beside one by text.
    portal_begun: Option<String>,
}

/// What the rules do not allow about a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotByTheRules {
    /// It has members that this version does not know, or lacks some.
    #[error("it is no record that this version knows")]
    Unknown,
    /// Its `from` is not where the records before it lead.
    #[error("its `from` is not what stood before it")]
    From,
    /// No rule leads from its `from` by its type to its `to`.
    #[error("no rule leads from its `from` to its `to` by a change of its type")]
    To,
    /// Somebody else sets such a status.
    #[error("its channel is not one that makes such a change")]
    Channel,
}

impl Default for Life {
    /// Before the first record.
    fn default() -> Self {
        Self {
            state: Rebuilt {
                consent: Consent::NotProvided,
                holding: Holding::Free,
            },
            begun: None,
            portal_begun: None,
        }
    }
}

impl Life {
    /// Where the tenant stands.
    pub fn standing(&self) -> PackStanding {
        let Rebuilt { consent, holding } = self.state;
        PackStanding {
            status: consent.status(),
            source: consent.source(),
            on_hold: holding == Holding::OnHold,
            evidence: Grade::of(consent),
            record_id: self.begun.clone(),
        }
    }

    /// The record of the grant on which a text may rest now. `None`: no text may leave.
    pub fn grant(&self) -> Option<&str> {
        let may_leave =
            self.state.consent.status() == Status::Provided && self.state.holding == Holding::Free;
        self.begun.as_deref().filter(|_| may_leave)
    }

    /// Goes on behind a record that follows by the rules.
    ///
    /// # Errors
    /// Why it does not.
    pub fn follow(&mut self, stored: &StoredRecord) -> Result<(), NotByTheRules> {
        let record = stored.to_record().ok_or(NotByTheRules::Unknown)?;
        if record.from != Standing::from(self.state.consent) {
            return Err(NotByTheRules::From);
        }
        // An agreement is assumed at a tenant's first registration, of which the first record tells, and never later.
        let is_assumed_late = record.kind == ChangeKind::Granted
            && record.to.source == Some(Source::Grandfathered)
            && record.sequence != 1;
        let to = replay(self.state, &record)
            .filter(|to| is_change(self.state, record.kind, to.consent) && !is_assumed_late)
            .ok_or(NotByTheRules::To)?;
        if record.kind.changes_standing() && !makes(record.channel, to.consent, record.kind) {
            return Err(NotByTheRules::Channel);
        }
        self.go_on(&record, to);
        Ok(())
    }

    /// Goes on behind a record, whether it follows or not: what it says stands. A pack shows what is recorded; that it
    /// follows is for the check to say.
    pub fn take(&mut self, stored: &StoredRecord) {
        if self.follow(stored).is_ok() {
            return;
        }
        if let Some(record) = stored.to_record() {
            let to = replay(self.state, &record).unwrap_or(self.state);
            self.go_on(&record, to);
        }
    }

    fn go_on(&mut self, record: &Record, to: Rebuilt) {
        if record.kind.changes_standing() {
            let id = Some(record.record_id.to_string());
            (self.begun, self.portal_begun) = match to.consent {
                Consent::NotProvided => (None, None),
                Consent::OptedOut(OptOut::TextAndPortal) => (id, self.begun.take()),
                Consent::OptedOut(OptOut::Portal) if record.kind == ChangeKind::OptOutLifted => {
                    (self.portal_begun.take(), None)
                }
                Consent::Provided(_) | Consent::OptedOut(_) => (id, None),
            };
        }
        self.state = to;
    }
}

/// Whether a change that leads there comes by this channel. A number's STOP reaches tenants by registration as well, and
/// a person's decision about a text counts as one.
const fn makes(channel: Channel, to: Consent, kind: ChangeKind) -> bool {
    match to {
        Consent::Provided(Grant::Profile) | Consent::OptedOut(OptOut::Profile) => {
            matches!(channel, Channel::Profile)
        }
        Consent::Provided(Grant::Portal) => matches!(channel, Channel::Portal),
        Consent::Provided(Grant::Text) => matches!(channel, Channel::Text),
        Consent::OptedOut(OptOut::Portal) => match kind {
            ChangeKind::OptOutLifted => matches!(channel, Channel::Text),
            _ => matches!(channel, Channel::Portal),
        },
        Consent::OptedOut(OptOut::Text | OptOut::TextAndPortal) => matches!(
            channel,
            Channel::Text | Channel::Registration | Channel::Import | Channel::Review
        ),
        Consent::Provided(Grant::Grandfathered) | Consent::NotProvided => {
            matches!(channel, Channel::Registration | Channel::Import)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A record such as `opted_out text: opted_out text`: its type, its channel, and where it leads.
    fn record(sequence: u64, from: &PackStanding, line: &str) -> StoredRecord {
        let (kind, to) = line.split_once(": ").unwrap();
        let (kind, channel) = kind.split_once(' ').unwrap();
        let (status, source) = to.split_once(' ').unwrap_or((to, ""));
        let source = (!source.is_empty()).then_some(source);
        let record = json!({
            "record_id": format!("f1/t1/{sequence}"), "facility_id": "f1", "tenant_id": "t1", "sequence": sequence,
            "at": "2026-11-27T12:00:00.000Z", "type": kind, "channel": channel, "actor": "somebody", "cell_phone": null,
            "from": {"status": from.status, "source": from.source}, "to": {"status": status, "source": source},
            "disclosure": null, "text": null, "rule": "rule", "needs_review": false, "rules_version": null,
            "matched": null, "provider_message_id": null, "previous_hash": null, "hash": "",
        });
        serde_json::from_value(record).unwrap()
    }

    /// Where these records lead: the record that began what stands, and whether it is on hold.
    #[track_caller]
    fn check(lines: &[&str], begun: Option<u64>, on_hold: bool) {
        let mut life = Life::default();
        for (sequence, line) in (1..).zip(lines) {
            let record = record(sequence, &life.standing(), line);
            assert_eq!(life.follow(&record), Ok(()), "{line}");
        }
        let standing = life.standing();
        assert_eq!(
            standing.record_id,
            begun.map(|begun| format!("f1/t1/{begun}")),
            "{lines:?}"
        );
        assert_eq!(standing.on_hold, on_hold, "{lines:?}");
    }

    #[track_caller]
    fn fails(lines: &[&str], error: NotByTheRules) {
        let (last, before) = lines.split_last().unwrap();
        let mut life = Life::default();
        for (sequence, line) in (1..).zip(before) {
            life.follow(&record(sequence, &life.standing(), line)).unwrap();
        }
        let record = record(9, &life.standing(), last);
        assert_eq!(life.follow(&record), Err(error), "{lines:?}");
    }

    const GRANT: &str = "granted profile: provided profile";
    const UNCHECK: &str = "opted_out portal: opted_out portal";
    const STOP: &str = "opted_out text: opted_out text";
    const LIFT: &str = "opt_out_lifted text: opted_out portal";
    const HELD: &str = "held text: provided profile";

    #[test]
    fn what_stands_rests_on_the_record_that_began_it() {
        check(&[], None, false);
        check(&[GRANT], Some(1), false);
        check(&[GRANT, "ended registration: not_provided"], None, false);
        check(&[GRANT, UNCHECK, STOP], Some(3), false);
        check(&[GRANT, UNCHECK, STOP, LIFT], Some(2), false);
        check(
            &[GRANT, HELD, "hold_lifted review: provided profile"],
            Some(1),
            false,
        );
        check(&["granted registration: provided grandfathered"], Some(1), false);
        check(&[STOP, "reviewed review: opted_out text"], Some(1), false);
    }

    #[test]
    fn a_hold_goes_with_any_change_but_an_opt_out_by_profile() {
        check(&[GRANT, HELD], Some(1), true);
        check(
            &[GRANT, HELD, "opted_out profile: opted_out profile"],
            Some(3),
            true,
        );
        for change in [
            UNCHECK,
            STOP,
            "ended import: not_provided",
            "opted_out review: opted_out text",
        ] {
            let mut life = Life::default();
            for (sequence, line) in (1..).zip([GRANT, HELD, change]) {
                life.follow(&record(sequence, &life.standing(), line)).unwrap();
            }
            assert!(!life.standing().on_hold, "{change}");
        }
        let mut life = Life::default();
        life.follow(&record(1, &life.standing(), GRANT)).unwrap();
        assert_eq!(life.grant(), Some("f1/t1/1"));
        life.follow(&record(2, &life.standing(), HELD)).unwrap();
        assert_eq!(life.grant(), None);
    }

    #[test]
    fn what_no_rule_allows_does_not_follow() {
        use NotByTheRules::{Channel, To};
        fails(&[STOP, GRANT], To);
        fails(&[GRANT, UNCHECK, GRANT], To);
        fails(&[GRANT, "granted portal: provided portal"], To);
        fails(&[GRANT, STOP, "granted registration: provided grandfathered"], To);
        fails(
            &[
                GRANT,
                "ended registration: not_provided",
                "granted registration: provided grandfathered",
            ],
            To,
        );
        fails(&["ended registration: not_provided"], To);
        fails(&[LIFT], To);
        fails(&["granted profile: opted_out profile"], To);
        fails(&["granted portal: provided profile"], Channel);
        fails(&["opted_out portal: opted_out text"], Channel);
        let mut life = Life::default();
        let granted = record(1, &life.standing(), "granted text: provided grandfathered");
        assert_eq!(life.follow(&granted), Err(Channel));
        fails(&[GRANT, "hold_lifted text: provided profile"], To);
        fails(&[STOP, "held text: opted_out text"], To);
        fails(&["held text: provided profile"], To);
    }

    #[test]
    fn a_record_that_does_not_follow_still_says_what_stands() {
        let mut life = Life::default();
        life.take(&record(1, &life.standing(), STOP));
        life.take(&record(2, &life.standing(), GRANT));
        assert_eq!(life.standing().record_id.as_deref(), Some("f1/t1/2"));
        assert_eq!(life.standing().status, Status::Provided);
    }
}
