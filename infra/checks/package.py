"""Holds infra/package: what it makes is deployed by `sam deploy` without anything being built. package.py TEMPLATE.

The functions here are a few bytes each, and where they are uploaded to is an emulator (moto), in this process.
"""

import io
import os
import subprocess
import sys
import tempfile
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

# Nothing of the caller's: a mistake here must not reach an AWS account.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}

import boto3
from moto import mock_aws
from samcli.cli.main import cli
from samtranslator.yaml_helper import yaml_parse


def functions(template):
    resources = yaml_parse(template.read_text())["Resources"]
    return {name: it for name, it in resources.items() if it["Type"] == "AWS::Serverless::Function"}


def upload(folder, into):
    """Where `sam deploy` puts each function's code."""
    arguments = ["--template-file", str(folder / "template.yaml"), "--s3-bucket", "code", "--output-template-file", str(into)]
    # SAM asks for streams that can be reconfigured.
    quiet = io.TextIOWrapper(io.BytesIO())
    with redirect_stdout(quiet), redirect_stderr(quiet):
        cli(["package", *arguments], standalone_mode=False)
    return {name: it["Properties"]["CodeUri"] for name, it in functions(into).items()}


def main(source):
    wanted = {name: it["Metadata"]["BuildProperties"]["Binary"] for name, it in functions(Path(source)).items()}
    with tempfile.TemporaryDirectory() as scratch, mock_aws():
        scratch = Path(scratch)
        for name, binary in wanted.items():
            (scratch / "built" / name).mkdir(parents=True)
            (scratch / "built" / name / "bootstrap").write_text(f"#!/bin/sh\necho {binary}\n")
        for folder in ("one", "two"):
            subprocess.run([sys.executable, "infra/package", scratch / folder, "--built", scratch / "built"], check=True,
                           stdout=subprocess.DEVNULL)
        subprocess.run(["sha256sum", "--quiet", "--check", "SHA256SUMS"], cwd=scratch / "one", check=True)
        storage = boto3.client("s3")
        storage.create_bucket(Bucket="code")
        code = upload(scratch / "one", scratch / "packaged.yaml")
        assert code.keys() == wanted.keys(), code
        for name, address in code.items():
            key = address.removeprefix("s3://code/")
            archive = zipfile.ZipFile(io.BytesIO(storage.get_object(Bucket="code", Key=key)["Body"].read()))
            entry, = archive.infolist()
            assert entry.filename == "bootstrap" and entry.external_attr >> 16 & 0o111, f"{name}: Lambda cannot run it"
            assert archive.read(entry) == f"#!/bin/sh\necho {wanted[name]}\n".encode(), f"{name} has another's code"
        assert upload(scratch / "two", scratch / "packaged.yaml") == code, "the same code is another file"
    print(f"infra/package: {len(code)} functions, each with its own code, the same again for the same code")


main(*sys.argv[1:])
