//! The rules: a state and an action in, a step or a refusal out. Nothing else decides about consent.
//!
//! A [`Consent`] says that a tenant agreed, and how, or whose withdrawal counts. An [`Action`] is what somebody did.
//! [`decide`] returns the [`Step`] that follows, `None` if nothing changes, or the [`Refusal`] that the screen shows.

mod standing;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::record::Rebuilt;
use crate::rule_id::RuleId;

pub use standing::{Consent, Grant, OptOut, Source, Status};

/// Tenants whose `created_on` is before this day were asked on paper and are grandfathered: a rule of this service, and
/// of no regulation.
pub const GRANDFATHERED_BEFORE: Date = jiff::civil::date(2023, 9, 26);

/// A screen with a consent check box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Screen {
    /// The staff screen of a tenant.
    Profile,
    /// The tenant's own web page.
    Portal,
}

/// Whether the facility has two-way texting, as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TwoWayTexting {
    /// Tenants can reply to the facility's number.
    On,
    /// They cannot, so nobody can be asked to reply START.
    Off,
}

/// Whether the tenant has a number to be texted at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CellPhone {
    /// There is one.
    OnFile,
    /// There is none.
    Missing,
}

/// Whether texts to a tenant are held back because one of theirs may ask for no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holding {
    /// They are not.
    Free,
    /// They are, until a person has read the text and decided, or the tenant has said something plain.
    OnHold,
}

/// What was last said to the facility from the number, by anybody who had it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberStanding {
    /// No STOP stands.
    Clear,
    /// A STOP came from it and no START since.
    Stopped,
}

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// The box was submitted checked.
    Check(Screen),
    /// The box was submitted unchecked.
    Uncheck(Screen),
    /// The tenant withdrew by another way than texts and the portal, and staff record it.
    Withdraw,
    /// A text from the tenant's number to the facility's that revokes.
    Stop,
    /// A text from the tenant's number to the facility's that asks for texts again.
    Start,
    /// A text from the tenant's number that may revoke, and may be meant otherwise.
    Doubt,
    /// A person has read the text that led to the hold: it does not revoke.
    NoOptOut,
    /// A person has read the text that opted the tenant out.
    Seen,
    /// First registration, with the standing of the number on file (a missing phone stands clear).
    Register {
        /// The tenant's first day.
        created_on: Date,
        /// The number's standing, a `replied_stop` of this registration counted in.
        number: NumberStanding,
    },
    /// Registration of a tenant who had moved out.
    Return {
        /// The number's standing.
        number: NumberStanding,
    },
    /// The number on file became another one.
    ChangeNumber {
        /// The new number's standing.
        number: NumberStanding,
    },
    /// The number on file was removed.
    RemoveNumber,
    /// The tenant moved out.
    MoveOut,
}

/// What decides beside the state and the action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Circumstances {
    /// The facility's two-way texting.
    pub two_way_texting: TwoWayTexting,
    /// The tenant's cell phone, after the action.
    pub cell_phone: CellPhone,
    /// Whether the tenant is on hold, before the action.
    pub holding: Holding,
}

/// The kind of a change, `type` of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Agreement.
    Granted,
    /// Withdrawal.
    OptedOut,
    /// START lifted the text opt-out while the portal one stands.
    OptOutLifted,
    /// A grant ended with its phone number or with moving out.
    Ended,
    /// Texts are held back until a person has read one of the tenant's. Status and source stay.
    Held,
    /// They are held back no longer. Status and source stay.
    HoldLifted,
    /// A person has read the text that opted the tenant out. Status and source stay.
    Reviewed,
}

impl ChangeKind {
    /// The kind as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::OptedOut => "opted_out",
            Self::OptOutLifted => "opt_out_lifted",
            Self::Ended => "ended",
            Self::Held => "held",
            Self::HoldLifted => "hold_lifted",
            Self::Reviewed => "reviewed",
        }
    }

    /// Whether status or source change with it.
    pub const fn changes_standing(self) -> bool {
        match self {
            Self::Granted | Self::OptedOut | Self::OptOutLifted | Self::Ended => true,
            Self::Held | Self::HoldLifted | Self::Reviewed => false,
        }
    }

    /// Whether a tenant is on hold after a change of this kind that leads to this consent. A hold goes with whatever
    /// changes status or source, but for an opt-out by staff: a review is not got round by unchecking and checking.
    pub const fn holding_after(self, to: Consent, before: Holding) -> Holding {
        match (self, to) {
            (Self::Held, _) => Holding::OnHold,
            (Self::OptedOut, Consent::OptedOut(OptOut::Profile)) | (Self::Reviewed, _) => before,
            (Self::Granted | Self::OptedOut | Self::OptOutLifted | Self::Ended | Self::HoldLifted, _) => {
                Holding::Free
            }
        }
    }
}

/// A change of consent that is to be written with its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// What kind of change it is.
    pub kind: ChangeKind,
    /// What stands afterwards.
    pub to: Consent,
    /// The rule that decided. In a record the rule that read a text takes its place.
    pub rule: RuleId,
}

/// Why a check is refused: `code` of the problem document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// There is no number to consent for.
    NoCellPhone,
    /// A text of the tenant's is to be read first.
    ReviewRequired,
    /// The tenant must reply START.
    StartReplyRequired,
    /// The tenant must check the box on the portal.
    PortalOptInRequired,
}

impl Refusal {
    /// The code as it stands on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoCellPhone => "no_cell_phone",
            Self::ReviewRequired => "review_required",
            Self::StartReplyRequired => "start_reply_required",
            Self::PortalOptInRequired => "portal_opt_in_required",
        }
    }
}

/// Decides what an action does to a tenant's consent. `Ok(None)`: nothing, and nothing is recorded.
///
/// # Errors
/// The [`Refusal`] of a check that the tenant's own withdrawal, or a missing phone, does not allow.
pub fn decide(from: Consent, action: Action, circumstances: Circumstances) -> Result<Option<Step>, Refusal> {
    Ok(match action {
        Action::Check(screen) => check(from, screen, circumstances)?,
        Action::Uncheck(screen) => uncheck(from, screen),
        Action::Withdraw => withdraw(from),
        Action::Stop => stop(from, RuleId::Stop),
        Action::Start => start(from, circumstances),
        Action::Doubt => doubt(from, circumstances.holding),
        Action::NoOptOut => lift(from, circumstances.holding, RuleId::ReviewNoOptOut),
        Action::Seen => Some(Step {
            kind: ChangeKind::Reviewed,
            to: from,
            rule: RuleId::ReviewSeen,
        }),
        Action::Register { created_on, number } => register(created_on, number, circumstances.cell_phone),
        Action::Return {
            number: NumberStanding::Stopped,
        }
        | Action::ChangeNumber {
            number: NumberStanding::Stopped,
        } => stop(from, RuleId::NumberStopped),
        Action::Return {
            number: NumberStanding::Clear,
        } => None,
        Action::ChangeNumber {
            number: NumberStanding::Clear,
        } => end(from, circumstances.holding, RuleId::NumberChanged),
        Action::RemoveNumber => end(from, circumstances.holding, RuleId::NumberRemoved),
        Action::MoveOut => end(from, circumstances.holding, RuleId::MovedOut),
    })
}

/// Whether some action, in some circumstances, is such a change from where a tenant stands to there.
pub fn is_change(before: Rebuilt, kind: ChangeKind, to: Consent) -> bool {
    let Rebuilt {
        consent: from,
        holding,
    } = before;
    let numbers = [NumberStanding::Clear, NumberStanding::Stopped];
    let screens = [Screen::Profile, Screen::Portal];
    let old = GRANDFATHERED_BEFORE.yesterday().unwrap_or(GRANDFATHERED_BEFORE);
    let actions = [
        Action::Withdraw,
        Action::Stop,
        Action::Start,
        Action::RemoveNumber,
        Action::MoveOut,
        Action::Doubt,
        Action::NoOptOut,
        Action::Seen,
    ]
    .into_iter()
    .chain(screens.map(Action::Check))
    .chain(screens.map(Action::Uncheck))
    .chain(numbers.map(|number| Action::Return { number }))
    .chain(numbers.map(|number| Action::ChangeNumber { number }))
    // Nobody stands anywhere before they are registered.
    .chain(
        numbers
            .into_iter()
            .filter(|_| from == Consent::NotProvided)
            .map(|number| Action::Register {
                created_on: old,
                number,
            }),
    );
    let settings = [TwoWayTexting::On, TwoWayTexting::Off];
    actions
        .flat_map(|action| settings.map(|two_way_texting| (action, two_way_texting)))
        .filter_map(|(action, two_way_texting)| {
            let circumstances = Circumstances {
                two_way_texting,
                cell_phone: CellPhone::OnFile,
                holding,
            };
            decide(from, action, circumstances).ok().flatten()
        })
        .any(|step| (step.kind, step.to) == (kind, to))
}

/// Who may undo what: nobody overrides a tenant's own withdrawal.
fn check(from: Consent, screen: Screen, circumstances: Circumstances) -> Result<Option<Step>, Refusal> {
    let withdrawn_by = match from {
        Consent::Provided(_) => return Ok(None),
        Consent::NotProvided => None,
        Consent::OptedOut(opt_out) => Some(opt_out),
    };
    if circumstances.cell_phone == CellPhone::Missing {
        return Err(Refusal::NoCellPhone);
    }
    if screen == Screen::Profile && circumstances.holding == Holding::OnHold {
        return Err(Refusal::ReviewRequired);
    }
    let (grant, rule) = match screen {
        Screen::Profile => (Grant::Profile, RuleId::ProfileCheck),
        Screen::Portal => (Grant::Portal, RuleId::PortalCheck),
    };
    match (withdrawn_by, circumstances.two_way_texting, screen) {
        (Some(OptOut::Text | OptOut::TextAndPortal), TwoWayTexting::On, _) => {
            Err(Refusal::StartReplyRequired)
        }
        (Some(OptOut::Text | OptOut::TextAndPortal), TwoWayTexting::Off, Screen::Profile)
        | (Some(OptOut::Portal), _, Screen::Profile) => Err(Refusal::PortalOptInRequired),
        (Some(OptOut::Text | OptOut::TextAndPortal), TwoWayTexting::Off, Screen::Portal)
        | (Some(OptOut::Portal), _, Screen::Portal)
        | (Some(OptOut::Profile) | None, _, _) => Ok(Some(Step {
            kind: ChangeKind::Granted,
            to: Consent::Provided(grant),
            rule,
        })),
    }
}

fn uncheck(from: Consent, screen: Screen) -> Option<Step> {
    let (opt_out, rule) = match screen {
        Screen::Profile => (OptOut::Profile, RuleId::ProfileUncheck),
        Screen::Portal => (OptOut::Portal, RuleId::PortalUncheck),
    };
    match from {
        Consent::Provided(_) => Some(Step {
            kind: ChangeKind::OptedOut,
            to: Consent::OptedOut(opt_out),
            rule,
        }),
        Consent::NotProvided | Consent::OptedOut(_) => None,
    }
}

/// It counts whether the tenant had agreed or not, and adds nothing to a withdrawal that stands.
fn withdraw(from: Consent) -> Option<Step> {
    match from {
        Consent::NotProvided | Consent::Provided(_) => Some(Step {
            kind: ChangeKind::OptedOut,
            to: Consent::OptedOut(OptOut::Profile),
            rule: RuleId::OffChannelWithdrawal,
        }),
        Consent::OptedOut(_) => None,
    }
}

fn stop(from: Consent, rule: RuleId) -> Option<Step> {
    let opt_out = match from {
        Consent::NotProvided | Consent::Provided(_) | Consent::OptedOut(OptOut::Profile) => OptOut::Text,
        Consent::OptedOut(OptOut::Portal) => OptOut::TextAndPortal,
        Consent::OptedOut(OptOut::Text | OptOut::TextAndPortal) => return None,
    };
    Some(Step {
        kind: ChangeKind::OptedOut,
        to: Consent::OptedOut(opt_out),
        rule,
    })
}

/// Whether a doubt can put a tenant on hold: not one who has withdrawn by themselves.
pub(crate) const fn can_be_held(consent: Consent) -> bool {
    match consent {
        Consent::NotProvided | Consent::Provided(_) | Consent::OptedOut(OptOut::Profile) => true,
        Consent::OptedOut(OptOut::Portal | OptOut::Text | OptOut::TextAndPortal) => false,
    }
}

fn doubt(from: Consent, holding: Holding) -> Option<Step> {
    (holding == Holding::Free && can_be_held(from)).then_some(Step {
        kind: ChangeKind::Held,
        to: from,
        rule: RuleId::Doubt,
    })
}

/// Lifts a hold where nothing else is recorded.
fn lift(from: Consent, holding: Holding, rule: RuleId) -> Option<Step> {
    (holding == Holding::OnHold).then_some(Step {
        kind: ChangeKind::HoldLifted,
        to: from,
        rule,
    })
}

fn start(from: Consent, circumstances: Circumstances) -> Option<Step> {
    if circumstances.two_way_texting == TwoWayTexting::Off {
        return None;
    }
    match from {
        Consent::NotProvided | Consent::OptedOut(OptOut::Profile | OptOut::Text) => Some(Step {
            kind: ChangeKind::Granted,
            to: Consent::Provided(Grant::Text),
            rule: RuleId::Start,
        }),
        Consent::OptedOut(OptOut::TextAndPortal) => Some(Step {
            kind: ChangeKind::OptOutLifted,
            to: Consent::OptedOut(OptOut::Portal),
            rule: RuleId::Start,
        }),
        Consent::Provided(_) | Consent::OptedOut(OptOut::Portal) => {
            lift(from, circumstances.holding, RuleId::Start)
        }
    }
}

fn register(created_on: Date, number: NumberStanding, cell_phone: CellPhone) -> Option<Step> {
    match (number, cell_phone) {
        (_, CellPhone::Missing) => None,
        (NumberStanding::Stopped, CellPhone::OnFile) => stop(Consent::NotProvided, RuleId::NumberStopped),
        (NumberStanding::Clear, CellPhone::OnFile) => (created_on < GRANDFATHERED_BEFORE).then_some(Step {
            kind: ChangeKind::Granted,
            to: Consent::Provided(Grant::Grandfathered),
            rule: RuleId::Grandfathered,
        }),
    }
}

fn end(from: Consent, holding: Holding, rule: RuleId) -> Option<Step> {
    match from {
        Consent::Provided(_) => Some(Step {
            kind: ChangeKind::Ended,
            to: Consent::NotProvided,
            rule,
        }),
        Consent::NotProvided | Consent::OptedOut(_) => lift(from, holding, rule),
    }
}

#[cfg(test)]
mod tests;
