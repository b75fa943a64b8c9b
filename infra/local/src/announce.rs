//! What is said when everything answers: where it is, and what to try.

use std::env;
use std::path::Path;
use std::time::Duration;

use crate::UpArguments;
use crate::seed::FACILITY;
use crate::stack::Stack;

/// Prints it.
#[expect(
    clippy::print_stdout,
    reason = "this is what the person at the terminal waits for"
)]
pub(crate) fn print(
    stack: &Stack,
    file: &Path,
    arguments: &UpArguments,
    cargo_lambda: &Path,
    took: Duration,
) {
    print!("{}", text(stack, file, arguments, cargo_lambda, took));
}

/// The tokens are long: it says how to take them from the file.
fn text(stack: &Stack, file: &Path, arguments: &UpArguments, cargo_lambda: &Path, took: Duration) -> String {
    let Stack {
        api,
        dynamodb,
        table,
        screens,
        outbox,
        events,
        ..
    } = stack;
    let file = shortest(file);
    let cargo_lambda = shortest(cargo_lambda);
    let port = api.rsplit(':').next().unwrap_or_default();
    let beside = outbox.trim_end_matches("/outbox");
    let demo = format!("$API/v1/facilities/{FACILITY}");
    let staff = "-H \"Authorization: Bearer $STAFF\"";
    let first = if arguments.empty {
        format!(
            "curl -s {staff} -X PUT {demo} \\\n    -H 'Content-Type: application/json' -d '{{\"name\": \"Demo\", \
             \"two_way_texting\": {{\"enabled\": false, \"number\": null}}}}'"
        )
    } else {
        format!(
            "curl -s {staff} \"{demo}/consent-report?search=mor\"\n  \
             curl -s -H \"Authorization: Bearer $PORTAL\" $API/v1/portal/consent"
        )
    };
    format!(
        "\
Ready after {seconds:.1} s. Ctrl-C ends it.

  screens      {screens}
  API          {api}
  DynamoDB     {dynamodb} (table {table})
  texts sent   {outbox}
  events       {events}
  all of this  {file}, tokens of staff, portal and service among it

Try, in another shell:
  token() {{ sed -n 's/.*\"'$1'\": \"\\(ey.*\\)\".*/\\1/p' {file}; }}
  API={api} STAFF=$(token staff) PORTAL=$(token portal)
  {first}
  curl -s {outbox}
Give a function a recorded event:
  {cargo_lambda} lambda invoke FUNCTION \\
    --invoke-address 127.0.0.1 --invoke-port {port} --data-file events/...
Let a provider (sns, twilio or telnyx) refuse a number, fail three times, or be slow:
  curl -X PUT {beside}/sns/opted-out/+15125550142
  curl -X PUT {beside}/twilio/failures/3
  curl -X PUT {beside}/telnyx/delay/1500

",
        seconds = took.as_secs_f32(),
    )
}

/// The path as one would type it here.
fn shortest(path: &Path) -> String {
    let here = env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}
