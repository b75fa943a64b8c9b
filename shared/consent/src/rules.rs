//! The rules: a state and an action in, a step or a refusal out. Nothing else decides about consent.
//!
//! A [`Consent`] is who may be texted and, where not, whose withdrawal stands. An [`Action`] is what
//! somebody did. [`decide`] answers with the [`Step`] it leads to, `None` where it changes nothing, or
//! the [`Refusal`] that the screen shows.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::record::Rebuilt;

/// Tenants whose `created_on` is before this day were asked on paper and are grandfathered.
pub const GRANDFATHERED_BEFORE: Date = jiff::civil::date(2023, 9, 26);

/// Where a tenant's consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Never asked, or asked for another number: no text may be sent.
    NotProvided,
    /// Agreed, through this channel.
    Provided(Grant),
    /// Withdrawn, by these channels.
    OptedOut(OptOut),
}

/// The channel of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grant {
    /// Staff checked the box on the profile screen.
    Profile,
    /// The tenant checked the box on the portal.
    Portal,
    /// The tenant replied START.
    Text,
    /// A tenant from before [`GRANDFATHERED_BEFORE`].
    Grandfathered,
}

/// The withdrawals that stand. One by `profile` beside another goes with the other, so it leaves no trace
/// there; and a box that stands unchecked cannot be unchecked, so only a text joins an earlier withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptOut {
    /// Staff unchecked the box.
    Profile,
    /// The tenant unchecked the box on the portal.
    Portal,
    /// The tenant replied STOP, or the number did before they had it.
    Text,
    /// The tenant unchecked the box on the portal, and replied STOP later.
    TextAndPortal,
}

/// `status` on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// May be texted, with a cell phone on file.
    Provided,
    /// Never agreed.
    NotProvided,
    /// Withdrew.
    OptedOut,
}

impl Status {
    /// Every status, in the order of the report's totals.
    pub const ALL: [Self; 3] = [Self::Provided, Self::NotProvided, Self::OptedOut];

    /// The status as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provided => "provided",
            Self::NotProvided => "not_provided",
            Self::OptedOut => "opted_out",
        }
    }
}

/// `source` on the wire: who set the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Staff, on the profile screen.
    Profile,
    /// The tenant, on the portal.
    Portal,
    /// A text from the tenant's number.
    Text,
    /// Registration of a tenant from before [`GRANDFATHERED_BEFORE`].
    Grandfathered,
}

impl Consent {
    /// The status that the screens show.
    pub const fn status(self) -> Status {
        match self {
            Self::NotProvided => Status::NotProvided,
            Self::Provided(_) => Status::Provided,
            Self::OptedOut(_) => Status::OptedOut,
        }
    }

    /// Whether a STOP stands among the withdrawals.
    pub const fn is_withdrawn_by_text(self) -> bool {
        matches!(self, Self::OptedOut(OptOut::Text | OptOut::TextAndPortal))
    }

    /// Who set the status; with several withdrawals the text one comes first.
    pub const fn source(self) -> Option<Source> {
        match self {
            Self::NotProvided => None,
            Self::Provided(Grant::Profile) | Self::OptedOut(OptOut::Profile) => Some(Source::Profile),
            Self::Provided(Grant::Portal) | Self::OptedOut(OptOut::Portal) => Some(Source::Portal),
            Self::Provided(Grant::Text) | Self::OptedOut(OptOut::Text | OptOut::TextAndPortal) => {
                Some(Source::Text)
            }
            Self::Provided(Grant::Grandfathered) => Some(Source::Grandfathered),
        }
    }
}

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

/// What the number itself last said to the facility, whoever had it then.
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
    /// Id of the rule that decided; a text's own rule takes its place in the record.
    pub rule: &'static str,
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
        Action::Stop => stop(from, "stop"),
        Action::Start => start(from, circumstances),
        Action::Doubt => doubt(from, circumstances.holding),
        Action::NoOptOut => lift(from, circumstances.holding, "review_no_opt_out"),
        Action::Seen => Some(Step {
            kind: ChangeKind::Reviewed,
            to: from,
            rule: "review_seen",
        }),
        Action::Register { created_on, number } => register(created_on, number, circumstances.cell_phone),
        Action::Return {
            number: NumberStanding::Stopped,
        }
        | Action::ChangeNumber {
            number: NumberStanding::Stopped,
        } => stop(from, "number_stopped"),
        Action::Return {
            number: NumberStanding::Clear,
        } => None,
        Action::ChangeNumber {
            number: NumberStanding::Clear,
        } => end(from, circumstances.holding, "number_changed"),
        Action::RemoveNumber => end(from, circumstances.holding, "number_removed"),
        Action::MoveOut => end(from, circumstances.holding, "moved_out"),
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

/// The table of who may undo what (contract, rule 8).
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
        Screen::Profile => (Grant::Profile, "profile_check"),
        Screen::Portal => (Grant::Portal, "portal_check"),
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
        Screen::Profile => (OptOut::Profile, "profile_uncheck"),
        Screen::Portal => (OptOut::Portal, "portal_uncheck"),
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
            rule: "off_channel_withdrawal",
        }),
        Consent::OptedOut(_) => None,
    }
}

fn stop(from: Consent, rule: &'static str) -> Option<Step> {
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
        rule: "doubt",
    })
}

/// Lifts a hold where nothing else is recorded.
fn lift(from: Consent, holding: Holding, rule: &'static str) -> Option<Step> {
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
            rule: "start",
        }),
        Consent::OptedOut(OptOut::TextAndPortal) => Some(Step {
            kind: ChangeKind::OptOutLifted,
            to: Consent::OptedOut(OptOut::Portal),
            rule: "start",
        }),
        Consent::Provided(_) | Consent::OptedOut(OptOut::Portal) => {
            lift(from, circumstances.holding, "start")
        }
    }
}

fn register(created_on: Date, number: NumberStanding, cell_phone: CellPhone) -> Option<Step> {
    match (number, cell_phone) {
        (_, CellPhone::Missing) => None,
        (NumberStanding::Stopped, CellPhone::OnFile) => stop(Consent::NotProvided, "number_stopped"),
        (NumberStanding::Clear, CellPhone::OnFile) => (created_on < GRANDFATHERED_BEFORE).then_some(Step {
            kind: ChangeKind::Granted,
            to: Consent::Provided(Grant::Grandfathered),
            rule: "grandfathered",
        }),
    }
}

fn end(from: Consent, holding: Holding, rule: &'static str) -> Option<Step> {
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
