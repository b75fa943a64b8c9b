//! Every row of the rules, one line each.

use super::*;

use Action::{
    ChangeNumber, Check, Doubt, MoveOut, NoOptOut, Register, RemoveNumber, Return, Seen, Start, Stop,
    Uncheck, Withdraw,
};
use CellPhone::{Missing, OnFile};
use Holding::{Free, OnHold};
use NumberStanding::{Clear, Stopped};
use Screen::{Portal, Profile};
use TwoWayTexting::{Off, On};

const NONE: Consent = Consent::NotProvided;
const BY_PROFILE: Consent = Consent::Provided(Grant::Profile);
const BY_PORTAL: Consent = Consent::Provided(Grant::Portal);
const BY_TEXT: Consent = Consent::Provided(Grant::Text);
const BEFORE: Consent = Consent::Provided(Grant::Grandfathered);
const OUT_PROFILE: Consent = Consent::OptedOut(OptOut::Profile);
const OUT_PORTAL: Consent = Consent::OptedOut(OptOut::Portal);
const OUT_TEXT: Consent = Consent::OptedOut(OptOut::Text);
const OUT_BOTH: Consent = Consent::OptedOut(OptOut::TextAndPortal);

const ALL: [Consent; 9] = [
    NONE,
    BY_PROFILE,
    BY_PORTAL,
    BY_TEXT,
    BEFORE,
    OUT_PROFILE,
    OUT_PORTAL,
    OUT_TEXT,
    OUT_BOTH,
];
const GRANTED: [Consent; 4] = [BY_PROFILE, BY_PORTAL, BY_TEXT, BEFORE];
const OPTED_OUT: [Consent; 4] = [OUT_PROFILE, OUT_PORTAL, OUT_TEXT, OUT_BOTH];

/// With either setting of two-way texting, and with a phone on file.
const BOTH: [TwoWayTexting; 2] = [On, Off];

#[track_caller]
fn on(from: Consent, action: Action, two_way: &[TwoWayTexting]) -> Vec<Result<Option<Step>, Refusal>> {
    two_way
        .iter()
        .map(|two_way_texting| {
            let circumstances = Circumstances {
                two_way_texting: *two_way_texting,
                cell_phone: OnFile,
                holding: Free,
            };
            decide(from, action, circumstances)
        })
        .collect()
}

#[track_caller]
fn becomes(from: Consent, action: Action, two_way: &[TwoWayTexting], to: Consent, kind: ChangeKind) {
    for outcome in on(from, action, two_way) {
        let step = outcome.expect("not refused").expect("a change");
        assert_eq!((step.to, step.kind), (to, kind), "{from:?} {action:?}");
        assert_ne!(step.to, from, "a step changes something");
    }
}

#[track_caller]
fn stays(from: Consent, action: Action, two_way: &[TwoWayTexting]) {
    for outcome in on(from, action, two_way) {
        assert_eq!(outcome, Ok(None), "{from:?} {action:?}");
    }
}

#[track_caller]
fn refused(from: Consent, action: Action, two_way: &[TwoWayTexting], refusal: Refusal) {
    for outcome in on(from, action, two_way) {
        assert_eq!(outcome, Err(refusal), "{from:?} {action:?}");
    }
}

#[test]
fn a_box_submitted_as_it_stands_changes_nothing() {
    for screen in [Profile, Portal] {
        for from in GRANTED {
            stays(from, Check(screen), &BOTH);
        }
        for from in OPTED_OUT {
            stays(from, Uncheck(screen), &BOTH);
        }
        stays(NONE, Uncheck(screen), &BOTH);
    }
}

#[test]
fn a_check_grants_where_nothing_was_withdrawn() {
    becomes(NONE, Check(Profile), &BOTH, BY_PROFILE, ChangeKind::Granted);
    becomes(NONE, Check(Portal), &BOTH, BY_PORTAL, ChangeKind::Granted);
}

#[test]
fn an_uncheck_withdraws_every_grant() {
    for from in GRANTED {
        becomes(from, Uncheck(Profile), &BOTH, OUT_PROFILE, ChangeKind::OptedOut);
        becomes(from, Uncheck(Portal), &BOTH, OUT_PORTAL, ChangeKind::OptedOut);
    }
}

#[test]
fn nobody_overrides_a_tenants_own_withdrawal() {
    becomes(
        OUT_PROFILE,
        Check(Profile),
        &BOTH,
        BY_PROFILE,
        ChangeKind::Granted,
    );
    becomes(OUT_PROFILE, Check(Portal), &BOTH, BY_PORTAL, ChangeKind::Granted);
    refused(OUT_PORTAL, Check(Profile), &BOTH, Refusal::PortalOptInRequired);
    becomes(OUT_PORTAL, Check(Portal), &BOTH, BY_PORTAL, ChangeKind::Granted);
    for from in [OUT_TEXT, OUT_BOTH] {
        refused(from, Check(Profile), &[On], Refusal::StartReplyRequired);
        refused(from, Check(Portal), &[On], Refusal::StartReplyRequired);
        refused(from, Check(Profile), &[Off], Refusal::PortalOptInRequired);
        becomes(from, Check(Portal), &[Off], BY_PORTAL, ChangeKind::Granted);
    }
}

#[test]
fn a_stop_opts_everybody_out_whatever_the_settings() {
    for from in [NONE, BY_PROFILE, BY_PORTAL, BY_TEXT, BEFORE, OUT_PROFILE] {
        becomes(from, Stop, &BOTH, OUT_TEXT, ChangeKind::OptedOut);
    }
    becomes(OUT_PORTAL, Stop, &BOTH, OUT_BOTH, ChangeKind::OptedOut);
    for from in [OUT_TEXT, OUT_BOTH] {
        stays(from, Stop, &BOTH);
    }
}

#[test]
fn a_start_lifts_what_a_text_withdrew_and_no_more() {
    for from in [NONE, OUT_PROFILE, OUT_TEXT] {
        becomes(from, Start, &[On], BY_TEXT, ChangeKind::Granted);
    }
    becomes(OUT_BOTH, Start, &[On], OUT_PORTAL, ChangeKind::OptOutLifted);
    stays(OUT_PORTAL, Start, &[On]);
    for from in GRANTED {
        stays(from, Start, &[On]);
    }
    for from in ALL {
        stays(from, Start, &[Off]);
    }
}

#[test]
fn without_a_phone_either_check_is_refused_before_anything_else() {
    let without = |two_way_texting| Circumstances {
        two_way_texting,
        cell_phone: Missing,
        holding: Free,
    };
    for (two_way, screen) in [(On, Profile), (Off, Profile), (On, Portal), (Off, Portal)] {
        for from in [NONE, OUT_PROFILE, OUT_PORTAL, OUT_TEXT, OUT_BOTH] {
            assert_eq!(
                decide(from, Check(screen), without(two_way)),
                Err(Refusal::NoCellPhone)
            );
            assert_eq!(decide(from, Uncheck(screen), without(two_way)), Ok(None));
        }
    }
}

#[test]
fn tenants_from_before_are_grandfathered_unless_the_number_is_stopped() {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let register = |created_on, number, cell_phone| {
        let circumstances = Circumstances {
            two_way_texting: Off,
            cell_phone,
            holding: Free,
        };
        decide(
            NONE,
            Register {
                created_on: day(created_on),
                number,
            },
            circumstances,
        )
        .unwrap()
        .map(|step| (step.to, step.kind, step.rule))
    };
    let grandfathered = Some((BEFORE, ChangeKind::Granted, RuleId::Grandfathered));
    let stopped = Some((OUT_TEXT, ChangeKind::OptedOut, RuleId::NumberStopped));
    assert_eq!(register("2023-09-25", Clear, OnFile), grandfathered);
    assert_eq!(register("2023-09-26", Clear, OnFile), None);
    assert_eq!(register("2023-09-27", Clear, OnFile), None);
    assert_eq!(register("1999-01-01", Stopped, OnFile), stopped);
    assert_eq!(register("2024-01-01", Stopped, OnFile), stopped);
    assert_eq!(register("1999-01-01", Clear, Missing), None);
    assert_eq!(register("1999-01-01", Stopped, Missing), None);
}

#[test]
fn a_new_number_ends_a_grant_and_no_withdrawal() {
    for from in GRANTED {
        becomes(
            from,
            ChangeNumber { number: Clear },
            &BOTH,
            NONE,
            ChangeKind::Ended,
        );
        becomes(
            from,
            ChangeNumber { number: Stopped },
            &BOTH,
            OUT_TEXT,
            ChangeKind::OptedOut,
        );
        becomes(from, RemoveNumber, &BOTH, NONE, ChangeKind::Ended);
    }
    for from in OPTED_OUT {
        stays(from, ChangeNumber { number: Clear }, &BOTH);
        stays(from, RemoveNumber, &BOTH);
    }
    stays(NONE, ChangeNumber { number: Clear }, &BOTH);
    stays(NONE, RemoveNumber, &BOTH);
    for from in [NONE, OUT_PROFILE] {
        becomes(
            from,
            ChangeNumber { number: Stopped },
            &BOTH,
            OUT_TEXT,
            ChangeKind::OptedOut,
        );
    }
    becomes(
        OUT_PORTAL,
        ChangeNumber { number: Stopped },
        &BOTH,
        OUT_BOTH,
        ChangeKind::OptedOut,
    );
    for from in [OUT_TEXT, OUT_BOTH] {
        stays(from, ChangeNumber { number: Stopped }, &BOTH);
    }
}

#[test]
fn a_tenant_who_moved_out_comes_back_with_their_withdrawals_and_the_numbers() {
    for from in GRANTED {
        becomes(from, MoveOut, &BOTH, NONE, ChangeKind::Ended);
    }
    for from in [NONE, OUT_PROFILE, OUT_PORTAL, OUT_TEXT, OUT_BOTH] {
        stays(from, MoveOut, &BOTH);
        stays(from, Return { number: Clear }, &BOTH);
    }
    for from in [NONE, OUT_PROFILE] {
        becomes(
            from,
            Return { number: Stopped },
            &BOTH,
            OUT_TEXT,
            ChangeKind::OptedOut,
        );
    }
    becomes(
        OUT_PORTAL,
        Return { number: Stopped },
        &BOTH,
        OUT_BOTH,
        ChangeKind::OptedOut,
    );
}

/// What becomes of a tenant who is on hold: the kind of the record, what stands, and whether they are on hold still.
#[track_caller]
fn held(
    from: Consent,
    action: Action,
    two_way: &[TwoWayTexting],
    outcome: Option<(ChangeKind, Consent, Holding)>,
) {
    for two_way_texting in two_way {
        let circumstances = Circumstances {
            two_way_texting: *two_way_texting,
            cell_phone: OnFile,
            holding: OnHold,
        };
        let step = decide(from, action, circumstances).expect("not refused");
        let found = step.map(|step| (step.kind, step.to, step.kind.holding_after(step.to, OnHold)));
        assert_eq!(found, outcome, "{from:?} {action:?}");
    }
}

/// Where a hold can stand.
const HOLDABLE: [Consent; 6] = [NONE, BY_PROFILE, BY_PORTAL, BY_TEXT, BEFORE, OUT_PROFILE];

#[test]
fn a_doubt_holds_everybody_who_has_not_withdrawn_by_themselves_and_changes_no_status() {
    for from in HOLDABLE {
        for outcome in on(from, Doubt, &BOTH) {
            let step = outcome.expect("not refused").expect("a change");
            assert_eq!((step.kind, step.to), (ChangeKind::Held, from));
            assert_eq!(step.kind.holding_after(step.to, Free), OnHold);
        }
        held(from, Doubt, &BOTH, None);
    }
    for from in [OUT_PORTAL, OUT_TEXT, OUT_BOTH] {
        stays(from, Doubt, &BOTH);
    }
}

#[test]
fn on_hold_staff_cannot_grant_and_the_tenant_can() {
    for from in [NONE, OUT_PROFILE] {
        for two_way_texting in BOTH {
            let circumstances = |cell_phone| Circumstances {
                two_way_texting,
                cell_phone,
                holding: OnHold,
            };
            let check = |cell_phone| decide(from, Check(Profile), circumstances(cell_phone));
            assert_eq!(check(OnFile), Err(Refusal::ReviewRequired));
            assert_eq!(check(Missing), Err(Refusal::NoCellPhone));
        }
        held(
            from,
            Check(Portal),
            &BOTH,
            Some((ChangeKind::Granted, BY_PORTAL, Free)),
        );
        held(from, Start, &[On], Some((ChangeKind::Granted, BY_TEXT, Free)));
        held(from, Start, &[Off], None);
    }
    for from in GRANTED {
        for screen in [Profile, Portal] {
            held(from, Check(screen), &BOTH, None);
        }
        held(from, Start, &[On], Some((ChangeKind::HoldLifted, from, Free)));
        held(from, Start, &[Off], None);
    }
}

#[test]
fn a_hold_goes_with_whatever_changes_the_status_but_for_an_uncheck_by_staff() {
    for from in GRANTED {
        held(
            from,
            Uncheck(Profile),
            &BOTH,
            Some((ChangeKind::OptedOut, OUT_PROFILE, OnHold)),
        );
        held(
            from,
            Uncheck(Portal),
            &BOTH,
            Some((ChangeKind::OptedOut, OUT_PORTAL, Free)),
        );
        for action in [ChangeNumber { number: Clear }, RemoveNumber, MoveOut] {
            held(from, action, &BOTH, Some((ChangeKind::Ended, NONE, Free)));
        }
    }
    for from in HOLDABLE {
        held(from, Stop, &BOTH, Some((ChangeKind::OptedOut, OUT_TEXT, Free)));
        let stopped = ChangeNumber { number: Stopped };
        held(from, stopped, &BOTH, Some((ChangeKind::OptedOut, OUT_TEXT, Free)));
    }
    for from in [NONE, OUT_PROFILE] {
        for screen in [Profile, Portal] {
            held(from, Uncheck(screen), &BOTH, None);
        }
    }
}

#[test]
fn a_hold_is_lifted_by_a_record_of_its_own_where_nothing_else_is_recorded() {
    for from in HOLDABLE {
        held(from, NoOptOut, &BOTH, Some((ChangeKind::HoldLifted, from, Free)));
        held(from, Seen, &BOTH, Some((ChangeKind::Reviewed, from, OnHold)));
        stays(from, NoOptOut, &BOTH);
    }
    for from in [NONE, OUT_PROFILE] {
        for action in [ChangeNumber { number: Clear }, RemoveNumber, MoveOut] {
            held(from, action, &BOTH, Some((ChangeKind::HoldLifted, from, Free)));
        }
    }
}

#[test]
fn status_and_source_are_what_the_screens_show() {
    let shown = ALL.map(|consent| (consent.status().as_str(), consent.source()));
    assert_eq!(
        shown,
        [
            ("not_provided", None),
            ("provided", Some(Source::Profile)),
            ("provided", Some(Source::Portal)),
            ("provided", Some(Source::Text)),
            ("provided", Some(Source::Grandfathered)),
            ("opted_out", Some(Source::Profile)),
            ("opted_out", Some(Source::Portal)),
            ("opted_out", Some(Source::Text)),
            ("opted_out", Some(Source::Text)),
        ]
    );
}

#[test]
fn a_withdrawal_by_another_way_counts_unless_one_stands() {
    for from in GRANTED.into_iter().chain([NONE]) {
        becomes(from, Withdraw, &BOTH, OUT_PROFILE, ChangeKind::OptedOut);
    }
    for from in OPTED_OUT {
        stays(from, Withdraw, &BOTH);
    }
}

#[test]
fn a_change_is_what_some_action_leads_to() {
    let holding = Free;
    let is = |consent, kind, to| is_change(Rebuilt { consent, holding }, kind, to);
    for to in GRANTED {
        assert!(is(NONE, ChangeKind::Granted, to), "{to:?}");
        assert_eq!(is(OUT_PROFILE, ChangeKind::Granted, to), to != BEFORE, "{to:?}");
        assert_eq!(is(OUT_PORTAL, ChangeKind::Granted, to), to == BY_PORTAL, "{to:?}");
        assert!(is(to, ChangeKind::Ended, NONE), "{to:?}");
    }
    assert!(is(OUT_BOTH, ChangeKind::OptOutLifted, OUT_PORTAL));
    assert!(!is(OUT_TEXT, ChangeKind::OptOutLifted, OUT_PORTAL));
    assert!(!is(NONE, ChangeKind::OptedOut, OUT_BOTH));
}

#[test]
fn a_kind_is_named_as_records_name_it() {
    for kind in [
        ChangeKind::Granted,
        ChangeKind::OptedOut,
        ChangeKind::OptOutLifted,
        ChangeKind::Ended,
        ChangeKind::Held,
        ChangeKind::HoldLifted,
        ChangeKind::Reviewed,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}
