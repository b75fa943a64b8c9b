//! Where a simulation is played: every operation at its time, on a clock that jumps from one thing that happens to the
//! next.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_async::time::StaticTimeSource;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use consent_http::clock;
use consent_store::{aws_configuration_over, random, schema};
use dev::kms::EvidenceKey;
use jiff::{SignedDuration, Timestamp};
use tests::{Call, Simulated, World};
use tokio::task::LocalSet;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use crate::dice::Dice;
use crate::facts::CallId;
use crate::faults::Faults;
use crate::net::{HERE, Here, Net, Way};
use crate::plan::{Plan, Planned};
use crate::ran::{Called, Came, End, Ran};

pub(crate) const TABLE: &str = "consent";
/// What is done once all is over is called this in the trace.
pub(crate) const END: &str = "end";
/// When every simulation begins.
const BEGINNING: &str = "2026-11-23T07:00:00Z";
/// A function is ended after this.
const FUNCTION_LIMIT: Duration = Duration::from_secs(29);

/// Carries a plan out.
pub(crate) fn run(plan: &Plan) -> Ran {
    // The SDK's own dice.
    fastrand::seed(plan.seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    LocalSet::new().block_on(&runtime, async {
        let stage = Rc::new(Stage::set(plan).await);
        let mut tasks = Vec::new();
        for planned in plan.planned.clone() {
            let stage = Rc::clone(&stage);
            tasks.push(tokio::task::spawn_local(async move {
                sleep_until(stage.begun + Duration::from_millis(planned.at)).await;
                stage.perform(&planned).await;
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        stage.end().await;
        stage.struck()
    })
}

pub(crate) struct Stage {
    pub(crate) plan: Plan,
    pub(crate) begun: Instant,
    pub(crate) net: Arc<Net>,
    pub(crate) instances: Vec<World>,
    pub(crate) calls: Mutex<Vec<Called>>,
    /// Which texts were acknowledged.
    pub(crate) acknowledged: Mutex<BTreeMap<usize, bool>>,
    /// How far the stream was published; `None` while it is.
    pub(crate) published: Mutex<Option<usize>>,
    pub(crate) end: Mutex<End>,
    wrong: Mutex<Vec<String>>,
}

impl Stage {
    async fn set(plan: &Plan) -> Self {
        let database = dev::embedded::in_memory().unwrap();
        let key = EvidenceKey::read(&STANDARD.encode([1; 32])).unwrap();
        let net = Net::new(database.clone(), dev::kms::router(key).unwrap());
        let credentials = Credentials::new("test", "test", None, None, "tests");
        let configuration = aws_configuration_over(Way(Arc::clone(&net)))
            .region(Region::new("us-east-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://aws.example.com")
            .time_source(StaticTimeSource::from_secs(1_795_417_929))
            .build();
        let simulated = Simulated::new(configuration, net.others());
        let instance = |_| World::simulated(&simulated, database.clone(), TABLE);
        let instances = plan.skews.iter().map(instance).collect();
        let stage = Self {
            plan: plan.clone(),
            begun: Instant::now(),
            net,
            instances,
            calls: Mutex::default(),
            acknowledged: Mutex::default(),
            published: Mutex::new(Some(0)),
            end: Mutex::default(),
            wrong: Mutex::default(),
        };
        let client = simulated.dynamodb();
        let here = stage.here(usize::MAX, "stage".to_owned(), true, 0);
        HERE.scope(here, schema::create_table(&client, TABLE))
            .await
            .unwrap();
        stage
    }

    pub(crate) fn here(&self, call: CallId, name: String, is_calm: bool, dice: u64) -> Arc<Here> {
        let faults = if is_calm {
            Faults::default()
        } else {
            self.plan.faults.clone()
        };
        Arc::new(Here {
            call,
            name,
            faults,
            dice: Mutex::new(Dice::apart(self.plan.seed, dice)),
            suffered: Mutex::default(),
        })
    }

    /// What time it is for an instance whose clock is wrong by so much.
    pub(crate) fn instant(&self, skew: i64) -> Timestamp {
        instant(self.begun, skew)
    }

    /// The clock of an instance whose clock is wrong by so much.
    pub(crate) fn clock(&self, skew: i64) -> clock::Clock {
        let begun = self.begun;
        Arc::new(move || instant(begun, skew))
    }

    /// Calls a function, and takes down what came of it. The same operation may call several times, each with a number
    /// of its own.
    pub(crate) async fn called<T>(
        &self,
        planned: &Planned,
        number: u64,
        what: &str,
        function: impl AsyncFnOnce(&World) -> T,
        came: impl FnOnce(T) -> Came,
    ) -> Called {
        let name = match (planned.id, number) {
            (usize::MAX, _) => END.to_owned(),
            (id, 0) => format!("#{id}"),
            (id, number) => format!("#{id}.{number}"),
        };
        let call = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(Called {
                name: name.clone(),
                id: planned.id,
                operation: planned.operation.clone(),
                began: self.net.now(),
                ended: u64::MAX,
                came: Came::Nothing,
                suffered: BTreeMap::new(),
            });
            calls.len() - 1
        };
        // The end is told in a line each.
        let is_end = planned.id == usize::MAX;
        if !is_end {
            self.net.say(&name, what);
        }
        let label = (planned.id as u64).wrapping_mul(1_000) + number + 1;
        let here = self.here(call, name.clone(), planned.is_calm, label);
        let clock = self.clock(self.plan.skews[planned.instance]);
        let dice = Mutex::new(Dice::apart(self.plan.seed, label.wrapping_add(1 << 40)));
        let source: random::Source = Arc::new(move |bytes| dice.lock().unwrap().fill(bytes));
        let function = function(&self.instances[planned.instance]);
        let life = clock::with(clock, random::with(source, lives(&here, &self.net, function)));
        let lived = HERE.scope(Arc::clone(&here), life).await;
        let came = lived.map_or(Came::Nothing, came);
        let told = came.told();
        if is_end {
            self.net.say(&name, &format!("{what} {told}"));
        } else {
            self.net.say(&name, &told);
        }
        let mut calls = self.calls.lock().unwrap();
        let called = &mut calls[call];
        called.came = came;
        called.ended = self.net.now();
        called.suffered.clone_from(&here.suffered.lock().unwrap());
        called.clone()
    }

    pub(crate) async fn ask(&self, planned: &Planned, what: &str, request: Call) -> Called {
        self.ask_again(planned, 0, what, request).await
    }

    /// A further call of an operation.
    pub(crate) async fn ask_again(
        &self,
        planned: &Planned,
        number: u64,
        what: &str,
        request: Call,
    ) -> Called {
        let function = async |world: &World| {
            let event = request.event();
            let function = World::function_of(event["rawPath"].as_str().unwrap());
            world.invoke_event(function, &event.to_string()).await
        };
        self.called(planned, number, what, function, |answer| Came::of(&answer))
            .await
    }

    pub(crate) fn fails(&self, what: String) {
        self.wrong.lock().unwrap().push(what);
    }

    fn struck(&self) -> Ran {
        let state = &mut *self.net.state();
        Ran {
            plan: self.plan.clone(),
            calls: std::mem::take(&mut self.calls.lock().unwrap()),
            facts: std::mem::take(&mut state.facts),
            end: std::mem::take(&mut self.end.lock().unwrap()),
            trace: state.trace.text().to_owned(),
            wrong: std::mem::take(&mut self.wrong.lock().unwrap()),
        }
    }
}

fn beginning() -> Timestamp {
    BEGINNING.parse().unwrap()
}

fn instant(begun: Instant, skew: i64) -> Timestamp {
    beginning() + SignedDuration::try_from(begun.elapsed()).unwrap() + SignedDuration::from_millis(skew)
}

/// When a text was sent.
pub(crate) fn sent_at(planned: &Planned) -> Timestamp {
    beginning() + Duration::from_millis(planned.at)
}

/// A function's life. `None`: it died at some await, or took too long.
async fn lives<T>(here: &Here, net: &Net, function: impl Future<Output = T>) -> Option<T> {
    let (dies_at, freezes_at) = {
        let dice = &mut *here.dice.lock().unwrap();
        let dies_at = dice.happens(here.faults.death).then(|| dice.between(1, 14));
        let freezes_at = dice
            .happens(here.faults.freeze)
            .then(|| (dice.between(1, 10), dice.between(100, 5_000)));
        (dies_at, freezes_at)
    };
    let mut function = Box::pin(function);
    let mut polls = 0;
    let mut frozen: Option<Pin<Box<Sleep>>> = None;
    let life = poll_fn(move |context| {
        if let Some(sleep) = &mut frozen {
            if sleep.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            frozen = None;
        }
        polls += 1;
        if Some(polls) == dies_at {
            here.suffers("death");
            return Poll::Ready(None);
        }
        if let Some((_, millis)) = freezes_at.filter(|(at, _)| *at == polls) {
            here.suffers("frozen");
            net.say(&here.name, &format!("  stands still for {millis} ms"));
            let mut sleep = Box::pin(sleep(Duration::from_millis(millis)));
            if sleep.as_mut().poll(context).is_pending() {
                frozen = Some(sleep);
                return Poll::Pending;
            }
        }
        function.as_mut().poll(context).map(Some)
    });
    timeout(FUNCTION_LIMIT, life).await.ok().flatten()
}
