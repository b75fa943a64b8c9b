//! The command, against the functions' handlers behind a small HTTP server.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod case;
mod columns;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::json;
use tests::call;

use crate::case::{Case, lines_of, said};

fn csv(rows: u32) -> String {
    let mut file = "\u{feff}\r\ntenant_id,created_on,name,cell_phone\r\n".to_owned();
    for row in 0..rows {
        // Names over two lines are rejected; every row after them is on another line than in its part.
        let name = if row % 50 == 7 {
            "\"Ada\r\nMoreno\""
        } else {
            "Ada Moreno"
        };
        write!(file, "t{row},2020-01-01,{name},512-200-{row:04}\r\n").unwrap();
    }
    file
}

/// The same, and then every seventh tenant again by another name.
fn csv_with_repeated_tenants(rows: u32) -> String {
    let mut file = csv(rows);
    for row in (0..rows).step_by(7) {
        write!(file, "t{row},2020-01-01,Ben Ito,512-200-{row:04}\r\n").unwrap();
    }
    file
}

/// The lines that [`csv`] makes to be rejected.
fn rejected_lines(rows: u32) -> Vec<String> {
    let bad = (0..rows).filter(|row| row % 50 == 7);
    // Two lines before the first row; each rejected row before adds one.
    bad.map(|row| (3 + row + row / 50).to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_in_parts_and_rejections_name_its_lines() {
    let case = Case::new(2, Duration::ZERO).await;
    let file = case.file("tenants.csv", &csv(500));
    let dry = said(&case.run(&file, &["--rows", "90", "--dry-run"]).await);
    assert!(
        dry.starts_with("It would be: 490 created, 0 updated, 0 unchanged, 10 rejected"),
        "{dry}"
    );
    assert_eq!(case.totals().await["provided"], 0);
    let done = said(&case.run(&file, &["--rows", "90"]).await);
    assert!(
        done.starts_with("490 created, 0 updated, 0 unchanged, 10 rejected"),
        "{done}"
    );
    assert_eq!(
        case.left(),
        [
            "tenants.csv",
            "tenants.csv.dry-run.rejected.csv",
            "tenants.csv.rejected.csv"
        ]
    );
    let rejected = case.directory.path().join("tenants.csv.rejected.csv");
    assert_eq!(lines_of(&rejected), rejected_lines(500));
    assert!(!fs::read_to_string(&rejected).unwrap().contains("Ada"));
    assert_eq!(case.totals().await["provided"], 490);
    let again = said(&case.run(&file, &[]).await);
    assert!(
        again.starts_with("0 created, 0 updated, 490 unchanged, 10 rejected"),
        "{again}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ndjson_goes_in_parts_too() {
    let case = Case::new(0, Duration::ZERO).await;
    let row = |id| json!({"tenant_id": id, "name": "Ada \"M", "created_on": "2024-01-01"}).to_string();
    let content = format!("{}\n\n[]\n{}\r\n{}", row("t1"), row("t2"), row("t/3"));
    let file = case.file("tenants.ndjson", &content);
    let done = said(&case.run(&file, &["--rows", "1"]).await);
    assert!(
        done.starts_with("2 created, 0 updated, 0 unchanged, 2 rejected"),
        "{done}"
    );
    let rejected = case.directory.path().join("tenants.ndjson.rejected.csv");
    assert_eq!(lines_of(&rejected), ["3", "5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_in_rows_far_apart_are_imported_only_once() {
    let case = Case::new(0, Duration::ZERO).await;
    let mut content = csv_with_repeated_tenants(200);
    // A bad row of one of them leaves its place, too. It has no line end.
    let last = content.lines().count() + 1;
    content += "t70,never,Ada Moreno,";
    let file = case.file("tenants.csv", &content);
    let dry = said(&case.run(&file, &["--rows", "30", "--dry-run"]).await);
    // The first row of one tenant who stands there again is bad.
    let expected = "197 created, 28 updated, 0 unchanged, 5 rejected";
    assert!(dry.contains(expected), "{dry}");
    let done = said(&case.run(&file, &["--rows", "30"]).await);
    assert!(done.starts_with(expected), "{done}");
    let mut lines = lines_of(&case.directory.path().join("tenants.csv.rejected.csv"));
    lines.sort_by_key(|line| line.parse::<u32>().unwrap());
    assert_eq!(lines, [rejected_lines(200), vec![last.to_string()]].concat());
    for rows in ["30", "1", "2000"] {
        let again = said(&case.run(&file, &["--rows", rows]).await);
        assert!(
            again.starts_with("0 created, 0 updated, 225 unchanged, 5 rejected"),
            "{again}"
        );
    }
    let view = call("GET /v1/facilities/f1/tenants/t70/consent");
    assert_eq!(case.service.world.send(view).await.is(200)["name"], "Ben Ito");
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_a_row_is_is_read_as_the_service_does() {
    let csv = "\u{feff}\r,,\rname, Tenant-ID ,created_on\r\
        Ada, t1 ,2020-01-01\rBen,t2,2020-01-01\r , ,\r\rBad,t/3,2020-01-01\rBad,t/3,2020-01-01\r\
        Eve,\"t1\",2020-01-01";
    let ndjson = "\u{feff}\
        {\"tenant_id\": \"t1\", \"name\": \"Ada\", \"created_on\": \"2020-01-01\"}\n\r\n\
        {\"tenant_id\": \"t2\", \"name\": \"Ben\", \"created_on\": \"2020-01-01\"}\n\
        {\"tenant_id\": \"t/3\"}\r\n{\"tenant_id\": \"t/3\"}\n\
        {\"created_on\": \"2020-01-01\", \"tenant_id\": \"t\\u0031\", \"name\": \"Eve\"}";
    for (name, content, lines) in [("a.csv", csv, ["8", "9"]), ("a.ndjson", ndjson, ["4", "5"])] {
        let case = Case::new(0, Duration::ZERO).await;
        let file = case.file(name, content);
        let done = said(&case.run(&file, &["--rows", "1"]).await);
        assert!(
            done.starts_with("2 created, 1 updated, 0 unchanged, 2 rejected"),
            "{name}: {done}"
        );
        let rejected = case.directory.path().join(format!("{name}.rejected.csv"));
        assert_eq!(lines_of(&rejected), lines, "{name}");
        let again = said(&case.run(&file, &["--rows", "1"]).await);
        assert!(
            again.starts_with("0 created, 0 updated, 3 unchanged, 2 rejected"),
            "{name}: {again}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_others_hindered_are_sent_again_and_counted_once() {
    let row = |id: &str, name: &str| format!("{id},{name},2024-01-01\n");
    let ada = row("t1", "Ada") + &row("t1", "Eve");
    for (rows, conflicts, expected) in [
        (
            row("t1", "Ada") + &row("t2", "Ben"),
            2,
            "2 created, 0 updated, 0 unchanged, 0 rejected",
        ),
        // Rows that were done are unchanged when they are sent again,
        (
            row("t2", "Ben") + &ada,
            1,
            "2 created, 1 updated, 0 unchanged, 0 rejected",
        ),
        // or done again, where the tenant does not stand as their last row says.
        (
            ada + &row("t1", "Zoe"),
            1,
            "1 created, 2 updated, 0 unchanged, 0 rejected",
        ),
        (
            "t/1,Bad,2024-01-01\n".to_owned() + &row("t2", "Ben"),
            1,
            "1 created, 0 updated, 0 unchanged, 1 rejected",
        ),
        (
            row("t1", "Ada") + &row("t2", "Ben"),
            99,
            "1 created, 0 updated, 0 unchanged, 1 rejected",
        ),
    ] {
        let case = Case::new(0, Duration::ZERO).await;
        case.service.conflicts.store(conflicts, Ordering::SeqCst);
        let file = case.file("tenants.csv", &format!("tenant_id,name,created_on\n{rows}"));
        let done = said(&case.run(&file, &[]).await);
        assert!(done.starts_with(expected), "{rows}{done}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_it_goes_on_and_nothing_is_lost_or_done_twice() {
    const ROWS: u32 = 1000;
    const PART: u64 = 50;
    let case = Case::new(0, Duration::from_millis(50)).await;
    let file = case.file("tenants.csv", &csv_with_repeated_tenants(ROWS));
    let progress = case.directory.path().join("tenants.csv.progress");
    let mut kills = 0;
    for parts in [3, 5, 12] {
        case.kill(&file, &["--rows", &PART.to_string()], parts).await;
        kills += 1;
        assert!(progress.exists());
    }
    let done = said(&case.run(&file, &["--rows", &PART.to_string()]).await);
    // Of the rejected rows' tenants, 3 stand there again. A part that was on its way is sent again, and is
    // unchanged then.
    let rejected = rejected_lines(ROWS);
    let taken = u64::from(ROWS.div_ceil(7)) + 980;
    assert!(done.contains(&format!("{} rejected", rejected.len())), "{done}");
    let counts: Vec<u64> = done
        .split(|character: char| !character.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .take(4)
        .collect();
    assert_eq!(counts[..3].iter().sum::<u64>(), taken, "{done}");
    assert!(counts[2] <= kills * PART, "{done}");
    assert!(case.service.rows.load(Ordering::SeqCst) <= taken + kills * PART);
    assert_eq!(
        lines_of(&case.directory.path().join("tenants.csv.rejected.csv")),
        rejected
    );
    assert_eq!(case.totals().await["provided"], 983);
    assert!(!progress.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_content_begins_anew() {
    let case = Case::new(0, Duration::ZERO).await;
    let file = case.file("tenants.csv", &csv(20));
    case.file("tenants.csv.progress", "{}");
    assert!(said(&case.run(&file, &[]).await).starts_with("19 created"));
    fs::write(&file, csv(40)).unwrap();
    assert!(said(&case.run(&file, &[]).await).starts_with("20 created, 0 updated, 19 unchanged"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_service_gets_the_whole_file() {
    let staging = Case::new(0, Duration::from_millis(50)).await;
    let production = Case::new(0, Duration::ZERO).await;
    let file = staging.file("tenants.csv", &csv(200));
    staging.kill(&file, &["--rows", "50"], 3).await;
    said(&production.run(&file, &["--rows", "50"]).await);
    assert_eq!(production.totals().await["provided"], 196);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_wrong_is_one_clear_line() {
    let case = Case::new(0, Duration::ZERO).await;
    let good = case.file("tenants.csv", &csv(3));
    let no_columns = case.file("columns.csv", "name\nAda\n");
    let unknown = case.file("tenants.txt", "");
    let open_quote = case.file("quote.csv", &(csv(3) + "t3,\"" + &"Ada\r\n".repeat(500_000)));
    let often = "tenant_id,created_on,name\n".to_owned() + &"t1,2020-01-01,Ada\n".repeat(2001);
    let often = case.file("often.csv", &often);
    for (file, arguments, expected) in [
        (&no_columns, vec![], "400 invalid_request"),
        (&no_columns, vec![], "tenant_id: must be a column of the file"),
        (&good, vec!["--facility", "f2"], "404 facility_not_found"),
        (&good, vec!["--facility", "f/2"], "--facility is no id"),
        (&good, vec!["--api", "nowhere"], "--api is no URL"),
        (&good, vec!["--token-file", "none"], "cannot read the token"),
        (&unknown, vec![], "--format"),
        (&open_quote, vec![], "line 6: the row is too long"),
        (&often, vec![], "line 2: the tenant's rows are too many"),
        (&PathBuf::from("none.csv"), vec![], "cannot read none.csv"),
    ] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenant-import"));
        let with = |name: &str, default: &str| -> Vec<String> {
            if arguments.contains(&name) {
                Vec::new()
            } else {
                vec![name.to_owned(), default.to_owned()]
            }
        };
        command
            .args(with("--api", &case.api))
            .args(with("--facility", "f1"))
            .args(&arguments)
            .arg(file)
            .env("CONSENT_TOKEN", "secret");
        let output = tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success());
        assert!(said.contains(expected), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains("secret"));
    }
}
