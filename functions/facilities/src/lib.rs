//! Registers facilities and their tenants, as the facility software tells of them.

mod body;
mod imports;
mod phone;

use std::sync::Arc;

use consent::facility::{ConfirmOptIn, Facility, Provider};
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::number::MOST_SHARERS;
use consent::record::{Channel, Evidence};
use consent::rules::TwoWayTexting;
use consent::tenant::Registered;
use consent::view::ConsentView;
use consent_http::{Access, Caller, Code, Problem, Scope, clock, request, response};
use consent_secrets::{Accounts, Secret};
use consent_store::{PutFacility, RegisterError, Store};
use lambda_http::http::{Method, StatusCode};
use lambda_http::{Body, Request, Response};
use serde::Serialize;
use tokio::time::Instant;

/// The function, with what it works on.
pub struct Facilities {
    access: Access,
    store: Store,
    accounts: Secret<Accounts>,
}

/// A facility's settings on the wire.
#[derive(Serialize)]
struct FacilityBody<'a> {
    name: &'a str,
    two_way_texting: TwoWayTextingBody<'a>,
    help_contact: Option<&'a str>,
    disclosure: Option<&'a str>,
    confirm_opt_in: ConfirmOptIn,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_zone: Option<&'a str>,
}

#[derive(Serialize)]
struct TwoWayTextingBody<'a> {
    enabled: bool,
    number: Option<&'a str>,
    provider: Provider,
}

impl<'a> From<&'a Facility> for FacilityBody<'a> {
    fn from(facility: &'a Facility) -> Self {
        Self {
            name: &facility.name,
            two_way_texting: TwoWayTextingBody {
                enabled: facility.two_way_texting == TwoWayTexting::On,
                number: facility.number.as_ref().map(PhoneNumber::as_str),
                provider: facility.provider,
            },
            help_contact: facility.help_contact.as_deref(),
            disclosure: facility.disclosure.as_deref(),
            confirm_opt_in: facility.confirm_opt_in,
            time_zone: facility.time_zone.as_deref(),
        }
    }
}

impl Facilities {
    /// The function on a store.
    pub fn new(access: Access, store: Store, accounts: Secret<Accounts>) -> Self {
        Self {
            access,
            store,
            accounts,
        }
    }

    /// Answers a request.
    ///
    /// # Errors
    /// The problem that the caller is told.
    pub async fn handle(&self, request: Request) -> Result<Response<Body>, Problem> {
        let path = request::path(&request);
        match (path.segments().as_slice(), request.method()) {
            (["v1", "facilities", facility], &Method::GET) => self.get(&request, facility).await,
            (["v1", "facilities", facility], &Method::PUT) => self.put(&request, facility).await,
            (["v1", "facilities", _], _) => Err(Problem::method_not_allowed("GET, PUT")),
            (["v1", "facilities", facility, "tenants", tenant], &Method::PUT) => {
                self.register(&request, facility, tenant).await
            }
            (["v1", "facilities", facility, "tenants", tenant], &Method::DELETE) => {
                self.move_out(&request, facility, tenant).await
            }
            (["v1", "facilities", _, "tenants", _], _) => Err(Problem::method_not_allowed("DELETE, PUT")),
            (["v1", "facilities", facility, "tenant-imports"], &Method::POST) => {
                self.import(&request, facility).await
            }
            (["v1", "facilities", _, "tenant-imports"], _) => Err(Problem::method_not_allowed("POST")),
            _ => Err(Problem::no_such_path()),
        }
    }

    async fn get(&self, request: &Request, facility: &str) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::ConsentRead, facility).await?;
        let id = request::facility_id(facility)?;
        let facility = self.store.facility(&id).await?;
        response::json(StatusCode::OK, &FacilityBody::from(&facility))
    }

    async fn put(&self, request: &Request, facility: &str) -> Result<Response<Body>, Problem> {
        self.caller(request, Scope::TenantsWrite, facility).await?;
        let id = request::facility_id(facility)?;
        let facility = body::facility(id, &request::json_object(request)?)?;
        self.provider_is_on(facility.provider).await?;
        let status = match self.store.put_facility(&facility).await? {
            PutFacility::Created => StatusCode::CREATED,
            PutFacility::Replaced => StatusCode::OK,
            PutFacility::NumberInUse => {
                let detail = "Another facility has this number.";
                return Err(Problem::new(Code::NumberInUse, detail));
            }
        };
        response::json(status, &FacilityBody::from(&facility))
    }

    /// 400 where the secret has no account at the provider. It is read for another one than AWS alone.
    async fn provider_is_on(&self, provider: Provider) -> Result<(), Problem> {
        if provider == Provider::Aws {
            return Ok(());
        }
        let has_account = |accounts: &Arc<Accounts>| accounts.can_send(provider).then_some(()).ok_or(());
        let on = self.accounts.attempt(clock::now(), has_account).await?;
        on.map_err(|()| {
            let detail = format!(
                "must be a provider that is set up: the service's secret has no account at {}",
                provider.as_str()
            );
            Problem::invalid_field("two_way_texting.provider", detail)
        })
    }

    async fn register(
        &self,
        request: &Request,
        facility: &str,
        tenant: &str,
    ) -> Result<Response<Body>, Problem> {
        let caller = self.caller(request, Scope::TenantsWrite, facility).await?;
        let (facility, tenant) = ids(facility, tenant)?;
        let registrant = body::tenant(tenant, &request::json_object(request)?)?;
        let evidence = evidence(&caller, Channel::Registration);
        let registration = self
            .store
            .register(&facility, &registrant, &evidence, clock::now())
            .await
            .map_err(not_registered)?;
        let status = match &registration.registered {
            Registered::Created(_) | Registered::Returned(_) => StatusCode::CREATED,
            Registered::Updated(_) | Registered::Unchanged(_) => StatusCode::OK,
        };
        let view = ConsentView::of(&registration.facility, registration.registered.tenant());
        response::tagged_json(status, &view)
    }

    async fn move_out(
        &self,
        request: &Request,
        facility: &str,
        tenant: &str,
    ) -> Result<Response<Body>, Problem> {
        let caller = self.caller(request, Scope::TenantsWrite, facility).await?;
        let (facility, tenant) = ids(facility, tenant)?;
        self.store
            .move_out(
                &facility,
                &tenant,
                &evidence(&caller, Channel::Registration),
                clock::now(),
            )
            .await?;
        Ok(response::no_content())
    }

    async fn import(&self, request: &Request, facility: &str) -> Result<Response<Body>, Problem> {
        let begun = Instant::now();
        let caller = self.caller(request, Scope::TenantsWrite, facility).await?;
        let facility = request::facility_id(facility)?;
        let run = imports::run(request)?;
        let file = imports::File::read(request)?;
        let imported = self
            .store
            .import(
                &facility,
                file.registrants(),
                run,
                &evidence(&caller, Channel::Import),
                begun,
                clock::now(),
            )
            .await
            .map_err(not_registered)?;
        response::json(StatusCode::OK, &file.outcome(&imported))
    }

    async fn caller(&self, request: &Request, scope: Scope, facility: &str) -> Result<Caller, Problem> {
        let caller = self.access.caller(request, clock::now()).await?;
        caller.at_facility(scope, facility)?;
        Ok(caller)
    }
}

fn ids(facility: &str, tenant: &str) -> Result<(FacilityId, TenantId), Problem> {
    Ok((request::facility_id(facility)?, request::tenant_id(tenant)?))
}

/// Why nobody else can have a number.
fn number_full() -> String {
    format!("must be a number that fewer than {MOST_SHARERS} tenants have")
}

fn not_registered(error: RegisterError) -> Problem {
    match error {
        RegisterError::NotFound(not_found) => not_found.into(),
        RegisterError::NumberFull => Problem::invalid_field("cell_phone", number_full()),
        RegisterError::Store(error) => error.into(),
    }
}

fn evidence(caller: &Caller, channel: Channel) -> Evidence {
    Evidence {
        channel,
        actor: caller.subject().to_owned(),
        disclosure: None,
        text: None,
        rule: None,
        received: None,
        note: None,
    }
}
