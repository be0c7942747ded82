"""``make bench``: how fast webhooks are acknowledged and delivered here, beside the most that is possible here.

    python -m tests.bench [--quick] [--only SECTION,…] [--json FILE] [--save-baseline]

Everything runs on this machine and ends by itself: in about half an hour, with --quick in two minutes.
"""

import json
import sys
from pathlib import Path

from tests.bench import baseline, measuring, report


def main() -> int:
    """Measure and print it. Returns 1 if a section failed; a bar that is missed is no failure."""
    parser = measuring.arguments("python -m tests.bench", (__doc__ or "").splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there, too")
    parser.add_argument("--save-baseline", action="store_true", help="compare with this from now on")
    options = parser.parse_args()
    with measuring.interruptible():
        document = measuring.measure(measuring.size(options), options.only)
    sys.stdout.write(report.text(document) + "\n")
    if options.json:
        options.json.write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    if options.save_baseline:
        baseline.save(document)
    return any(section["failed"] for section in document["sections"].values())


if __name__ == "__main__":
    sys.exit(main())
