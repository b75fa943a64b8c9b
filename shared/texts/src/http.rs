//! The HTTP client for providers without an SDK, and what their answers have in common.

use std::error::Error;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use consent_store::{HttpsClient, Patience, Unpublished};
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use tokio::time::{Instant, timeout_at};

use crate::ANSWER_WITHIN;

/// A text written to a connection that the provider has closed may have left, as far as is known.
const PATIENCE: Patience = Patience {
    connect: ANSWER_WITHIN,
    idle: Duration::from_secs(15),
};
/// The most of an answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// A way to the providers that somebody else owns: a simulation. It answers with a status and a body.
pub type Exchange = Arc<dyn Fn(Request<String>) -> Exchanged + Send + Sync>;
/// What comes of a request on such a way.
pub type Exchanged = Pin<Box<dyn Future<Output = Result<(StatusCode, Vec<u8>), Unpublished>> + Send>>;

/// The way to the providers.
pub(crate) enum Http {
    /// A client with its connections. It loads the certificates of this machine at its first use.
    Network(Box<OnceLock<HttpsClient>>),
    /// Somebody else's.
    Given(Exchange),
}

impl Default for Http {
    fn default() -> Self {
        Self::Network(Box::default())
    }
}

/// An answer of a provider.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// Empty where it did not come in time.
    pub(crate) body: Vec<u8>,
}

impl Http {
    fn client(known: &OnceLock<HttpsClient>) -> Result<&HttpsClient, Unpublished> {
        if let Some(client) = known.get() {
            return Ok(client);
        }
        let client = HttpsClient::trusting_this_system(PATIENCE);
        let client = client.map_err(|error| Unpublished::NotNow(causes(&*error)))?;
        Ok(known.get_or_init(|| client))
    }

    /// Makes a request, once.
    ///
    /// # Errors
    /// No connection came about, so nothing has left; or no answer came by the deadline, and something may have.
    pub(crate) async fn send(
        &self,
        request: Request<String>,
        deadline: Instant,
    ) -> Result<Answer, Unpublished> {
        let known = match self {
            Self::Network(known) => known,
            Self::Given(exchange) => {
                let answered = timeout_at(deadline, exchange(request)).await;
                let (status, body) =
                    answered.map_err(|_| Unpublished::Unknown("its answer took too long".to_owned()))??;
                return Ok(Answer { status, body });
            }
        };
        let client = Self::client(known)?;
        let response = match timeout_at(deadline, client.request(request)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_connect() => return Err(Unpublished::NotNow(causes(&error))),
            Ok(Err(error)) => return Err(Unpublished::Unknown(causes(&error))),
            Err(_) => return Err(Unpublished::Unknown("its answer took too long".to_owned())),
        };
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES).collect();
        // The status alone says what became of the text.
        let body = match timeout_at(deadline, body).await {
            Ok(Ok(body)) => body.to_bytes().to_vec(),
            Ok(Err(_)) | Err(_) => Vec::new(),
        };
        Ok(Answer { status, body })
    }
}

/// What proves an account, as the value of a header. Nothing writes it anywhere else.
pub(crate) fn proof(text: &str) -> Result<HeaderValue, Unpublished> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| Unpublished::NotNow("what proves the account is no header".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What a provider's answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The provider has the text.
    Taken,
    /// The provider's own opt-out list has the number.
    Blocked,
    /// It does not know the account by what proved it.
    Unauthorized,
    /// It was asked too often: nothing has left, and another time it may.
    NotNow,
    /// It does not take this text: nothing has left, and nothing will.
    Refused,
    /// The text may have left.
    Unknown,
}

/// A provider's answer, and what it means.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said {
    pub(crate) meaning: Meaning,
    status: StatusCode,
    code: Option<u32>,
}

impl Said {
    /// An answer with this status, and the provider's own code of an error where there is one. `blocked` is its code for
    /// a number that has opted out.
    ///
    /// By RFC 9110, 4xx says that the request was not carried out. The exception is 408: what came late may have been
    /// read.
    pub(crate) fn of(status: StatusCode, code: Option<u32>, blocked: u32) -> Self {
        let meaning = match status.as_u16() {
            200..=299 => Meaning::Taken,
            400..=499 if code == Some(blocked) => Meaning::Blocked,
            401 => Meaning::Unauthorized,
            408 => Meaning::Unknown,
            429 => Meaning::NotNow,
            400..=499 => Meaning::Refused,
            _ => Meaning::Unknown,
        };
        Self {
            meaning,
            status,
            code,
        }
    }

    /// What became of the text. Of the answer it says nothing but its numbers: the rest may quote the text.
    pub(crate) fn outcome(self) -> Result<(), Unpublished> {
        let status = self.status.as_u16();
        let said = match self.code {
            Some(code) => format!("{status}, error {code}"),
            None => status.to_string(),
        };
        match self.meaning {
            Meaning::Taken => Ok(()),
            Meaning::Blocked => Err(Unpublished::OptedOut),
            Meaning::Unauthorized | Meaning::NotNow => Err(Unpublished::NotNow(said)),
            Meaning::Refused => Err(Unpublished::Refused(said)),
            Meaning::Unknown => Err(Unpublished::Unknown(said)),
        }
    }
}

/// An error with all its causes.
fn causes(error: &(dyn Error + 'static)) -> String {
    let causes: Vec<String> = std::iter::successors(Some(error), |&error| error.source())
        .map(ToString::to_string)
        .collect();
    causes.join(": ")
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn a_status_says_whether_the_text_may_have_left() {
        let check = |status: u16, code: Option<u32>, expected: Meaning| {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(Said::of(status, code, 7).meaning, expected, "{status} {code:?}");
        };
        check(200, None, Meaning::Taken);
        check(201, Some(7), Meaning::Taken);
        check(400, Some(7), Meaning::Blocked);
        check(403, Some(7), Meaning::Blocked);
        check(400, Some(8), Meaning::Refused);
        check(400, None, Meaning::Refused);
        check(401, Some(8), Meaning::Unauthorized);
        check(403, None, Meaning::Refused);
        check(404, None, Meaning::Refused);
        check(408, None, Meaning::Unknown);
        check(429, None, Meaning::NotNow);
        check(302, None, Meaning::Unknown);
        check(500, Some(7), Meaning::Unknown);
        check(503, None, Meaning::Unknown);
    }

    /// What becomes of a request to a server that answers each connection with the next of `answers`.
    async fn ask(answers: &'static [&'static str]) -> Vec<String> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            for answer in answers {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut request = [0; 1024];
                let _ = connection.read(&mut request).await.unwrap();
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let http = Http::default();
        let mut said = Vec::new();
        // Once more than it answers: then nobody listens any more.
        for _ in 0..=answers.len() {
            let request = Request::post(&url).body("hello".to_owned()).unwrap();
            let deadline = Instant::now() + Duration::from_secs(2);
            said.push(match http.send(request, deadline).await {
                Ok(answer) => format!("{} {}", answer.status.as_u16(), answer.body.len()),
                Err(Unpublished::NotNow(_)) => "has not left".to_owned(),
                Err(_) => "may have left".to_owned(),
            });
        }
        server.await.unwrap();
        said
    }

    #[tokio::test]
    async fn a_request_may_have_left_once_there_was_a_connection() {
        let said = ask(&[
            "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
            // It is closed in the middle of the body: the status says it all.
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{",
            "",
            "not HTTP\r\n\r\n",
        ])
        .await;
        assert_eq!(
            said,
            ["201 2", "400 0", "may have left", "may have left", "has not left"]
        );
    }
}
