"""Prints the built functions' sizes, and starts those that can answer without a database: answer.py BUILT EVENTS.

BUILT is the directory of `sam build`. A function is given a recorded event of EVENTS in which a caller has no token:
it has to answer 401, from nothing but its own environment. How long it takes to its first question for work is what
Lambda counts as its start.
"""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

STARTS = 5
LIMIT_SECONDS = 20


class Runtime(ThreadingHTTPServer):
    """Lambda's side of the runtime API, for one process and one event."""

    daemon_threads = True

    def __init__(self, event):
        super().__init__(("127.0.0.1", 0), Handler)
        self.event = event
        self.asked = None
        self.answer = None
        self.answered = threading.Event()

    def handle_error(self, *_):
        """A process that is ended leaves its connections: nothing to tell."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.server.asked is not None:
            # There is no second event: the process waits until it is ended.
            time.sleep(LIMIT_SECONDS)
            return
        self.server.asked = time.perf_counter()
        self.send_response(200)
        self.send_header("lambda-runtime-aws-request-id", "recorded")
        self.send_header("lambda-runtime-deadline-ms", str(int((time.time() + LIMIT_SECONDS) * 1000)))
        self.send_header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:123456789012:function:it")
        self.send_header("content-length", str(len(self.server.event)))
        self.end_headers()
        self.wfile.write(self.server.event)

    def do_POST(self):
        self.server.answer = self.path.rsplit("/", 1)[1], self.rfile.read(int(self.headers["content-length"]))
        self.send_response(202)
        self.send_header("content-length", "0")
        self.end_headers()
        self.server.answered.set()

    def log_message(self, *_):
        pass


def start(binary, name, variables, event):
    """Milliseconds to the first question for work, and what was answered."""
    runtime = Runtime(event)
    threading.Thread(target=runtime.serve_forever, daemon=True).start()
    environment = dict.fromkeys(variables, "none") | {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{runtime.server_port}",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        # Nobody listens: an answer that needs AWS is none.
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }
    began = time.perf_counter()
    process = subprocess.Popen([binary], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        if not runtime.answered.wait(LIMIT_SECONDS):
            process.kill()
            sys.exit(f"{name} does not answer:\n{process.stdout.read().decode()}")
    finally:
        process.kill()
        process.wait()
        runtime.shutdown()
        runtime.server_close()
    return (runtime.asked - began) * 1000, runtime.answer


def main(built, events):
    template = yaml_parse((Path(built) / "template.yaml").read_text())
    functions = {it["Metadata"]["BuildProperties"]["Binary"]: (Path(built) / name / "bootstrap", it["Properties"])
                 for name, it in template["Resources"].items() if it["Type"] == "AWS::Serverless::Function"}
    started = 0
    for name, (binary, properties) in sorted(functions.items()):
        assert os.access(binary, os.X_OK), f"no artefact of {name}"
        line = f"{name:<13} {binary.stat().st_size / 1e6:5.1f} MB"
        for event in sorted((Path(events) / name).glob("*-unauthenticated.json")):
            variables = properties["Environment"]["Variables"]
            starts = [start(binary, name, variables, event.read_bytes()) for _ in range(STARTS)]
            for _, (outcome, answer) in starts:
                answer = json.loads(answer)
                assert outcome == "response" and answer["statusCode"] == 401, answer
                assert json.loads(answer["body"])["code"] == "unauthenticated", answer
            times = sorted(time for time, _ in starts)
            line += f"  starts in {times[STARTS // 2]:.1f} ms (best {times[0]:.1f}) and answers {event.name} with 401"
            started += 1
        print(line)
    assert started, "no function was started"


main(*sys.argv[1:])
