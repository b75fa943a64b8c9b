"""Writes what CloudFormation makes of infra/template.yaml, offline: translate.py TEMPLATE OUTPUT.

Parameters get the examples below as defaults, so that every condition holds and every resource is there.
"""

import json
import logging
import os
import sys
from pathlib import Path

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ACCOUNT = "123456789012"
EXAMPLES = {
    "TokenIssuer": "https://issuer.example.com",
    "TokenAudience": "consent",
    "SecretsArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:consent-AbCdEf",
    "PreviousSecretsArn": f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:before-AbCdEf",
    "TwoWaySmsTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:two-way",
    "PublicUrl": "https://texts.example.com",
    "AllowedOrigins": "https://example.com",
    "AlarmTopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms",
}


class NoManagedPolicies:
    """The template names no managed policies: none have to be looked up at AWS."""

    def load(self):
        return {}


def main(template_path, output_path):
    logging.disable(logging.WARNING)
    template = yaml_parse(Path(template_path).read_text())
    if unknown := set(EXAMPLES) - set(template["Parameters"]):
        sys.exit(f"{sys.argv[0]}: examples of no parameter: {', '.join(sorted(unknown))}")
    for name, parameter in template["Parameters"].items():
        if name in EXAMPLES:
            parameter["Default"] = EXAMPLES[name]
        if "Default" not in parameter:
            sys.exit(f"{sys.argv[0]}: the parameter {name} needs an example")
    # Where `sam deploy` would upload the code.
    template["Globals"]["Function"]["CodeUri"] = "s3://code/functions.zip"
    translated = transform(template, {}, NoManagedPolicies())
    Path(output_path).write_text(json.dumps(translated, indent=1))
    functions = sum(it["Type"] == "AWS::Lambda::Function" for it in translated["Resources"].values())
    print(f"{len(translated['Resources'])} resources, {functions} of them functions")


main(*sys.argv[1:])
