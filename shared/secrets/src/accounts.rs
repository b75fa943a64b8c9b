//! The accounts at providers from which texts leave.

use consent::facility::Provider;

use crate::{Malformed, Members};

const TWILIO_ACCOUNT_SID: &str = "twilio_account_sid";
/// It signs Twilio's webhooks as well.
const TWILIO_AUTH_TOKEN: &str = "twilio_auth_token";
const TELNYX_API_KEY: &str = "telnyx_api_key";

/// The accounts that there are. Without its members a provider carries no texts.
pub struct Accounts {
    twilio: Option<TwilioAccount>,
    telnyx: Option<TelnyxAccount>,
}

/// An account at Twilio.
pub struct TwilioAccount {
    sid: String,
    auth_token: String,
}

/// An account at Telnyx.
pub struct TelnyxAccount {
    api_key: String,
}

impl Accounts {
    /// Reads them from the secret.
    ///
    /// # Errors
    /// A member is there and cannot be what it should be.
    pub fn read(current: &Members, _previous: Option<&Members>) -> Result<Self, Malformed> {
        let sid = current.text(TWILIO_ACCOUNT_SID)?;
        if sid.is_some_and(|sid| !is_account_sid(sid)) {
            return Err(Malformed::Member(TWILIO_ACCOUNT_SID));
        }
        let twilio = sid.zip(current.text(TWILIO_AUTH_TOKEN)?);
        let api_key = current.text(TELNYX_API_KEY)?;
        if api_key.is_some_and(|key| !key.bytes().all(|byte| byte.is_ascii_graphic())) {
            return Err(Malformed::Member(TELNYX_API_KEY));
        }
        Ok(Self {
            twilio: twilio.map(|(sid, auth_token)| TwilioAccount {
                sid: sid.to_owned(),
                auth_token: auth_token.to_owned(),
            }),
            telnyx: api_key.map(|api_key| TelnyxAccount {
                api_key: api_key.to_owned(),
            }),
        })
    }

    /// Whether texts can leave through a provider. AWS needs no account but the one that the service runs in.
    pub fn can_send(&self, provider: Provider) -> bool {
        match provider {
            Provider::Aws => true,
            Provider::Twilio => self.twilio.is_some(),
            Provider::Telnyx => self.telnyx.is_some(),
        }
    }

    /// The account at Twilio, where there is one.
    pub fn twilio(&self) -> Option<&TwilioAccount> {
        self.twilio.as_ref()
    }

    /// The account at Telnyx, where there is one.
    pub fn telnyx(&self) -> Option<&TelnyxAccount> {
        self.telnyx.as_ref()
    }
}

impl TwilioAccount {
    /// Its id, which is part of addresses and no secret.
    pub fn sid(&self) -> &str {
        &self.sid
    }

    /// What it is proved by.
    pub fn expose_auth_token(&self) -> &str {
        &self.auth_token
    }
}

impl TelnyxAccount {
    /// What it is proved by.
    pub fn expose_api_key(&self) -> &str {
        &self.api_key
    }
}

/// Whether a text is the id of an account at Twilio: `AC` and 32 hexadecimal digits
/// (<https://www.twilio.com/docs/glossary/what-is-a-sid>).
fn is_account_sid(text: &str) -> bool {
    let digits = text.strip_prefix("AC");
    digits.is_some_and(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
