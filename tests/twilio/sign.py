"""Signs a webhook request as Twilio does: URL and auth token as arguments, parameters as JSON pairs on
standard input, the signature on standard output."""

import json
import sys

from twilio.request_validator import RequestValidator


class Form(dict):
    """A form as web frameworks hand it to Twilio's validator: a name may have several values."""

    def getlist(self, name):
        return self[name]


url, auth_token = sys.argv[1:]
form = Form()
for name, value in json.load(sys.stdin):
    form.setdefault(name, []).append(value)
print(RequestValidator(auth_token).compute_signature(url, form))
