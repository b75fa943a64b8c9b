//! Sends and withdrawals at the same time: once a withdrawal was acknowledged, not one text leaves that was let out
//! before it. The outbox says when a text left.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Mutex;
use std::time::Duration;

use consent_http::clock;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::json;
use tests::{ADA, Answer, Call, OFFICE, World, call, twilio};
use tokio::time::sleep;

/// The simulation plays many more.
const ROUNDS: usize = 250;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn not_one_text_leaves_after_an_acknowledged_stop() {
    let world = World::with_ada().await;
    // The portal lifts a STOP where two-way texting is off. (After a START a STOP would wait for its answer.)
    world.facility("off").await;
    let send = call("POST /v1/facilities/f1/tenants/t1/messages").json(&json!({"body": "hello"}));

    // Sends until the STOP has won, and counts what left.
    let sender = || async {
        let mut left = 0;
        loop {
            let answer = world.send(send.clone()).await;
            match answer.status.as_u16() {
                202 => left += 1,
                409 if answer.body()["code"] == "consent_required" => return left,
                // Gave up after racing writers: no text left, and it is safe to repeat.
                _ => drop(answer.is_problem(409, "conflict")),
            }
        }
    };
    let mut accepted = 0;
    for round in 0..ROUNDS {
        world.portal("t1", "check").await.is(200);
        let stop = async {
            world.text(&format!("STOP{round}"), ADA, "STOP").await;
            world.sns.outbox_length().await
        };
        let (first, second, third, acknowledged) = tokio::join!(sender(), sender(), sender(), stop);
        accepted += first + second + third;
        assert_eq!(world.sns.outbox_length().await, acknowledged, "round {round}");
    }
    assert_eq!(
        world.sns.outbox_length().await,
        accepted,
        "every accepted text left, once"
    );
    assert!(accepted > 0);
}

/// The rounds of each race, dealt out to the providers. In each the withdrawal begins a little later.
const STEPS: u64 = 12;
/// The STOP follows the withdrawal after this.
const STOP_AFTER: Duration = Duration::from_millis(30);

/// A withdrawal that was acknowledged, with the number that no text may go to from then on.
struct Acknowledged {
    what: String,
    number: String,
    at: Timestamp,
}

fn tenant(id: &str) -> String {
    format!("/v1/facilities/f1/tenants/{id}")
}

fn row(id: &str, number: &str) -> String {
    format!("{id},Ada Moreno,{number},2020-01-01\n")
}

/// The tenants of a round: `a` and the others share the number `p`, and `b` has the number `q`.
struct Round<'a> {
    world: &'a World,
    name: String,
    sharers: usize,
    p: String,
    q: String,
    /// The texts that others hand over: to whom, and when.
    handed_over: &'a Mutex<Vec<(String, Timestamp)>>,
}

impl Round<'_> {
    fn sharer(&self, at: usize) -> String {
        format!("{}-a{at:02}", self.name)
    }

    async fn settle_in(&self) {
        let mut file = "tenant_id,name,cell_phone,created_on\n".to_owned();
        for at in 0..self.sharers {
            file.push_str(&row(&self.sharer(at), &self.p));
        }
        file.push_str(&row(&format!("{}-b", self.name), &self.q));
        self.world.import(&file).await.is(200);
    }

    /// How the tenant who has a text in flight withdraws, or leaves the number.
    fn withdrawal(&self, how: &str) -> Call {
        let id = self.sharer(self.sharers - 1);
        let path = tenant(&id);
        let details = |number: Option<&str>| json!({"name": "Ada Moreno", "cell_phone": number, "created_on": "2020-01-01"});
        let unchecked = json!({"consented": false});
        match how {
            "another number" => call(&format!("PUT {path}")).json(&details(Some("+15125550199"))),
            "no number" => call(&format!("PUT {path}")).json(&details(None)),
            "moved out" => call(&format!("DELETE {path}")),
            "numbers swapped by an import" => {
                let file = format!(
                    "tenant_id,name,cell_phone,created_on\n{}{}",
                    row(&id, &self.q),
                    row(&format!("{}-b", self.name), &self.p)
                );
                call("POST /v1/facilities/f1/tenant-imports").body("text/csv", &file)
            }
            "unchecked by staff" => call(&format!("PUT {path}/consent")).json(&unchecked),
            "unchecked on the portal" => call("PUT /v1/portal/consent").tenant("f1", &id).json(&unchecked),
            "STOP" => self.stop("first"),
            other => panic!("{other}"),
        }
    }

    fn stop(&self, label: &str) -> Call {
        twilio(&format!("{}-{label}", self.name), &self.p, OFFICE, "STOP")
    }

    async fn acknowledged(&self, what: &str, call: Call, after: Duration) -> Acknowledged {
        sleep(after).await;
        let answer: Answer = self.world.send(call).await;
        // A second move-out has nothing left to do.
        assert!(
            answer.status.is_success() || answer.status == 404,
            "{what}: {}",
            answer.text
        );
        Acknowledged {
            what: format!("{what} in {}", self.name),
            number: self.p.clone(),
            at: clock::now(),
        }
    }

    async fn send(&self, at: usize) {
        let path = format!("POST {}/messages", tenant(&self.sharer(at)));
        drop(self.world.send(call(&path).json(&json!({"body": "hello"}))).await);
    }

    /// Asks as other software that sends by itself, and hands the text over at the last moment.
    async fn ask(&self, at: usize) {
        let id = self.sharer(at);
        let body = json!({"tenant_ids": [id], "valid_for": 1});
        let ask = call("POST /v1/facilities/f1/decisions").json(&body);
        let answer = self.world.send(ask).await;
        let decision = &answer.is(200)["decisions"][0];
        if decision["allowed"] == true && decision["to"] == self.p {
            let last_moment = decision["valid_until"].as_str().unwrap().parse().unwrap();
            self.handed_over
                .lock()
                .unwrap()
                .push((self.p.clone(), last_moment));
        }
    }

    /// Texts to three of the sharers are in flight while the withdrawal comes, comes again, and two STOPs follow.
    async fn race(&self, how: &str, after: Duration) -> Vec<Acknowledged> {
        self.settle_in().await;
        let last = self.sharers - 1;
        let texted = [0, self.sharers / 2, last];
        let sends = join_all(texted.map(|at| async move { tokio::join!(self.send(at), self.ask(at)) }));
        let again = after + STOP_AFTER / 2;
        let repeated = format!("{how}, repeated");
        let acknowledged = join_all([
            self.acknowledged(how, self.withdrawal(how), after),
            self.acknowledged(&repeated, self.withdrawal(how), again),
            self.acknowledged("STOP after it", self.stop("after"), after + STOP_AFTER),
            self.acknowledged("and another", self.stop("another"), again + STOP_AFTER),
            self.acknowledged("STOP delivered again", self.stop("after"), again + STOP_AFTER),
        ]);
        let (_, mut acknowledged) = tokio::join!(sends, acknowledged);
        if self.sharers > 1 && how != "STOP" {
            // It is one tenant's: the others with the number may be texted until the STOP.
            acknowledged.drain(..2);
        }
        acknowledged
    }
}

/// Races every way of withdrawing against texts in flight, and returns what left too late. The provider takes `delay`
/// milliseconds for a text.
async fn races(
    provider: &str,
    sharers: usize,
    steps: impl Iterator<Item = u64> + Clone,
    delay: u64,
) -> Vec<String> {
    let world = World::embedded().await;
    world.facility_by(provider, &json!({})).await;
    let stand_in = if provider == "aws" { "sns" } else { provider };
    let delay = format!("/delay/{delay}");
    world.sns.tell_provider(stand_in, "PUT", &delay).await;
    let ways = [
        "another number",
        "no number",
        "moved out",
        "numbers swapped by an import",
        "unchecked by staff",
        "unchecked on the portal",
        "STOP",
    ];
    let mut too_late = Vec::new();
    let handed_over = Mutex::new(Vec::new());
    for (way, how) in ways.into_iter().enumerate() {
        let rounds = steps.clone().map(|step| {
            let number = way * 20 + usize::try_from(step).unwrap();
            let round = Round {
                world: &world,
                name: format!("r{way}-{step}"),
                sharers,
                p: format!("+1512556{number:04}"),
                q: format!("+1512557{number:04}"),
                handed_over: &handed_over,
            };
            async move { round.race(how, Duration::from_millis(10 * step)).await }
        });
        let acknowledged: Vec<Acknowledged> = join_all(rounds).await.into_iter().flatten().collect();
        let outbox = world.sns.outbox().await;
        let (mut left, mut texts) = (Vec::new(), 0);
        let sent = outbox.iter().filter(|text| text["body"] == "hello");
        let sent = sent.map(|text| {
            assert_eq!(text["via"], provider);
            let at: Timestamp = text["at"].as_str().unwrap().parse().unwrap();
            (text["to"].as_str().unwrap().to_owned(), at)
        });
        let by_others = handed_over.lock().unwrap().clone();
        assert!(!by_others.is_empty(), "{how}: nobody else was let out");
        for (number, at) in sent.chain(by_others) {
            texts += 1;
            left.extend(
                acknowledged
                    .iter()
                    .filter(|acknowledged| acknowledged.number == number)
                    // The outbox's times are cut to the millisecond.
                    .filter(|acknowledged| at.as_millisecond() > acknowledged.at.as_millisecond())
                    .map(|acknowledged| {
                        format!(
                            "{} ms: {}",
                            at.as_millisecond() - acknowledged.at.as_millisecond(),
                            acknowledged.what
                        )
                    }),
            );
        }
        assert!(texts > 0, "{how}: nothing was in flight");
        too_late.extend(left);
    }
    too_late
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_a_tenant_leaves_no_text_leaves_after_the_acknowledgement() {
    for (first, provider) in (0..).zip(["aws", "twilio", "telnyx"]) {
        let too_late = races(provider, 1, (first..STEPS).step_by(3), 250).await;
        assert!(too_late.is_empty(), "{provider}: {too_late:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_where_sixty_share_the_number_and_one_stop_overtakes_another() {
    let too_late = races("aws", 60, 0..2, 1_200).await;
    assert!(too_late.is_empty(), "{too_late:#?}");
}
