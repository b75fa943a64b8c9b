"""Prints what checkov found and fails on what the template does not except: scan.py CHECKOV TRANSLATED.

The exceptions, each with its reason, are in the template's own `Metadata`. One that is needed no longer fails as well.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path


def main(checkov, translated):
    excepted = {it["id"]: it["comment"] for it in json.loads(Path(translated).read_text())["Metadata"]["checkov"]["skip"]}
    scan = subprocess.run(
        [checkov, "--framework", "cloudformation", "--file", translated, "--output", "json", "--skip-download",
         "--soft-fail"],
        stdout=subprocess.PIPE, timeout=120, check=True,
        # Without a name in it nothing is asked of checkov's own service.
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "LOG_LEVEL": "ERROR"},
    )
    report = json.loads(scan.stdout)
    summary = report["summary"]
    # A scan that read nothing finds nothing.
    assert summary["passed"] > 50 and not summary["parsing_errors"], summary
    found = defaultdict(list)
    for finding in report["results"]["failed_checks"]:
        found[finding["check_id"], finding["check_name"]].append(finding["resource"])
    print(f"{summary['passed']} passed")
    failed = False
    for (check, name), resources in sorted(found.items()):
        reason = excepted.pop(check, None)
        failed |= reason is None
        if reason:
            print(f"excepted: {check} ({len(resources)}) {name}\n          {reason}")
        else:
            print(f"FOUND:    {check} {name}: {', '.join(resources)}")
    for check in excepted:
        failed = True
        print(f"NEEDLESS: {check} is excepted and not found")
    sys.exit(failed)


main(*sys.argv[1:])
