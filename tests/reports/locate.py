"""Write into a gold ledger where its spans lie: `python tests/reports/locate.py NN-slug.claims.json ...`.

A span is found by its words, so whoever annotates writes words and never offsets. One that the text does not
have, or has more than once, ends the run with its name: lengthen it until it is unique. So does a hedge's
cue that the text does not have.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def locate(text: str, claims: list[dict[str, object]]) -> list[dict[str, object]]:
    """The claims with `start` and `end` in code points. Raises ValueError naming the claim."""
    located = []
    for claim in claims:
        span, cue = str(claim["span"]), claim["cue"]
        if text.count(span) != 1:
            raise ValueError(f"{claim['id']}: the text has {span!r} {text.count(span)} times")
        if cue is not None and str(cue) not in text:
            raise ValueError(f"{claim['id']}: the text has no {cue!r}")
        start = text.index(span)
        order = ("id", "inc", "span", "start", "end", "kind", "attr", "holder", "hedge", "cue")
        whole = {**claim, "start": start, "end": start + len(span)}
        located.append({name: whole[name] for name in order})
    return located


def main(paths: list[str]) -> None:
    """Rewrite each ledger."""
    for path in map(Path, paths):
        text = path.with_name(path.name.removesuffix(".claims.json") + ".txt").read_text(encoding="utf-8")
        try:
            claims = locate(text, json.loads(path.read_text(encoding="utf-8")))
        except ValueError as error:
            sys.exit(f"{path}: {error}")
        path.write_text(json.dumps(claims, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
