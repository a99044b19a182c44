"""The obligations of a file, written out for each period, and where the file says each of them."""

from datetime import date
from itertools import islice

from services.contracts.campaign.obligation_plan import ObligationPlan
from services.contracts.campaign.parts import FilePart
from services.contracts.campaign.periodic import MOST_OBLIGATIONS, WrittenObligation, instances


def written_out(
    written: FilePart[tuple[WrittenObligation, ...]] | None, days: tuple[date, date] | None
) -> FilePart[tuple[ObligationPlan, ...]] | None:
    """What units owe; None where nothing could be read. `days`: the campaign's first and last
    one; None: only what is owed once.

    A check that finds something wrong in one of them names it at its line, once for all periods
    where it says the same of them.
    """
    if written is None:
        return None
    once = tuple(each for each in written.value if isinstance(each, ObligationPlan))
    if len(once) == len(written.value):
        return FilePart(once, written.document)
    if days is None:
        found = [
            (at, each) for at, each in enumerate(written.value) if isinstance(each, ObligationPlan)
        ]
    else:
        found = list(islice(instances(written.value, *days), MOST_OBLIGATIONS))
    return FilePart(
        tuple(each for _, each in found), written.document.repeated([at for at, _ in found])
    )
