//! The database that the functions use: embedded in this process, or the one that the environment names.

use std::env;
use std::net::Ipv4Addr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use consent_metrics::Metrics;
use consent_store::Store;
use dev::embedded;
use dynoxide::Database;
use tokio::net::TcpListener;

/// The environment variable by which the SDKs take another endpoint.
pub(crate) const ENDPOINT_VARIABLE: &str = "AWS_ENDPOINT_URL_DYNAMODB";
/// The one table.
pub(crate) const TABLE_NAME: &str = "consent";

/// AWS removes expired items within days; here nobody waits that long.
const SWEEP_EVERY: Duration = Duration::from_secs(10);

/// Region and credentials. Those of the environment where it names them, for a database that asks for them.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) region: String,
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

impl Account {
    /// Reads the environment.
    pub(crate) fn from_environment() -> Self {
        let variable = |name, default: &str| env::var(name).unwrap_or_else(|_| default.to_owned());
        Self {
            region: variable("AWS_REGION", "us-east-1"),
            access_key_id: variable("AWS_ACCESS_KEY_ID", "local"),
            secret_access_key: variable("AWS_SECRET_ACCESS_KEY", "local"),
            session_token: env::var("AWS_SESSION_TOKEN").ok(),
        }
    }

    /// The credentials, for an SDK.
    pub(crate) fn credentials(&self) -> Credentials {
        Credentials::new(
            &self.access_key_id,
            &self.secret_access_key,
            self.session_token.clone(),
            None,
            "cargo-dev",
        )
    }
}

/// The store's endpoint: that of the environment, else a store embedded here, in `data` or in memory.
pub(crate) async fn endpoint(data: Option<&Path>) -> Result<String> {
    if let Some(endpoint) = env::var(ENDPOINT_VARIABLE)
        .ok()
        .filter(|endpoint| !endpoint.is_empty())
    {
        return Ok(endpoint);
    }
    let database = match data {
        Some(directory) => {
            let file = directory.join("dynamodb.sqlite");
            let file = file.to_str().context("the data directory's path is not UTF-8")?;
            embedded::open(file)?
        }
        None => embedded::in_memory()?,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .context("no port for the store")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(sweep(database.clone()));
    // It stops with this process; every write is committed before it is answered.
    tokio::spawn(dynoxide::server::serve_with_shutdown(
        listener,
        database,
        std::future::pending(),
    ));
    Ok(endpoint)
}

async fn sweep(database: Database) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        let database = database.clone();
        let swept = tokio::task::spawn_blocking(move || database.sweep_ttl()).await;
        if let Ok(Err(error)) = swept {
            eprintln!("cargo dev: expired items could not be removed: {error}");
        }
    }
}

/// Creates the table, unless it exists.
pub(crate) async fn create_table(endpoint: &str, account: &Account) -> Result<()> {
    consent_store::schema::create_table(&client(endpoint, account), TABLE_NAME)
        .await
        .with_context(|| format!("cannot create the table {TABLE_NAME} at {endpoint}"))
}

/// The store on the table, which counts nothing.
pub(crate) fn store(endpoint: &str, account: &Account) -> Store {
    Store::new(
        client(endpoint, account),
        TABLE_NAME,
        Metrics::to("consent", std::io::sink()),
    )
}

fn client(endpoint: &str, account: &Account) -> Client {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(consent_store::aws_connections())
        .region(Region::new(account.region.clone()))
        .credentials_provider(account.credentials())
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}
