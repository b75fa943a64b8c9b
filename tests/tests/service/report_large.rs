//! The report of a facility with more tenants than a page may look through: searches are looked up.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::fmt::Write as _;

use serde_json::{Value, json};
use tests::{ADA, Faults, World, call};

const REPORT: &str = "/v1/facilities/f1/consent-report";

/// 400 others: no word of theirs begins as one of those in the tests does.
async fn crowded() -> World {
    let world = World::embedded().await;
    world.facility("on").await;
    let mut file = "tenant_id,name,cell_phone,units,created_on\n".to_owned();
    for number in 0..400 {
        let name = format!("{} Quill", ["Wanda", "Xerxes", "Yann", "Zora"][number % 4]);
        writeln!(
            file,
            "q{number:03},{name},+17136669{number:03},Q{number},2024-05-01"
        )
        .unwrap();
    }
    assert_eq!(world.import(&file).await.is(200)["created"], 400);
    world
}

/// Whom a query finds, page after page, and by how many pages.
async fn found(world: &World, query: &str) -> (Vec<String>, usize) {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    for pages in 1.. {
        let page = world.get(&format!("{REPORT}?{query}{cursor}")).await.is(200);
        let rows = page["rows"].as_array().unwrap();
        found.extend(
            rows.iter()
                .map(|row| row["tenant_id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = page["next"].as_str() else {
            return (found, pages);
        };
        cursor = format!("&cursor={next}");
    }
    unreachable!("pages end")
}

#[track_caller]
fn is(found: &(Vec<String>, usize), expected: &[&str]) {
    assert_eq!(found.0, expected);
}

#[tokio::test]
async fn a_search_finds_names_phones_and_units_among_many() {
    let world = crowded().await;
    for (id, name, phone, units) in [
        ("t-zoe", "zoë Álvarez", "+15125550101", json!(["C1"])),
        ("t-ada", "Ada Moreno", ADA, json!(["A12", "B 7"])),
        (
            "t-ben",
            "Ben O'Brien-Smith",
            "+15125550143",
            json!(["a13", "55501"]),
        ),
        ("t-ann1", "Ann", "+15125551142", json!(["12"])),
        ("t-annb", "Ann Bell", "+12125550107", json!(["É1", "#9"])),
        (
            "t-uma",
            "Uma Kent",
            "+447911123456",
            json!(["Building 7 Unit 12", "4711 000011112222333 K"]),
        ),
    ] {
        world
            .register(id, &json!({"name": name, "cell_phone": phone, "units": units}))
            .await;
    }
    world.profile("t-ada", "check").await.is(200);
    for (query, expected) in [
        ("search=mor", ["t-ada"].as_slice()),
        ("search=MORENO", &["t-ada"]),
        ("search=oreno", &[]),
        ("search=morenos", &[]),
        ("search=ada%20mo", &["t-ada"]),
        ("search=ada%20bell", &[]),
        ("search=ann", &["t-ann1", "t-annb"]),
        ("search=a", &["t-ada", "t-ann1", "t-annb", "t-ben", "t-zoe"]),
        ("search=alvarez", &["t-zoe"]),
        ("search=o%27brien", &["t-ben"]),
        ("search=obrien", &["t-ben"]),
        ("search=(512)%20555-0142", &["t-ada"]),
        ("search=0142", &["t-ada"]),
        ("search=550142", &["t-ada"]),
        ("search=512%20555%2001%2042", &["t-ada"]),
        ("search=1142", &["t-ann1"]),
        ("search=5550", &["t-ben"]),
        ("search=55501", &["t-ben"]),
        ("search=a1", &["t-ada", "t-ben"]),
        ("search=12", &["t-ann1"]),
        ("search=b%207", &["t-ada"]),
        ("search=e1", &["t-annb"]),
        ("search=%239", &["t-annb"]),
        // Numbers as people write them.
        ("search=Cell:%20512-555-0142", &["t-ada"]),
        ("search=512-555-0142%20h", &["t-ada"]),
        ("search=%2B1%201%20512%20555%200142", &["t-ada"]),
        (
            "search=%EF%BC%95%EF%BC%91%EF%BC%92-555-%EF%BC%90%EF%BC%91%EF%BC%94%EF%BC%92",
            &["t-ada"],
        ),
        ("search=%2B44%20(0)7911%20123456", &["t-uma"]),
        ("search=011%2044%20(0)%207911%20123456", &["t-uma"]),
        ("search=07911%20123456", &["t-uma"]),
        ("search=moreno%200142", &[]),
        // Units of many words, and of more digits than a number has.
        ("search=building%207%20unit%2012", &["t-uma"]),
        ("search=building%207%20u", &["t-uma"]),
        ("search=unit%2012", &[]),
        ("search=4711", &["t-uma"]),
        ("search=4711%200000111", &["t-uma"]),
        ("search=4711%20000011112222333", &["t-uma"]),
        ("search=4711%20000011112222333%20k", &["t-uma"]),
        ("search=nobody", &[]),
        ("search=mor&status=provided", &["t-ada"]),
        ("search=mor&status=opted_out", &[]),
        (
            "search=ann&status=not_provided&status=provided",
            &["t-ann1", "t-annb"],
        ),
        ("status=provided", &["t-ada"]),
    ] {
        assert_eq!(found(&world, query).await.0, expected, "{query}");
    }
    // What looks through everybody says the same.
    for search in [
        "quill",
        "wa",
        "q1",
        "x",
        "xerxes%20q",
        "66",
        "0399",
        "7136660399",
        "ann",
        "12",
    ] {
        let csv = call(&format!("GET {REPORT}?search={search}")).header("accept", "text/csv");
        let csv = world.send(csv).await;
        let rows = csv.text.lines().skip(1);
        let expected: Vec<&str> = rows.map(|row| row.split(',').next().unwrap()).collect();
        for limit in [1, 7, 50, 200] {
            let found = found(&world, &format!("search={search}&limit={limit}")).await.0;
            assert_eq!(found, expected, "{search} {limit}");
        }
    }
}

#[tokio::test]
async fn a_tenant_is_found_by_what_they_are_now() {
    let world = crowded().await;
    let check = async |search: &str, expected: &[&str]| {
        is(&found(&world, &format!("search={search}")).await, expected);
    };
    let ada = json!({"name": "Ada Moreno", "cell_phone": ADA, "units": ["A12"]});
    world.register("t1", &ada).await;
    check("moreno", &["t1"]).await;
    let married = json!({"name": "Ada Bell", "cell_phone": "+15125550199", "units": ["A13"]});
    world.register("t1", &married).await;
    for gone in ["moreno", "0142", "a12"] {
        check(gone, &[]).await;
    }
    for now in ["bell", "0199", "a13", "ada"] {
        check(now, &["t1"]).await;
    }
    // The name keeps its place, and the unit is another.
    world
        .register(
            "t1",
            &json!({"name": "Ada Bell", "cell_phone": "+15125550199", "units": ["A14"]}),
        )
        .await;
    check("a13", &[]).await;
    check("a14", &["t1"]).await;
    world.move_out("t1").await.is(204);
    check("bell", &[]).await;
    world.register("t1", &ada).await;
    check("moreno", &["t1"]).await;
    check("bell", &[]).await;
    // A check box and a STOP leave it alone.
    world.profile("t1", "check").await.is(200);
    world.text("SM1", ADA, "STOP").await;
    check("moreno", &["t1"]).await;
    check("moreno&status=opted_out", &["t1"]).await;
    // Two of the same name.
    world.register("t0", &ada).await;
    check("moreno", &["t0", "t1"]).await;
    world.move_out("t0").await.is(204);
    check("moreno", &["t1"]).await;
}

#[tokio::test]
async fn a_crash_beside_the_write_hides_nobody() {
    let world = crowded().await;
    let check = async |search: &str, expected: &[&str]| {
        is(&found(&world, &format!("search={search}")).await, expected);
    };
    let ada = json!({"name": "Ada Moreno", "cell_phone": ADA, "units": ["A12"], "created_on": "2024-05-01"});
    let bell = json!({"name": "Ada Bell", "cell_phone": ADA, "units": ["A12"], "created_on": "2024-05-01"});
    let path = "f1/tenants/t1";
    // Before it: the new tenant is not there, and the search does not say so either.
    let crashing = world.with_faults(&Faults::read_only());
    crashing
        .put_tenant(path, &ada)
        .await
        .is_problem(503, "unavailable");
    check("moreno", &[]).await;
    world.put_tenant(path, &ada).await.is(201);
    crashing
        .put_tenant(path, &bell)
        .await
        .is_problem(503, "unavailable");
    check("moreno", &["t1"]).await;
    check("bell", &[]).await;
    // Both names are listed, and the tenant is found once.
    check("ada", &["t1"]).await;
    // After it: the old name is still listed, and finds nobody.
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.put_tenant(path, &bell).await.is(200);
    check("moreno", &[]).await;
    check("bell", &["t1"]).await;
    check("ada", &["t1"]).await;
    // Taking the old name again, and leaving it again.
    world.put_tenant(path, &ada).await.is(200);
    check("moreno", &["t1"]).await;
    world.put_tenant(path, &bell).await.is(200);
    check("moreno", &[]).await;
    let crashing = world.with_faults(&Faults::cut_after(1));
    crashing.move_out("t1").await.is(204);
    check("bell", &[]).await;
}

#[tokio::test]
async fn a_crash_before_the_write_hides_no_unit_and_no_number() {
    let world = crowded().await;
    let members = |phone: &str, unit: &str| json!({"name": "Ada Moreno", "cell_phone": phone, "units": [unit], "created_on": "2024-05-01"});
    let path = "f1/tenants/t1";
    world
        .put_tenant(path, &members("+15125550142", "A123"))
        .await
        .is(201);
    // The same tokens, for another unit and another number.
    let crashing = world.with_faults(&Faults::read_only());
    let other = crashing.put_tenant(path, &members("+12125550142", "A129")).await;
    other.is_problem(503, "unavailable");
    for search in ["A123", "5125550142"] {
        is(&found(&world, &format!("search={search}")).await, &["t1"]);
    }
    for search in ["A129", "2125550142"] {
        is(&found(&world, &format!("search={search}")).await, &[]);
    }
    world
        .put_tenant(path, &members("+12125550142", "A129"))
        .await
        .is(200);
    for search in ["A129", "2125550142"] {
        is(&found(&world, &format!("search={search}")).await, &["t1"]);
    }
    is(&found(&world, "search=A123").await, &[]);
}

#[tokio::test]
async fn nobody_is_lost_or_repeated_while_pages_are_turned() {
    let world = crowded().await;
    for query in [
        "",
        "status=not_provided&status=provided&status=opted_out",
        "search=quill",
    ] {
        let before = found(&world, query).await.0;
        assert_eq!(before.len(), 400);
        let (mut seen, mut cursor, mut page_number) = (Vec::<String>::new(), String::new(), 0);
        loop {
            let page = world
                .get(&format!("{REPORT}?limit=40&{query}{cursor}"))
                .await
                .is(200);
            let rows = page["rows"].as_array().unwrap();
            seen.extend(
                rows.iter()
                    .map(|row| row["tenant_id"].as_str().unwrap().to_owned()),
            );
            // Between two pages one who was shown, the last of the page and one who comes change their minds, units
            // and numbers, and somebody moves in and out before and behind.
            page_number += 1;
            for id in [seen.first(), seen.last(), before.last()].into_iter().flatten() {
                let view = world.view(id).await;
                let click = if view["profile"]["checkbox"]["checked"] == json!(true) {
                    "uncheck"
                } else {
                    "check"
                };
                world.profile(id, click).await.is(200);
                let members = json!({"name": view["name"], "cell_phone": view["cell_phone"],
                    "units": [format!("Q{page_number}")]});
                world.register(id, &members).await;
            }
            for name in ["Aaron Quill", "Zz Quill"] {
                world
                    .register(
                        "guest",
                        &json!({"name": name, "cell_phone": Value::Null, "units": []}),
                    )
                    .await;
                world.move_out("guest").await.is(204);
            }
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, before, "{query}");
    }
}

#[tokio::test]
async fn a_search_in_a_large_facility_is_cut_into_short_pages_and_no_page_is_unbounded() {
    let world = crowded().await;
    // Where most are found, a page is full.
    let (all, pages) = found(&world, "search=quill").await;
    assert_eq!((all.len(), pages), (400, 8));
    let (last, pages) = found(&world, "search=zora").await;
    assert_eq!(
        (last.len(), pages),
        (100, 2),
        "no page before the first of them, or after the last"
    );
    let (none, pages) = found(&world, "search=quill&status=opted_out").await;
    assert_eq!((none.len(), pages), (0, 3));
    // Where few are found they are read one by one.
    for number in 0..20 {
        let members = json!({"name": format!("{} Rare", ["Ada", "Zoe"][number % 2]), "cell_phone": ADA});
        world.register(&format!("r{number:02}"), &members).await;
    }
    let (rare, pages) = found(&world, "search=rare").await;
    assert_eq!((rare.len(), pages), (20, 2), "twelve to a page");
    let (rare, pages) = found(&world, "search=rare&limit=5").await;
    assert_eq!((rare.len(), pages), (20, 4));
    let (none, pages) = found(&world, "search=rare&status=opted_out").await;
    assert_eq!((none.len(), pages), (0, 2));
    let (none, pages) = found(&world, "status=opted_out").await;
    assert_eq!((none.len(), pages), (0, 2));
    // Those of one name stand together, however few they are.
    for number in 0..30 {
        let members = json!({"name": "Acme Corporation", "cell_phone": ADA});
        world.register(&format!("c{number:02}"), &members).await;
    }
    for search in ["acme", "acme%20corp"] {
        let (company, pages) = found(&world, &format!("search={search}")).await;
        assert_eq!((company.len(), pages), (30, 1), "{search}");
    }
}

#[tokio::test]
async fn a_filter_looks_as_far_as_a_page_may_read() {
    let world = crowded().await;
    let last = found(&world, "").await.0.pop().unwrap();
    world.profile(&last, "check").await.is(200);
    for query in [
        "status=provided",
        "status=provided&limit=1",
        "search=z&status=provided",
    ] {
        assert_eq!(found(&world, query).await, (vec![last.clone()], 1), "{query}");
    }
    let (all, pages) = found(&world, "status=not_provided&limit=200").await;
    assert_eq!((all.len(), pages), (399, 2));
}

#[tokio::test]
async fn a_company_is_found_by_each_of_its_units() {
    let world = crowded().await;
    let units: Vec<String> = (0..200).map(|number| format!("A{number:03}")).collect();
    let members = json!({"name": "Acme", "cell_phone": ADA, "units": units});
    world.register("t1", &members).await;
    for search in ["a1", "a000", "A150", "a199"] {
        is(&found(&world, &format!("search={search}")).await, &["t1"]);
    }
    is(&found(&world, "search=a200").await, &[]);
    let fewer = json!({"name": "Acme", "cell_phone": ADA, "units": &units[1..]});
    world.register("t1", &fewer).await;
    is(&found(&world, "search=a000").await, &[]);
    is(&found(&world, "search=a001").await, &["t1"]);
}
