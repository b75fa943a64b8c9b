//! Evidence packs hold, by the checks that `consent-verify` makes.

use consent::evidence::{Events, Examination, KeySet};

use crate::ran::Ran;

pub(super) fn judge(ran: &Ran, wrong: &mut Vec<String>) {
    let Some(keys) = KeySet::read(&ran.end.keys) else {
        wrong.push("evidence: there are no keys".to_owned());
        return;
    };
    for ((facility, tenant), pack) in &ran.end.packs {
        let whose = format!("{facility}/{tenant}");
        let Ok(mut examination) = Examination::of(vec![pack.clone()]) else {
            wrong.push(format!("evidence: that of {whose} is no pack"));
            continue;
        };
        if let Some(head) = pack["head"]["hash"].as_str() {
            examination.earlier_head(head);
        }
        let mut events = Events::default();
        for event in &ran.facts.published {
            if events.line(&examination, event.to_string().as_bytes()).is_err() {
                wrong.push(format!("evidence: {} is no event", event["id"]));
            }
        }
        events.conclude(&mut examination);
        examination.signature(Some(&keys));
        let failed = examination.checks().iter().filter(|check| check.fails());
        wrong.extend(failed.map(|check| format!("evidence: of {whose}: {check}")));
    }
}
