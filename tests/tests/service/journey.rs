//! The service as a conversation. Read [`STORY`]: each line says who does what, and the arrow what they get to see. The test
//! plays the story on the real functions, line by line, and compares what they see.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use serde_json::{Value, json};
use tests::{ADA, Answer, BEN, World, standing};

const STORY: &str = r"
Ada rents a unit. Nobody has asked her about texts yet.
    office registers Ada
        -> not provided
    staff open Ada
        -> [ ] not provided
    staff text Ada: Your unit is ready.
        -> No: This customer has not agreed to receive text message communications. When they agree, check the box on their profile.

She agrees on the portal. From now on texts leave.
    Ada checks the box
        -> provided
    staff open Ada
        -> [x] provided by portal
    staff text Ada: Your gate code is 4711.
        -> It leaves.

A year later she has had enough, and says so in her own words. That is confirmed once.
    Ada texts: pls stop texting me
        -> Main Street Storage: You have opted out and will receive no more text messages from us.
    Ada texts: STOP
        -> (no answer)
    staff text Ada: Your rent is due.
        -> No: This customer opted out by text message. To receive text messages again, the customer must reply START to the facility's text number.

Nobody overrides her: not staff, and no click on the portal. The way back is the way she took.
    staff open Ada
        -> [ ] opted out by text. This customer opted out by text message. To receive text messages again, the customer must reply START to the facility's text number.
    staff check the box of Ada
        -> No: This customer opted out by text message. To receive text messages again, the customer must reply START to the facility's text number.
    Ada checks the box
        -> No: You opted out by text message. To receive text messages again, reply START to the facility's text number.

She takes it back from her own phone.
    Ada texts: Start
        -> Main Street Storage: You have opted in to text messages. Message frequency varies. Message and data rates may apply. Reply HELP for help, STOP to opt out.
    staff text Ada: Your rent is due.
        -> It leaves.

Her daughter has the phone. Her answer may ask for no more texts, so all texts wait until a person has read it.
    Ada texts: wrong number
        -> (no answer)
    staff text Ada: We close early today.
        -> No: This customer's last text may ask for no more texts. Read it and decide about it first.
    staff read the texts in doubt
        -> Ada Moreno: wrong number
    staff decide: no_opt_out
        -> Decided.
    staff text Ada: We close early today.
        -> It leaves.

Ben agrees to staff at the counter, and opts out on the portal. Only he can undo that, and only there.
    office registers Ben
        -> not provided
    staff check the box of Ben
        -> provided by profile
    Ben unchecks the box
        -> opted out
    staff check the box of Ben
        -> No: This customer opted out. To receive text messages again, the customer must check the box on the tenant portal.
    Ben texts: START
        -> Main Street Storage: You opted out on the tenant portal. To receive text messages again, check the box on the portal.

What remains: a report, a chain of records for each tenant, and a decision for each text.
    staff open the report
        -> Ada Moreno, A12: Yes (provided by text); Ben Okafor, B07: No (opted out by portal)
    staff open the records of Ada
        -> granted, opted out, granted, held, hold lifted
    staff open the decisions about Ada
        -> consent required, left, consent required, left, on hold, left
";

/// Somebody in the story: their id at the facility, their number, their full name and their unit.
fn tenant(name: &str) -> (&'static str, &'static str, &'static str, &'static str) {
    match name {
        "Ada" => ("t-ada", ADA, "Ada Moreno", "A12"),
        "Ben" => ("t-ben", BEN, "Ben Okafor", "B07"),
        other => panic!("nobody is called {other}"),
    }
}

/// What somebody sees after they have done this.
async fn see(world: &World, line: &str) -> String {
    let (doing, words) = line.split_once(": ").unwrap_or((line, ""));
    let doing: Vec<&str> = doing.split(' ').collect();
    match doing.as_slice() {
        ["office", "registers", name] => {
            let (id, phone, name, unit) = tenant(name);
            let details = json!({"name": name, "cell_phone": phone, "units": [unit]});
            standing(&world.register(id, &details).await)
        }
        ["staff", "open", "the", "report"] => {
            let report = world.get("/v1/facilities/f1/consent-report").await.is(200);
            let row = |row: &Value| {
                let [name, unit, yes_or_no] =
                    [&row["name"], &row["units"][0], &row["provided_consent"]].map(text);
                format!("{name}, {unit}: {yes_or_no} ({})", standing(row))
            };
            list(&report["rows"], row)
        }
        ["staff", "open", "the", "records", "of", name] => world.story(tenant(name).0).await,
        ["staff", "open", "the", "decisions", "about", name] => {
            let mut decisions = world.decisions(tenant(name).0).await;
            decisions.reverse();
            let left = |decision: &Value| decision["code"].as_str().unwrap_or("left").to_owned();
            decisions.iter().map(left).collect::<Vec<_>>().join(", ")
        }
        ["staff", "open", name] => profile(&world.view(tenant(name).0).await),
        ["staff", "check", "the", "box", "of", name] => {
            answered(&world.profile(tenant(name).0, "check").await, standing)
        }
        ["staff", "text", name] => {
            let answer = world.send_text(tenant(name).0, words, None).await;
            answered(&answer, |_| "It leaves.".to_owned())
        }
        ["staff", "read", "the", "texts", "in", "doubt"] => {
            let reviews = world.reviews("f1/reviews").await;
            list(&reviews["reviews"], |review| {
                format!(
                    "{}: {}",
                    text(&review["tenants"][0]["name"]),
                    text(&review["text"])
                )
            })
        }
        ["staff", "decide"] => {
            let review = world.open_review().await;
            answered(&world.decide(&review, words).await, |_| "Decided.".to_owned())
        }
        [name, "checks", "the", "box"] => answered(&world.portal(tenant(name).0, "check").await, standing),
        [name, "unchecks", "the", "box"] => {
            answered(&world.portal(tenant(name).0, "uncheck").await, standing)
        }
        [name, "texts"] => {
            let answer = world.text(line, tenant(name).1, words).await;
            if answer.is_empty() {
                "(no answer)".to_owned()
            } else {
                answer
            }
        }
        _ => panic!("nobody can do this: {line}"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(rows: &Value, row: impl Fn(&Value) -> String) -> String {
    let rows: Vec<String> = rows.as_array().unwrap().iter().map(row).collect();
    rows.join("; ")
}

/// The check box of the staff's screen, and where the tenant stands.
fn profile(view: &Value) -> String {
    let checkbox = &view["profile"]["checkbox"];
    let mark = if checkbox["checked"] == true { "[x]" } else { "[ ]" };
    let reason = checkbox["reason"].as_str().map(|reason| format!(". {reason}"));
    format!("{mark} {}{}", standing(view), reason.unwrap_or_default())
}

/// What a click or a request has come to: its result, or why it is refused.
fn answered(answer: &Answer, result: impl Fn(&Value) -> String) -> String {
    if answer.status.is_success() {
        result(&answer.body())
    } else {
        format!("No: {}", text(&answer.body()["detail"]))
    }
}

#[tokio::test]
async fn a_tenants_own_withdrawal_stands_until_they_take_it_back() {
    let world = World::new().await;
    world.facility("on").await;
    let mut seen = String::from("\n");
    for line in STORY
        .lines()
        .skip(1)
        .filter(|line| !line.trim().starts_with("->"))
    {
        seen += line;
        seen += "\n";
        if line.starts_with(' ') {
            let answer = see(&world, line.trim()).await.replace('_', " ");
            seen += "        -> ";
            seen += &answer;
            seen += "\n";
        }
    }
    assert!(seen == STORY, "the story goes like this:\n{seen}");
    // What left is what the phones got: each text that was let out, once.
    let outbox = world.sns.outbox().await;
    let bodies: Vec<&str> = outbox.iter().map(|message| text(&message["body"])).collect();
    assert_eq!(
        bodies,
        [
            "Your gate code is 4711.",
            "Your rent is due.",
            "We close early today."
        ]
    );
}
