//! What the screens show of a tenant's consent. Whatever a screen enables is asked of the rules.

use serde::Serialize;

use crate::evidence::Grade;
use crate::facility::Facility;
use crate::gate::{Closed, gate};
use crate::record::rfc3339;
use crate::review::Hold;
use crate::rules::{Action, Consent, Holding, Refusal, Screen, Source, Status, TwoWayTexting, decide};
use crate::tenant::Tenant;

/// The wording beside the profile's check box, recorded with every check and uncheck.
pub const PROFILE_DISCLOSURE: &str =
    "This customer agrees to receive text message communications from this facility.";
/// The wording beside the portal's check box, recorded with every check and uncheck.
pub const PORTAL_DISCLOSURE: &str = "I agree to receive text message communications from this facility.";
const NOTICE: &str = "This customer has not agreed to receive text message communications.";
const HOLD_NOTICE: &str =
    "This customer's last text may ask for no more texts. Read it and decide about it first.";
const BLOCKED_NOTICE: &str = "The text message provider has this number on its own opt-out list. The customer \
     must reply START to the facility's text number.";
const NO_TEXT_NUMBER_NOTICE: &str = "This facility has no text number of its own, so a STOP to its texts would not \
     come back to it. Give it a number before it sends texts.";
const NO_CELL_PHONE: &str = "There is no cell phone on file for this customer. Add one before texting them.";
const NOT_AGREED: &str = "This customer has not agreed to receive text message communications. When they agree, check \
     the box on their profile.";
const PORTAL_NOTE: &str = "Please reply START to receive communications via text messages.";

impl Screen {
    /// The wording beside its check box.
    pub const fn disclosure(self) -> &'static str {
        match self {
            Self::Profile => PROFILE_DISCLOSURE,
            Self::Portal => PORTAL_DISCLOSURE,
        }
    }
}

impl Refusal {
    /// In plain words, what has to happen first: to staff on the profile, to the tenant on the portal.
    pub const fn reason(self, screen: Screen) -> &'static str {
        match (self, screen) {
            (Self::NoCellPhone, Screen::Profile) => {
                "There is no cell phone on file for this customer. Add one before recording their agreement."
            }
            (Self::NoCellPhone, Screen::Portal) => {
                "There is no cell phone on file for you. Ask the facility to add yours."
            }
            (Self::ReviewRequired, _) => {
                "This customer's last text may ask for no more texts. Read it and decide about it first, or let the \
                 customer check the box on the tenant portal."
            }
            (Self::StartReplyRequired, Screen::Profile) => {
                "This customer opted out by text message. To receive text messages again, the customer \
                 must reply START to the facility's text number."
            }
            (Self::StartReplyRequired, Screen::Portal) => {
                "You opted out by text message. To receive text messages again, reply START to the \
                 facility's text number."
            }
            (Self::PortalOptInRequired, _) => {
                "This customer opted out. To receive text messages again, the customer must check the box \
                 on the tenant portal."
            }
        }
    }
}

/// What staff are told where a text may not leave.
pub const fn notice(closed: Closed) -> &'static str {
    match closed {
        Closed::NoCellPhone | Closed::ConsentRequired => NOTICE,
        Closed::OnHold => HOLD_NOTICE,
        Closed::ProviderBlocked => BLOCKED_NOTICE,
        Closed::NoTextNumber => NO_TEXT_NUMBER_NOTICE,
    }
}

/// Why a text to a tenant may not leave, in a sentence that staff can act on.
pub fn why_not(closed: Closed, facility: &Facility, tenant: &Tenant) -> &'static str {
    match closed {
        Closed::NoCellPhone => NO_CELL_PHONE,
        Closed::ConsentRequired => tenant
            .click_refused(Screen::Profile, facility.two_way_texting)
            .map_or(NOT_AGREED, |refusal| refusal.reason(Screen::Profile)),
        Closed::OnHold | Closed::ProviderBlocked | Closed::NoTextNumber => notice(closed),
    }
}

/// What the screens say beside a tenant whose texts are held back, or may not leave for another reason.
fn notice_beside(tenant: &Tenant) -> Option<&'static str> {
    match tenant.holding() {
        Holding::OnHold => Some(HOLD_NOTICE),
        Holding::Free => gate(tenant).err().map(notice),
    }
}

/// A channel by which a tenant can opt in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OptInChannel {
    /// Staff check the box.
    Profile,
    /// The tenant checks the box.
    Portal,
    /// The tenant replies START.
    Text,
    /// Staff read the text that holds texts to the tenant back, and decide about it.
    Review,
}

/// The channels of which any one would now opt the tenant in, or take the next step towards it.
pub fn opt_in_via(tenant: &Tenant, two_way_texting: TwoWayTexting) -> Vec<OptInChannel> {
    let circumstances = tenant.circumstances(two_way_texting);
    let helps = |action| matches!(decide(tenant.consent, action, circumstances), Ok(Some(_)));
    [
        (OptInChannel::Review, Action::NoOptOut),
        (OptInChannel::Profile, Action::Check(Screen::Profile)),
        (OptInChannel::Portal, Action::Check(Screen::Portal)),
        (OptInChannel::Text, Action::Start),
    ]
    .into_iter()
    // A text needs a number to come from.
    .filter(|(_, action)| tenant.details.cell_phone.is_some() && helps(*action))
    .map(|(channel, _)| channel)
    .collect()
}

/// A check box of a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checkbox {
    label: &'static str,
    checked: bool,
    enabled: bool,
    reason: Option<&'static str>,
    disclosure: Option<String>,
}

impl Checkbox {
    fn of(facility: &Facility, tenant: &Tenant, screen: Screen) -> Self {
        let refusal = tenant.click_refused(screen, facility.two_way_texting);
        Self {
            label: screen.disclosure(),
            checked: matches!(tenant.consent, Consent::Provided(_)),
            enabled: refusal.is_none(),
            reason: refusal.map(|refusal| refusal.reason(screen)),
            disclosure: facility.disclosure.clone(),
        }
    }
}

/// The consent view: what the staff's screens show of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConsentView {
    facility_id: String,
    tenant_id: String,
    name: String,
    cell_phone: Option<String>,
    status: Status,
    source: Option<Source>,
    changed_at: Option<String>,
    can_text: bool,
    opt_in_via: Vec<OptInChannel>,
    hold: Option<HoldView>,
    evidence: Option<Grade>,
    profile: ProfileScreen,
    /// What the two-way texting screen shows.
    pub two_way_texting: TwoWayTextingScreen,
    automatic_notifications: AutomaticNotificationsScreen,
    notification_templates: NotificationTemplatesScreen,
    provider_block: Option<ProviderBlockView>,
}

/// What holds texts to a tenant back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct HoldView {
    review_id: String,
    since: String,
    text: String,
}

impl From<&Hold> for HoldView {
    fn from(hold: &Hold) -> Self {
        Self {
            review_id: hold.review_id.to_string(),
            since: rfc3339(hold.since),
            text: hold.text.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ProviderBlockView {
    since: String,
    retry_after: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ProfileScreen {
    checkbox: Checkbox,
    cell_phone_icon: Option<&'static str>,
}

/// What the two-way texting screen shows beside the thread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TwoWayTextingScreen {
    can_send: bool,
    notice: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct AutomaticNotificationsScreen {
    text_selectable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct NotificationTemplatesScreen {
    text: &'static str,
}

impl ConsentView {
    /// The view of a tenant, with the facility's settings as they are now.
    pub fn of(facility: &Facility, tenant: &Tenant) -> Self {
        let can_text = tenant.can_text();
        Self {
            facility_id: tenant.facility_id.to_string(),
            tenant_id: tenant.tenant_id.to_string(),
            name: tenant.details.name.clone(),
            cell_phone: tenant.details.cell_phone.clone().map(String::from),
            status: tenant.consent.status(),
            source: tenant.consent.source(),
            changed_at: tenant.changed_at.map(rfc3339),
            can_text,
            opt_in_via: opt_in_via(tenant, facility.two_way_texting),
            hold: tenant.hold.as_ref().map(HoldView::from),
            evidence: Grade::of(tenant.consent),
            profile: ProfileScreen {
                checkbox: Checkbox::of(facility, tenant, Screen::Profile),
                cell_phone_icon: (!can_text).then_some("x"),
            },
            two_way_texting: TwoWayTextingScreen {
                can_send: can_text && facility.two_way_texting == TwoWayTexting::On,
                notice: notice_beside(tenant),
            },
            automatic_notifications: AutomaticNotificationsScreen {
                text_selectable: can_text,
            },
            notification_templates: NotificationTemplatesScreen {
                text: if can_text { "available" } else { "dash" },
            },
            provider_block: tenant.provider_block().map(|block| ProviderBlockView {
                since: rfc3339(block.since),
                retry_after: block.retry_after.map(rfc3339),
            }),
        }
    }
}

/// The portal view: what the tenant's own page shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalView {
    status: Status,
    can_text: bool,
    cell_phone: Option<String>,
    checkbox: Checkbox,
    note: Option<&'static str>,
    text_number: Option<String>,
}

impl PortalView {
    /// The view of a tenant, with the facility's settings as they are now.
    pub fn of(facility: &Facility, tenant: &Tenant) -> Self {
        let by_text = opt_in_via(tenant, facility.two_way_texting).contains(&OptInChannel::Text);
        Self {
            status: tenant.consent.status(),
            can_text: tenant.can_text(),
            cell_phone: tenant.details.cell_phone.clone().map(String::from),
            checkbox: Checkbox::of(facility, tenant, Screen::Portal),
            note: by_text.then_some(PORTAL_NOTE),
            text_number: facility.number.clone().filter(|_| by_text).map(String::from),
        }
    }
}
