//! What stands after each record of a tenant, and on which record it rests: the rules, asked about what is recorded.

use serde::{Deserialize, Serialize};

use super::Grade;
use crate::record::{Channel, Record, Standing, StoredRecord, replay};
use crate::rules::{ChangeKind, Consent, Grant, OptOut, Source, Status, is_change};

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
    consent: Consent,
    /// The record that began what stands.
    begun: Option<String>,
    /// The record of the portal's opt-out that stands beside one by text.
    portal_begun: Option<String>,
    on_hold: bool,
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
    /// It lifts a hold where there is none, or holds back where a text or the portal has withdrawn.
    #[error("there is no such hold to begin or to end")]
    Hold,
}

impl Default for Life {
    /// Before the first record.
    fn default() -> Self {
        Self {
            consent: Consent::NotProvided,
            begun: None,
            portal_begun: None,
            on_hold: false,
        }
    }
}

impl Life {
    /// Where the tenant stands.
    pub fn standing(&self) -> PackStanding {
        PackStanding {
            status: self.consent.status(),
            source: self.consent.source(),
            on_hold: self.on_hold,
            evidence: Grade::of(self.consent),
            record_id: self.begun.clone(),
        }
    }

    /// The record of the grant on which a text may rest now. `None`: no text may leave.
    pub fn grant(&self) -> Option<&str> {
        let may_leave = self.consent.status() == Status::Provided && !self.on_hold;
        self.begun.as_deref().filter(|_| may_leave)
    }

    /// Goes on behind a record that follows by the rules.
    ///
    /// # Errors
    /// Why it does not.
    pub fn follow(&mut self, stored: &StoredRecord) -> Result<(), NotByTheRules> {
        let record = stored.to_record().ok_or(NotByTheRules::Unknown)?;
        if record.from != Standing::from(self.consent) {
            return Err(NotByTheRules::From);
        }
        let to = replay(self.consent, &record).ok_or(NotByTheRules::To)?;
        if is_about_a_hold(record.kind) {
            self.check_hold(&record)?;
        } else {
            if !is_change(self.consent, record.kind, to) {
                return Err(NotByTheRules::To);
            }
            if !makes(record.channel, to, record.kind) {
                return Err(NotByTheRules::Channel);
            }
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
            let to = replay(self.consent, &record).unwrap_or(self.consent);
            self.go_on(&record, to);
        }
    }

    fn check_hold(&self, record: &Record) -> Result<(), NotByTheRules> {
        let withdrawn = matches!(
            self.consent,
            Consent::OptedOut(OptOut::Text | OptOut::Portal | OptOut::TextAndPortal)
        );
        let fits = match record.kind {
            ChangeKind::Held => !withdrawn,
            ChangeKind::HoldLifted => self.on_hold,
            _ => true,
        };
        if fits { Ok(()) } else { Err(NotByTheRules::Hold) }
    }

    fn go_on(&mut self, record: &Record, to: Consent) {
        match record.kind {
            ChangeKind::Held => self.on_hold = true,
            ChangeKind::HoldLifted => self.on_hold = false,
            ChangeKind::Reviewed => {}
            ChangeKind::Granted | ChangeKind::OptedOut | ChangeKind::OptOutLifted | ChangeKind::Ended => {
                // An opt-out by profile stands beside a hold. Any other change of status or source ends it.
                self.on_hold &= to == Consent::OptedOut(OptOut::Profile);
                let id = Some(record.record_id.clone());
                (self.begun, self.portal_begun) = match to {
                    Consent::NotProvided => (None, None),
                    Consent::OptedOut(OptOut::TextAndPortal) => (id, self.begun.take()),
                    Consent::OptedOut(OptOut::Portal) if record.kind == ChangeKind::OptOutLifted => {
                        (self.portal_begun.take(), None)
                    }
                    Consent::Provided(_) | Consent::OptedOut(_) => (id, None),
                };
            }
        }
        self.consent = to;
    }
}

const fn is_about_a_hold(kind: ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::Held | ChangeKind::HoldLifted | ChangeKind::Reviewed
    )
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
            assert!(!life.on_hold, "{change}");
        }
        let mut life = Life::default();
        life.follow(&record(1, &life.standing(), GRANT)).unwrap();
        assert_eq!(life.grant(), Some("f1/t1/1"));
        life.follow(&record(2, &life.standing(), HELD)).unwrap();
        assert_eq!(life.grant(), None);
    }

    #[test]
    fn what_no_rule_allows_does_not_follow() {
        use NotByTheRules::{Channel, Hold, To};
        fails(&[STOP, GRANT], To);
        fails(&[GRANT, UNCHECK, GRANT], To);
        fails(&[GRANT, "granted portal: provided portal"], To);
        fails(&[GRANT, STOP, "granted registration: provided grandfathered"], To);
        fails(&["ended registration: not_provided"], To);
        fails(&[LIFT], To);
        fails(&["granted profile: opted_out profile"], To);
        fails(&["granted portal: provided profile"], Channel);
        fails(&["opted_out portal: opted_out text"], Channel);
        fails(&["granted text: provided grandfathered"], Channel);
        fails(&[GRANT, "hold_lifted text: provided profile"], Hold);
        fails(&[STOP, "held text: opted_out text"], Hold);
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
