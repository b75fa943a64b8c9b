//! Texts to tenants, through each facility's provider.
//!
//! A provider is a module that hands one text over and says what the answer means. What is to leave is decided
//! elsewhere: a text needs a [`Permit`], an answer a [`Reply`].

mod aws;
mod confirm;
mod http;
mod inbound;
mod telnyx;
mod twilio;

use std::time::Duration;

use aws_types::SdkConfig;
use consent::facility::Provider;
use consent::gate::ProviderBlock;
use consent::id::{FacilityId, PhoneNumber, TenantId};
use consent::spans::{PROVIDER_ANSWERS_WITHIN, SNS_OPT_IN_EVERY};
use consent_http::environment::{self, EnvironmentError, TELNYX_API_URL, TWILIO_API_URL};
use consent_metrics::{Metric, Metrics};
use consent_secrets::{Accounts, Secret};
use consent_store::{
    FacilityTenant, Message, Outcome, Permit, Received, Reply, Store, StoreError, Unpublished,
};
use jiff::Timestamp;
use tokio::time::{Instant, timeout_at};

use crate::aws::Aws;
use crate::http::{Http, Meaning, Said};

pub use crate::http::{Exchange, Exchanged};
pub use crate::inbound::{AnswerBy, Delivered};

/// A provider has answered within this time, or is given up: a permit counts on it.
const ANSWER_WITHIN: Duration = PROVIDER_ANSWERS_WITHIN.unsigned_abs();

/// Sends texts.
pub struct Sender {
    aws: Aws,
    http: Http,
    urls: Urls,
    accounts: Secret<Accounts>,
    metrics: Metrics,
}

/// Where the providers without an SDK are.
#[derive(Debug, Clone)]
pub struct Urls {
    /// Twilio's interface, up to `/2010-04-01`.
    pub twilio: String,
    /// Telnyx's interface, up to `/v2`.
    pub telnyx: String,
}

/// A text on its way out.
struct Text<'a> {
    from: &'a PhoneNumber,
    to: &'a PhoneNumber,
    body: &'a str,
}

/// A provider at which the service has an account of its own.
#[derive(Debug, Clone, Copy)]
enum Account {
    Twilio,
    Telnyx,
}

/// Why a text that was let out did not leave, as far as is known.
#[derive(Debug)]
pub enum NotSent {
    /// The provider's own opt-out list has the number, and the tenant's item says so now.
    Blocked(Box<FacilityTenant>),
    /// The provider did not take it, or may have.
    Unpublished(Unpublished),
    /// The provider's own opt-out list has the number, and that could not be written down.
    Store(StoreError),
}

/// What a tenant did for which a provider should let their number back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetBack {
    /// They replied START.
    ByStart,
    /// They checked the box on the portal.
    ByPortal,
}

impl Sender {
    /// With region, credentials, endpoints and the secret from the environment, as Lambda sets them.
    ///
    /// # Errors
    /// The environment names no secret.
    pub fn from_environment(metrics: Metrics) -> Result<Self, EnvironmentError> {
        let url = |name, usual: &str| environment::optional(name).unwrap_or_else(|| usual.to_owned());
        Ok(Self {
            aws: Aws::from_environment(),
            http: Http::default(),
            urls: Urls {
                twilio: url(TWILIO_API_URL, twilio::URL),
                telnyx: url(TELNYX_API_URL, telnyx::URL),
            },
            accounts: Secret::from_environment(Accounts::read)?,
            metrics,
        })
    }

    /// With a client of SNS, the other providers at these addresses, and their accounts.
    pub fn new(sns: aws_sdk_sns::Client, urls: Urls, accounts: Secret<Accounts>, metrics: Metrics) -> Self {
        Self {
            aws: Aws::new(sns),
            http: Http::default(),
            urls,
            accounts,
            metrics,
        }
    }

    /// With the way to AWS that this configuration says, and this way to the other providers: with the same patience.
    pub fn over(
        aws: SdkConfig,
        others: Exchange,
        urls: Urls,
        accounts: Secret<Accounts>,
        metrics: Metrics,
    ) -> Self {
        Self {
            aws: Aws::from_configuration(aws),
            http: Http::Given(others),
            urls,
            accounts,
            metrics,
        }
    }

    /// Answers a text that was received, and then has the provider let the number back where that is called for. The
    /// answer comes first, because a STOP waits for it.
    async fn answer(&self, store: &Store, received: Received, now: Timestamp) {
        let Received::Accepted(accepted) = received else {
            return;
        };
        if let Some(reply) = accepted.reply.as_ref().filter(|reply| reply.holds(now)) {
            self.reply(reply, now).await;
        }
        store.release_answer(accepted.claim).await;
        let asked = LetBack::ByStart;
        let (facility, provider) = (&accepted.facility_id, accepted.provider);
        self.let_back(
            store,
            (facility, provider),
            &accepted.started,
            &accepted.from,
            asked,
            now,
        )
        .await;
    }

    /// The text has taken effect: an answer that does not leave is logged and counted, and no more. One to a number on
    /// the provider's own list is no failure: that is so for each STOP where the provider manages opt-outs.
    async fn reply(&self, reply: &Reply, now: Timestamp) {
        let text = Text {
            from: reply.from(),
            to: reply.to(),
            body: reply.body(),
        };
        match self.hand_over(reply.provider(), &text, now).await {
            Ok(()) => {}
            Err(error @ Unpublished::OptedOut) => tracing::info!(%error, "a reply was not sent"),
            Err(error) => {
                tracing::error!(%error, "a reply was not sent");
                self.metrics.count_one(Metric::ReplyFailures, now);
            }
        }
    }

    /// Hands a text that was let out to the facility's provider, and writes down what became of it. An old permit holds
    /// no longer: then no provider is asked. `known` is what was known of the provider's own list before.
    ///
    /// # Errors
    /// It has not left, or may have.
    pub async fn send(
        &self,
        store: &Store,
        permit: Permit,
        known: Option<&ProviderBlock>,
        clock: impl Fn() -> Timestamp,
    ) -> Result<Message, NotSent> {
        let outcome = self.publish(&permit, clock()).await;
        let message = permit.message().clone();
        let (mut found, number) = (permit.found().clone(), permit.to().clone());
        let recorded = store.record_outcome(permit, &outcome).await;
        if let Err(error) = recorded {
            // What became of it is known: an error now would have the caller send it again.
            tracing::error!(%error, "how a message fared was not written");
        }
        let unpublished = match outcome {
            Outcome::Sent => return Ok(message),
            Outcome::NotSent(unpublished) => unpublished,
        };
        match unpublished {
            Unpublished::OptedOut => {
                let block = ProviderBlock {
                    since: clock(),
                    number,
                    retry_after: None,
                };
                let block = ProviderBlock {
                    retry_after: None,
                    ..block.with_known(known)
                };
                let (facility, tenant) = (&found.tenant.facility_id, &found.tenant.tenant_id);
                if let Err(error) = store.keep_provider_block(facility, tenant, Some(&block)).await {
                    return Err(NotSent::Store(error));
                }
                found.tenant.provider_block = Some(block);
                Err(NotSent::Blocked(Box::new(found)))
            }
            // Nobody was asked.
            Unpublished::TooLate => Err(NotSent::Unpublished(unpublished)),
            Unpublished::Refused(_) | Unpublished::NotNow(_) | Unpublished::Unknown(_) => {
                self.metrics.count_one(Metric::SendFailures, clock());
                Err(NotSent::Unpublished(unpublished))
            }
        }
    }

    async fn publish(&self, permit: &Permit, now: Timestamp) -> Outcome {
        if !permit.holds(now) {
            return Outcome::NotSent(Unpublished::TooLate);
        }
        let text = Text {
            from: permit.from(),
            to: permit.to(),
            body: permit.body(),
        };
        let provider = permit.found().facility.provider;
        match self.hand_over(provider, &text, now).await {
            Ok(()) => Outcome::Sent,
            Err(unpublished) => Outcome::NotSent(unpublished),
        }
    }

    /// Hands a text to a provider, once. It ends within [`ANSWER_WITHIN`], and for SNS within twice that where the number
    /// may be on its list.
    async fn hand_over(
        &self,
        provider: Provider,
        text: &Text<'_>,
        now: Timestamp,
    ) -> Result<(), Unpublished> {
        match provider {
            Provider::Aws => self.aws.send(text).await,
            Provider::Twilio => self.by_account(Account::Twilio, text, now).await,
            Provider::Telnyx => self.by_account(Account::Telnyx, text, now).await,
        }
    }

    /// Hands a text to a provider by the account that is in the secret. Where the secret has no account, or the provider does
    /// not know it, the secret may have been rotated: then once more by the account that is in it now.
    async fn by_account(&self, account: Account, text: &Text<'_>, now: Timestamp) -> Result<(), Unpublished> {
        let deadline = Instant::now() + ANSWER_WITHIN;
        let known = match timeout_at(deadline, self.accounts.known(now)).await {
            Ok(Ok(known)) => known,
            Ok(Err(error)) => return Err(Unpublished::NotNow(error.to_string())),
            Err(_) => {
                return Err(Unpublished::NotNow(
                    "the secret could not be read in time".to_owned(),
                ));
            }
        };
        let mut said = self.ask(account, &known, text, deadline).await?;
        if said.is_none_or(|said| said.meaning == Meaning::Unauthorized)
            && let Ok(Some(rotated)) = timeout_at(deadline, self.accounts.rotated(&known, now)).await
        {
            said = self.ask(account, &rotated, text, deadline).await?;
        }
        match said {
            Some(said) => said.outcome(),
            None => Err(Unpublished::NotNow(
                "the secret has no account at the provider".to_owned(),
            )),
        }
    }

    /// What a provider says to a text. `None`: there is no account.
    async fn ask(
        &self,
        account: Account,
        accounts: &Accounts,
        text: &Text<'_>,
        deadline: Instant,
    ) -> Result<Option<Said>, Unpublished> {
        let (http, urls) = (&self.http, &self.urls);
        let said = match account {
            Account::Twilio => match accounts.twilio() {
                Some(account) => twilio::send(http, &urls.twilio, account, text, deadline).await?,
                None => return Ok(None),
            },
            Account::Telnyx => match accounts.telnyx() {
                Some(account) => telnyx::send(http, &urls.telnyx, account, text, deadline).await?,
                None => return Ok(None),
            },
        };
        Ok(Some(said))
    }

    /// Whether a text to a number that the provider's own list had is worth another try. SNS can be asked. Twilio and
    /// Telnyx say it by taking the text: they let a number back themselves when it sends START
    /// (<https://www.twilio.com/docs/api/errors/21610>,
    /// <https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out>).
    pub async fn may_be_let_back(&self, provider: Provider, number: &PhoneNumber) -> bool {
        match provider {
            Provider::Aws => matches!(self.aws.is_opted_out(number).await, Ok(false)),
            Provider::Twilio | Provider::Telnyx => true,
        }
    }

    /// Has the facility's provider let a number back, now that tenants with it have lifted their text opt-out, and keeps
    /// what it says with them. Who has sent another STOP since is left out. What fails here shows again when a text is
    /// sent.
    ///
    /// SNS is asked. Twilio and Telnyx let a number back for its START and for nothing else, and have done so before they
    /// deliver it.
    pub async fn let_back(
        &self,
        store: &Store,
        (facility, provider): (&FacilityId, Provider),
        tenants: &[TenantId],
        number: &PhoneNumber,
        asked: LetBack,
        now: Timestamp,
    ) {
        let is_asked = provider == Provider::Aws || asked == LetBack::ByStart;
        if tenants.is_empty() || !is_asked {
            return;
        }
        let concerned = match store.provider_blocks(facility, tenants).await {
            Ok(concerned) if concerned.is_empty() => return,
            Ok(concerned) => concerned,
            Err(error) => {
                tracing::error!(%error, "a number was not taken off the provider's list");
                return;
            }
        };
        let block = match provider {
            Provider::Aws => match self.opt_in(number, now).await {
                Ok(block) => block,
                Err(error) => {
                    tracing::error!(%error, "whether a number is on the provider's list is not known");
                    return;
                }
            },
            Provider::Twilio | Provider::Telnyx => None,
        };
        for (tenant, known) in concerned {
            if (known.is_some() || block.is_some())
                && let Err(error) = store.keep_provider_block(facility, &tenant, block.as_ref()).await
            {
                tracing::error!(%error, "what the provider said was not kept");
            }
        }
    }

    /// Asks SNS to take a number off its own list: the block that stands afterwards.
    async fn opt_in(
        &self,
        number: &PhoneNumber,
        now: Timestamp,
    ) -> Result<Option<ProviderBlock>, Unpublished> {
        let Err(error) = self.aws.opt_in(number).await else {
            return Ok(None);
        };
        // Whatever kept SNS from it: a block is only what SNS says is one.
        tracing::error!(%error, "the provider did not take a number off its list");
        if !self.aws.is_opted_out(number).await? {
            return Err(error);
        }
        Ok(Some(ProviderBlock {
            number: number.clone(),
            since: now,
            retry_after: now.checked_add(SNS_OPT_IN_EVERY).ok(),
        }))
    }
}
