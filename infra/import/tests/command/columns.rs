//! What is said of columns that are ignored, and of rows that are rejected.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::case::{Case, lines_of, said};

#[tokio::test(flavor = "multi_thread")]
async fn ignored_columns_are_shown() {
    let case = Case::new(0, Duration::ZERO).await;
    let file = case.file(
        "tenants.csv",
        "tenant_id,name,gate code,created_on,Notes\nt1,Ada,1,2020-01-01,\n",
    );
    for arguments in [["--rows", "1"].as_slice(), &["--dry-run"]] {
        let done = said(&case.run(&file, arguments).await);
        assert!(
            done.ends_with("Ignored columns: \"gate code\", \"Notes\"\n"),
            "{done}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_look_like_known_ones_are_not_ignored_without_being_asked_about() {
    for column in [
        "cellphone_number",
        "phone",
        "Mobile",
        "stop",
        "opted_out",
        "move_in_date",
    ] {
        let case = Case::new(0, Duration::ZERO).await;
        let file = format!("tenant_id,name,created_on,gate code,{column}\nt1,Ada,2020-01-01,,\n");
        let file = case.file("tenants.csv", &file);
        // There is no terminal at which to ask.
        let refused = case.run(&file, &[]).await;
        assert!(!refused.status.success(), "{column}");
        let said_why = String::from_utf8(refused.stderr).unwrap();
        assert!(
            said_why.contains(&format!("the columns \"{column}\"")),
            "{said_why}"
        );
        assert!(said_why.contains("--yes"), "{said_why}");
        assert_eq!(said_why.lines().count(), 1, "{said_why}");
        assert_eq!(case.totals().await["not_provided"], 0, "{column}");
        assert_eq!(case.left(), ["tenants.csv"]);
        // A dry run changes nothing, and shows them.
        let dry = said(&case.run(&file, &["--dry-run"]).await);
        assert!(dry.contains(&format!("\"{column}\"")), "{dry}");
        let done = said(&case.run(&file, &["--yes"]).await);
        assert!(done.starts_with("1 created"), "{done}");
        assert_eq!(case.totals().await["not_provided"], 1, "{column}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_of_ndjson_are_asked_about_too() {
    for (member, doubtful) in [("opted_out", true), ("phone", true), ("gate code", false)] {
        let case = Case::new(0, Duration::ZERO).await;
        let row = json!({"tenant_id": "t1", "name": "Ada", "created_on": "2020-01-01", member: null});
        let file = case.file("tenants.ndjson", &row.to_string());
        assert_eq!(case.run(&file, &[]).await.status.success(), !doubtful, "{member}");
        let done = said(&case.run(&file, &["--yes"]).await);
        assert!(
            done.ends_with(&format!("Ignored columns: \"{member}\"\n")),
            "{done}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rejected_rows_that_the_service_did_not_list_are_counted() {
    let case = Case::new(0, Duration::ZERO).await;
    let mut content = "tenant_id,name,created_on\n".to_owned();
    for row in 0..1500 {
        writeln!(content, "t{row},Ada,never").unwrap();
    }
    let file = case.file("tenants.csv", &content);
    let rejected = case.directory.path().join("tenants.csv.rejected.csv");
    let done = said(&case.run(&file, &["--rows", "2000"]).await);
    assert!(
        done.starts_with("0 created, 0 updated, 0 unchanged, 1500 rejected"),
        "{done}"
    );
    assert!(done.contains("500 of them are not listed there"), "{done}");
    assert_eq!(lines_of(&rejected).len(), 1000);
    let done = said(&case.run(&file, &[]).await);
    assert!(
        done.contains("1500 rejected") && !done.contains("not listed"),
        "{done}"
    );
    assert_eq!(lines_of(&rejected).len(), 1500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quotation_mark_that_is_never_closed_is_rejected_at_its_line() {
    let case = Case::new(0, Duration::ZERO).await;
    let row = |id: &str| format!("{id},Ada,2020-01-01\n");
    // It opens on the second line of its row, in a part of its own.
    let content = format!(
        "tenant_id,name,created_on\n{}{}t3,\"Ada\nM\",\"2020-01-01\n{}",
        row("t1"),
        row("t2"),
        row("t4")
    );
    let file = case.file("tenants.csv", &content);
    let done = said(&case.run(&file, &["--rows", "1"]).await);
    assert!(
        done.starts_with("2 created, 0 updated, 0 unchanged, 1 rejected"),
        "{done}"
    );
    let rejected = case.directory.path().join("tenants.csv.rejected.csv");
    assert_eq!(lines_of(&rejected), ["5"]);
    assert!(
        fs::read_to_string(rejected)
            .unwrap()
            .contains("swallowed the rest")
    );
}
