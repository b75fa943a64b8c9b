//! A consent check box as a screen submits it: the same for the profile and the portal.

use consent::id::{FacilityId, TenantId};
use consent::record::{Channel, Evidence, Received, ReceivedVia};
use consent::rules::{Action, Screen};
use consent::spans::OLDEST_WITHDRAWAL;
use consent::view::opt_in_via;
use consent_store::{CheckboxOutcome, FacilityTenant, Store, SubmitError};
use jiff::Timestamp;
use lambda_http::Request;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::request::{Fields, boolean, json_object, moment, optional};
use crate::{Caller, Problem, response};

/// Carries out `{"consented": bool}` for a tenant, on the profile also a withdrawal that came by another way. `view` is what the screen shows, which `If-Match` is about.
///
/// # Errors
/// 400, 404, 409 with the rules' code, and 412 where `If-Match` does not hold for what the screen showed.
pub async fn submit<V: Serialize>(
    screen: Screen,
    request: &Request,
    caller: &Caller,
    store: &Store,
    (facility, tenant): (&FacilityId, &TenantId),
    now: Timestamp,
    view: impl Fn(&FacilityTenant) -> V,
) -> Result<CheckboxOutcome, Problem> {
    let members = json_object(request)?;
    let (action, received) = submitted(screen, &members, now)?;
    let evidence = Evidence {
        channel: match screen {
            Screen::Profile => Channel::Profile,
            Screen::Portal => Channel::Portal,
        },
        actor: caller.subject().to_owned(),
        // Who withdrew by another way saw no check box.
        disclosure: received.is_none().then(|| screen.disclosure().to_owned()),
        text: None,
        rule: None,
        received,
        note: None,
    };
    let seen = |found: &FacilityTenant| response::if_match(request.headers(), &view(found));
    match store.submit(facility, tenant, action, &evidence, seen, now).await {
        Ok(submitted) => Ok(submitted),
        Err(SubmitError::NotFound(not_found)) => Err(not_found.into()),
        Err(SubmitError::PreconditionFailed) => Err(Problem::precondition_failed()),
        Err(SubmitError::Refused(refusal, found)) => {
            let ways = opt_in_via(&found.tenant, found.facility.two_way_texting);
            Err(Problem::new(refusal.into(), refusal.reason(screen))
                .with("consent_status", json!(found.tenant.consent.status()))
                .with("opt_in_via", json!(ways)))
        }
        Err(SubmitError::Store(error)) => Err(error.into()),
    }
}

/// What a screen submits: its check box, or on the profile a withdrawal that reached the facility by another way.
fn submitted(
    screen: Screen,
    members: &Map<String, Value>,
    now: Timestamp,
) -> Result<(Action, Option<Received>), Problem> {
    let mut fields = Fields::new(members, "");
    let consented = fields.read("consented", boolean);
    if screen == Screen::Portal {
        return Ok((clicked(screen, fields.finish(consented)?), None));
    }
    let via = fields.read("received_via", |value| optional(value, received_via));
    let at = fields.read("received_at", |value| {
        optional(value, |value| received_at(value, now))
    });
    if let (Some(true), Some(Some(_)), _) | (Some(true), _, Some(Some(_))) = (consented, via, at) {
        fields.error(
            "consented",
            "must be false where received_via or received_at is given",
        );
    }
    if let (Some(None), Some(Some(_))) = (via, at) {
        fields.error("received_via", "must be there where received_at is");
    }
    let read = consented.zip(via).zip(at);
    Ok(match fields.finish(read)? {
        ((_, Some(via)), at) => {
            let at = at.unwrap_or(now);
            (Action::Withdraw, Some(Received { via, at }))
        }
        ((consented, None), _) => (clicked(screen, consented), None),
    })
}

const fn clicked(screen: Screen, consented: bool) -> Action {
    if consented {
        Action::Check(screen)
    } else {
        Action::Uncheck(screen)
    }
}

fn received_via(value: Option<&Value>) -> Result<ReceivedVia, String> {
    let text = value.and_then(Value::as_str);
    ReceivedVia::ALL
        .into_iter()
        .find(|via| Some(via.as_str()) == text)
        .ok_or_else(|| "must be voice, email, letter or in_person".to_owned())
}

/// When a withdrawal reached the facility.
fn received_at(value: Option<&Value>, now: Timestamp) -> Result<Timestamp, String> {
    value
        .and_then(Value::as_str)
        .and_then(moment)
        .filter(|at| Received::is_recordable(*at, now))
        .ok_or_else(|| {
            let days = OLDEST_WITHDRAWAL.as_hours() / 24;
            format!("must be an RFC 3339 time, not in the future and at most {days} days ago")
        })
}
