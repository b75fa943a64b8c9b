//! A consent check box as a screen submits it: the same for the profile and the portal.

use consent::id::{FacilityId, TenantId};
use consent::record::{Channel, Evidence};
use consent::rules::{Action, Screen};
use consent::view::opt_in_via;
use consent_store::{Found, Store, SubmitError, Submitted};
use jiff::Timestamp;
use lambda_http::Request;
use lambda_http::http::StatusCode;
use serde::Serialize;
use serde_json::json;

use crate::request::{Fields, boolean, json_object};
use crate::{Caller, Problem, response};

/// Carries out `{"consented": bool}` for a tenant. `view` is what the screen shows, which `If-Match` is about.
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
    view: impl Fn(&Found) -> V,
) -> Result<Submitted, Problem> {
    let members = json_object(request)?;
    let mut fields = Fields::new(&members, "");
    let consented = fields.read("consented", boolean);
    let action = if fields.finish(consented)? {
        Action::Check(screen)
    } else {
        Action::Uncheck(screen)
    };
    let evidence = Evidence {
        channel: match screen {
            Screen::Profile => Channel::Profile,
            Screen::Portal => Channel::Portal,
        },
        actor: caller.subject().to_owned(),
        disclosure: Some(screen.disclosure().to_owned()),
        text: None,
        rule: None,
    };
    let seen = |found: &Found| response::if_match(request.headers(), &view(found));
    match store.submit(facility, tenant, action, &evidence, seen, now).await {
        Ok(submitted) => Ok(submitted),
        Err(SubmitError::NotFound(not_found)) => Err(not_found.into()),
        Err(SubmitError::PreconditionFailed) => Err(Problem::precondition_failed()),
        Err(SubmitError::Refused(refusal, found)) => {
            let ways = opt_in_via(&found.tenant, found.facility.two_way_texting);
            Err(
                Problem::new(StatusCode::CONFLICT, refusal.code(), refusal.reason(screen))
                    .with("consent_status", json!(found.tenant.consent.status()))
                    .with("opt_in_via", json!(ways)),
            )
        }
        Err(SubmitError::Store(error)) => Err(error.into()),
    }
}
