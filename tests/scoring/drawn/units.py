"""The units of drawn rule sets: three clusters of two levels, and one that nobody scores."""

from collections.abc import Mapping

from services.contracts.campaign import Unit

HALF_YEAR = "2020-07-01"
"""The day from which a drawn rule set can have other tables."""


def _unit(code: str, cluster: str, level: str) -> Unit:
    return Unit(code=code, name=f"Đơn vị {code}", kind="quan", level=level, cluster=cluster)


CLUSTERS: Mapping[str, tuple[Unit, ...]] = {
    "north": tuple(_unit(code, "north", "upper") for code in ("N1", "N2", "N3")),
    "south": tuple(_unit(code, "south", "upper") for code in ("S1", "S2")),
    "communes": (
        *(_unit(code, "communes", "commune") for code in ("C1", "C2")),
        _unit("X1", "communes", "guest"),
    ),
}
UNITS = {unit.code: unit for units in CLUSTERS.values() for unit in units}
CODES = tuple(UNITS)
CLUSTER_OF = {code: str(unit.cluster) for code, unit in UNITS.items()}
