//! Brings the stack up, in order, and down again.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::UpArguments;
use crate::cargo_lambda::{self, CargoLambda};
use crate::functions::{self, Surroundings};
use crate::screen::Screen;
use crate::stack::{self, Stack, StackFile, Telnyx, Tokens, Twilio};
use crate::store::{self, Account};
use crate::tokens::{AUDIENCE, Claims, ISSUER, Keys};
use crate::{announce, front, kms, port, secrets, seed, sns, stream, switchboard};
use dev::outbox::Outbox;
use dev::provider::Numbers;
use dev::workspace::Workspace;
use dev::{telnyx, twilio};

/// What of this process's environment the functions see: how much they log.
const PASSED_ON: [&str; 4] = [
    "AWS_LAMBDA_LOG_FORMAT",
    "AWS_LAMBDA_LOG_LEVEL",
    "RUST_BACKTRACE",
    "RUST_LOG",
];

/// Runs the stack until it is told to stop, or a part of it ends.
pub(crate) async fn run(arguments: &UpArguments, stack: Option<PathBuf>) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let stop = async {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    };
    tokio::pin!(stop);

    let built = tokio::select! {
        built = build(arguments, stack) => built?,
        () = &mut stop => return Ok(()),
    };
    let mut lambda = CargoLambda::start(&built.cargo_lambda, &built.workspace).await?;
    let lambda_url = format!("http://{}", lambda.address);
    let result = tokio::select! {
        result = serve(arguments, built, &lambda_url) => result,
        ended = lambda.ended() => Err(anyhow!("cargo lambda watch ended: {}", ended?)),
        () = &mut stop => Ok(()),
    };
    lambda.stop().await?;
    result
}

/// What there is before anything runs.
struct Built {
    began: Instant,
    listener: TcpListener,
    workspace: Workspace,
    cargo_lambda: PathBuf,
    binaries: BTreeMap<String, PathBuf>,
    stack: PathBuf,
}

async fn build(arguments: &UpArguments, stack: Option<PathBuf>) -> Result<Built> {
    let began = Instant::now();
    let port = arguments.port;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .await
        .with_context(|| match port::listener(port) {
            Some(process) => format!(
                "cannot listen on 127.0.0.1:{port}: {process} does; end it (kill {}) or choose another --port",
                process.id
            ),
            None => format!("cannot listen on 127.0.0.1:{port}; choose another --port"),
        })?;
    let workspace = Workspace::read().await?;
    let cargo_lambda = cargo_lambda::find_or_install(&workspace).await?;
    let binaries = workspace.build_functions().await?;
    let stack = stack.unwrap_or_else(|| workspace.stack_path());
    Ok(Built {
        began,
        listener,
        workspace,
        cargo_lambda,
        binaries,
        stack,
    })
}

/// Serves until dropped. It returns only when something fails.
async fn serve(arguments: &UpArguments, built: Built, lambda: &str) -> Result<()> {
    let keys = match &arguments.data {
        Some(data) => {
            make_directory(data)?;
            Keys::load_or_generate(&data.join("keys.json"))?
        }
        None => Keys::generate()?,
    };
    let account = Account::from_environment();
    let dynamodb = store::endpoint(arguments.data.as_deref()).await?;
    store::create_table(&dynamodb, &account).await?;

    let screen = Screen::start(arguments.verbose);
    let (told, sent) = mpsc::unbounded_channel();
    tokio::spawn(screen.clone().sent(sent));
    let outbox = Outbox::that_tells(told);
    let numbers = Numbers::OfFacilities(store::store(&dynamodb, &account));
    let (seats, runtime_api) = functions::seats(&built.binaries);
    let beside = stand_ins(&keys, outbox, numbers)?.merge(runtime_api);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .context("no port for what is beside the API")?;
    let beside_url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async { axum::serve(listener, beside).await });

    let api = format!("http://{}", built.listener.local_addr()?);
    let surroundings = Surroundings {
        lambda: lambda.to_owned(),
        relay: beside_url.clone(),
        environment: environment(&account, &api, &dynamodb, &beside_url, &screen),
        screen: screen.clone(),
    };
    let mut processes = seats.start(&surroundings).await?;
    let reader = stream::Reader::new(&dynamodb, &account, lambda, arguments.data.as_deref())?;
    tokio::spawn(reader.run());
    let front = front::router(&built.workspace, lambda, &screen);
    let front = switchboard::around(front, &api, &keys);
    let listener = built.listener;
    tokio::spawn(async { axum::serve(listener, front).await });
    if !arguments.empty {
        seed::demo(&api, &keys).await?;
    }

    if let Some(directory) = built.stack.parent() {
        make_directory(directory)?;
    }
    keys.save(&stack::keys_beside(&built.stack))?;
    let stack = stack(&keys, api, &beside_url, dynamodb)?;
    let _file = StackFile::write(&built.stack, &stack)?;
    announce::print(
        &stack,
        &built.stack,
        arguments,
        &built.cargo_lambda,
        built.began.elapsed(),
    );
    screen.ready();
    while processes.join_next().await.is_some() {}
    Err(anyhow!("no function is running any more"))
}

/// What stands in for AWS and the providers, and the keys of the tokens.
fn stand_ins(keys: &Keys, outbox: Outbox, numbers: Numbers) -> Result<Router> {
    let jwks = keys.jwks()?;
    Ok(Router::new()
        .route("/.well-known/jwks.json", get(async || Json(jwks)))
        .merge(outbox.clone().router())
        .merge(sns::router(outbox.clone()))
        .merge(twilio::router(
            keys.twilio_auth_token.clone(),
            numbers.clone(),
            outbox.clone(),
        ))
        .merge(telnyx::router(numbers, outbox))
        .merge(secrets::router(&keys.secret()?))
        .merge(kms::router(keys.evidence_key()?)?))
}

/// What others find of the stack that runs.
fn stack(keys: &Keys, api: String, beside_url: &str, dynamodb: String) -> Result<Stack> {
    Ok(Stack {
        tokens: Tokens {
            staff: keys.sign(&Claims::for_all_facilities("staff@example.com"))?,
            portal: keys.sign(&Claims::for_tenant(seed::FACILITY, "t-ada"))?,
            service: keys.sign(&Claims::for_all_facilities("facility-management"))?,
        },
        twilio: Twilio {
            auth_token: keys.twilio_auth_token.clone(),
            base_url: api.clone(),
        },
        telnyx: Telnyx {
            private_key: keys.telnyx_private.clone(),
            public_key: keys.telnyx_public()?,
        },
        evidence_keys: format!("{api}/.well-known/evidence-keys.json"),
        screens: format!("{api}/"),
        outbox: format!("{beside_url}/outbox"),
        events: format!("{beside_url}/sns/events"),
        api,
        dynamodb,
        table: store::TABLE_NAME.to_owned(),
    })
}

fn make_directory(directory: &Path) -> Result<()> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot make the directory {}", directory.display()))
}

/// The environment of every function, as the template sets it on AWS, with addresses of this machine.
fn environment(
    account: &Account,
    api: &str,
    dynamodb: &str,
    beside: &str,
    screen: &Screen,
) -> BTreeMap<String, String> {
    let set = [
        ("TABLE_NAME", store::TABLE_NAME.to_owned()),
        ("METRICS_NAMESPACE", "consent".to_owned()),
        (store::ENDPOINT_VARIABLE, dynamodb.to_owned()),
        ("AWS_ENDPOINT_URL_SNS", format!("{beside}/sns")),
        ("TWILIO_API_URL", format!("{beside}/twilio")),
        ("TELNYX_API_URL", format!("{beside}/telnyx")),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", format!("{beside}/secrets")),
        ("AWS_ENDPOINT_URL_KMS", format!("{beside}/kms")),
        ("AWS_REGION", account.region.clone()),
        ("AWS_ACCESS_KEY_ID", account.access_key_id.clone()),
        ("AWS_SECRET_ACCESS_KEY", account.secret_access_key.clone()),
        ("JWKS_URL", format!("{beside}/.well-known/jwks.json")),
        ("TOKEN_ISSUER", ISSUER.to_owned()),
        ("TOKEN_AUDIENCE", AUDIENCE.to_owned()),
        ("SECRETS_ARN", secrets::SECRET_ARN.to_owned()),
        ("EVIDENCE_KEY_ID", kms::KEY_ID.to_owned()),
        ("SMS_WEBHOOK_BASE_URL", api.to_owned()),
        ("EVENTS_TOPIC_ARN", sns::EVENTS_TOPIC_ARN.to_owned()),
        ("FRAME_ANCESTORS", "'none'".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
    ];
    let set = set.into_iter().map(|(name, value)| (name.to_owned(), value));
    let session_token = account
        .session_token
        .iter()
        .map(|token| ("AWS_SESSION_TOKEN".to_owned(), token.clone()));
    let passed_on = PASSED_ON
        .iter()
        .filter_map(|&name| Some((name.to_owned(), env::var(name).ok()?)));
    // A log that is read here, line by line.
    let read = (!screen.verbose).then(|| ("AWS_LAMBDA_LOG_FORMAT".to_owned(), "JSON".to_owned()));
    set.chain(session_token).chain(passed_on).chain(read).collect()
}
