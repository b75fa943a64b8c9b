"""Tells schemathesis how to send a media type that it does not know."""

import schemathesis
from schemathesis.transport.requests import REQUESTS_TRANSPORT


@REQUESTS_TRANSPORT.serializer("application/x-ndjson")
def newline_delimited(ctx, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode()}
