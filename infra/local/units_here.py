"""Which units may be acted for on this machine: those of the campaigns that its stack announced."""

import httpx
from dotenv import dotenv_values

from infra.local.issuer import Issuer
from infra.local.stack import HANOI_2020, LOCAL
from services.contracts.campaign.loader import UNITS, load_campaign
from services.contracts.campaign.units_file import read_units


def units_here() -> list[str]:
    """Codes of the units of every campaign of the stack that runs here; where none does, those of
    2020."""
    settings = dotenv_values(LOCAL / "stack" / "settings.env")
    if url := settings.get("THIDUA_SUBMISSIONS_URL"):
        try:
            return _announced(url)
        except httpx.HTTPError:
            pass  # it has just ended, or begins
    return [unit.code for unit in load_campaign(HANOI_2020).units]


def _announced(url: str) -> list[str]:
    """Raises httpx.HTTPError."""
    bearer = {"Authorization": f"Bearer {Issuer(LOCAL / 'issuer').mint('board')}"}
    codes: dict[str, None] = {}
    with httpx.Client(base_url=url, headers=bearer, trust_env=False, timeout=30) as client:
        listed = client.get("/v1/campaigns").raise_for_status().json()["campaigns"]
        for one in listed:
            path = f"/v1/campaigns/{one['campaign']}/versions/{one['version']}"
            files = client.get(path).raise_for_status().json()["files"]
            if files is not None:
                rows, _ = read_units(UNITS, files[UNITS].encode())
                codes.update(dict.fromkeys(row.unit.code for row in rows.rows))
    return list(codes)
