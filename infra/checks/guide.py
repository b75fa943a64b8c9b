"""Every command of the guide is one that bash can read: guide.py README."""

import re
import subprocess
import sys
from pathlib import Path


def main(path):
    text = Path(path).read_text()
    blocks = list(re.finditer(r"^( *)```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL))
    for block in blocks:
        indent = block[1]
        script = "".join(line.removeprefix(indent) for line in block[2].splitlines(keepends=True))
        read = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True)
        line = text.count("\n", 0, block.start()) + 1
        assert read.returncode == 0, f"{path}, the block in line {line}: {read.stderr}"
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    missing = set(re.findall(r"\]\(#([^)]+)\)", text)) - anchors
    assert not missing, f"{path} leads to sections that are not there: {missing}"
    print(f"{len(blocks)} blocks of commands, {len(anchors)} sections")


main(*sys.argv[1:])
