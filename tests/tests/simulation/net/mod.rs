//! The way from the functions to AWS and to providers, without a socket: requests come in here, meet their fate, and are
//! answered by the embedded database and by stand-ins for SNS, Secrets Manager, KMS, Twilio and Telnyx.

mod database;
mod providers;
mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use axum::Router;
use dynoxide::Database;
use serde_json::Value;
use tokio::time::sleep;

use crate::dice::Dice;
use crate::facts::{CallId, Facts};
use crate::faults::{Fate, Faults};
use crate::trace::Trace;

tokio::task_local! {
    /// The call of a function that is being carried out.
    pub(crate) static HERE: Arc<Here>;
}

/// A call of a function, as the network sees it.
pub(crate) struct Here {
    pub(crate) call: CallId,
    /// How the trace names it.
    pub(crate) name: String,
    pub(crate) faults: Faults,
    pub(crate) dice: Mutex<Dice>,
    /// What went wrong for it, by kind.
    pub(crate) suffered: Mutex<BTreeMap<&'static str, u32>>,
}

impl Here {
    fn roll<T>(&self, roll: impl FnOnce(&Faults, &mut Dice) -> T) -> T {
        roll(&self.faults, &mut self.dice.lock().unwrap())
    }

    pub(crate) fn suffers(&self, what: &'static str) {
        *self.suffered.lock().unwrap().entry(what).or_default() += 1;
    }
}

/// What all functions share.
pub(crate) struct Net {
    pub(crate) database: Database,
    kms: Router,
    stream: Mutex<StreamSoFar>,
    state: Mutex<State>,
}

/// What was read of the table's stream, and where it goes on.
#[derive(Default)]
struct StreamSoFar {
    records: Vec<Value>,
    rest: Option<String>,
}

pub(crate) struct State {
    pub(crate) trace: Trace,
    pub(crate) facts: Facts,
    /// The numbers on the provider's own opt-out list.
    pub(crate) blocked: BTreeSet<String>,
    /// The items of transactions under way, each with the token of its transaction.
    locked: BTreeMap<String, String>,
    /// The tokens of transactions that were carried out.
    done: BTreeSet<String>,
    /// What queries were answered, for reads that are late.
    answered: BTreeMap<String, (u64, String)>,
    published: u64,
}

/// What the SDK is given for a way to AWS.
#[derive(Clone)]
pub(crate) struct Way(pub(crate) Arc<Net>);

impl std::fmt::Debug for Way {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Way")
    }
}

impl HttpClient for Way {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let here = HERE.with(Arc::clone);
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let target = target.to_owned();
        let body = request.body().bytes().unwrap_or_default().to_vec();
        let body = String::from_utf8(body).unwrap();
        let net = Arc::clone(&self.0);
        HttpConnectorFuture::new(async move {
            match target.split_once('.') {
                Some(("DynamoDB_20120810", operation)) => {
                    net.database(here, operation.to_owned(), body).await
                }
                Some(("secretsmanager", _)) => net.secret(&here, &body).await,
                Some(("TrentService", _)) => net.sign(target, body).await,
                _ => net.sns(here, &body).await,
            }
        })
    }
}

type Answered = Result<HttpResponse, ConnectorError>;

fn response(status: u16, content_type: &'static str, body: String) -> HttpResponse {
    let response = http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    HttpResponse::try_from(response).unwrap()
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

async fn millis(millis: u64) {
    sleep(Duration::from_millis(millis)).await;
}

/// What whoever asked gets to know of a request.
enum Met<T> {
    Answer(T),
    Conflict,
    Throttled,
    ServerError,
    Broken { took_effect: bool },
}

impl Net {
    pub(crate) fn new(database: Database, kms: Router) -> Arc<Self> {
        Arc::new(Self {
            database,
            kms,
            stream: Mutex::default(),
            state: Mutex::new(State {
                trace: Trace::new(),
                facts: Facts::default(),
                blocked: BTreeSet::new(),
                locked: BTreeMap::new(),
                done: BTreeSet::new(),
                answered: BTreeMap::new(),
                published: 0,
            }),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn say(&self, who: &str, what: &str) {
        self.state().trace.say(who, what);
    }

    pub(crate) fn now(&self) -> u64 {
        self.state().trace.now()
    }

    /// A request meets its fate. `does` has it done after so long, whether or not who asked lives on.
    async fn meet<T, D: Future<Output = T>>(
        &self,
        here: &Here,
        what: &str,
        fate: Fate,
        does: impl FnOnce(u64) -> D,
    ) -> Met<T> {
        if let Some(kind) = fate.name() {
            here.suffers(kind);
            self.say(&here.name, &format!("  {kind}: {what}"));
        }
        match fate {
            Fate::Passes => Met::Answer(does(0).await),
            Fate::Conflict => Met::Conflict,
            Fate::Throttled => Met::Throttled,
            Fate::ServerError { took_effect } => {
                if took_effect {
                    does(0).await;
                }
                Met::ServerError
            }
            Fate::Broken { took_effect } => {
                if took_effect {
                    does(0).await;
                }
                Met::Broken { took_effect }
            }
            Fate::Silent { takes_effect_after } => {
                if let Some(after) = takes_effect_after {
                    does(after).await;
                }
                pending().await
            }
        }
    }
}
