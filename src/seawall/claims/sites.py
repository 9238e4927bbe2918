"""Sites that no gazetteer of towns has: heritage, prisons, camps, airbases, crossings; and regions.

The list is the package's own, one row a site, each with the source that it rests on. A point is given only
where the source has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from seawall.claims import entries, packaged, terms
from seawall.model.report import Feature

#: what makes a capitalised name before it the name of a site
FACILITIES: Final = terms.listed(
    """palace checkpoint camp prison jail airbase airport airfield mosque church cathedral monastery temple
    shrine tomb mausoleum bridge crossing hospital clinic school university college academy base
    barracks garrison outpost dam refinery museum castle citadel fortress fort amphitheatre
    amphitheater theatre theater stadium square market souk roundabout station hotel mall embassy
    consulate synagogue orphanage factory ruins"""
)
#: those that stand before the name as well: "Camp Oskar"
LEADING: Final = terms.listed("camp checkpoint fort castle hotel")
#: what may stand between the name and that word
MODIFIERS: Final = terms.listed(
    """army military border refugee air detention training police central main national international oil
    gas power railway bus girls boys primary secondary high displacement"""
)


@cache
def named() -> terms.Names[entries.Entry]:
    """The listed sites and regions by all of their names."""
    rows = packaged.rows("sites.csv")
    own = [(row["name"], _entry(row)) for row in rows]
    return terms.Names(own + [(name, _entry(row)) for name, row in terms.table(rows, "aliases")])


def _entry(row: Mapping[str, str]) -> entries.Entry:
    point = (float(row["latitude"]), float(row["longitude"])) if row["latitude"] else None
    feature = Feature.REGION if row["kind"] == "region" else Feature.SITE
    return entries.Entry(
        "sites",
        row["id"],
        row["name"],
        row["country"] or None,
        None,
        feature,
        point,
        0,
        row["kind"],
        row["source"],
        row["within"] or None,
    )
