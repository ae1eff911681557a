"""A dataset: named tables, where they are reported, and the account of their rows. Data only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import say
from cxlib.tables.audit import Audit
from cxlib.tables.engine import collect

if TYPE_CHECKING:
    import ibis

DEFAULT_ZONE = "America/Sao_Paulo"
PRIVACY_FLOOR = 10


@dataclass(frozen=True, kw_only=True, repr=False)
class Dataset:
    """Tables by name and what must be known to report on them.

    `zone` is where days begin, `privacy_floor` the smallest cell that may be shown, `audit` what
    happened to the rows on the way in. `shop.survey_responses` is an Ibis table, instants in UTC;
    `shop.frame("survey_responses")` is a pandas frame, instants in the dataset's zone.
    """

    tables: Mapping[str, "ibis.Table"]
    zone: str = DEFAULT_ZONE
    currency: str | None = None
    privacy_floor: int = PRIVACY_FLOOR
    synthetic: bool = False
    title: str = ""
    world: Mapping[str, object] = field(default_factory=dict)  # what a synthetic company was made from
    audit: Audit = field(default_factory=Audit)

    def __getattr__(self, name: str) -> "ibis.Table":
        """Return a table by its name."""
        tables = self.__dict__.get("tables", {})
        if name in tables:
            return tables[name]
        raise AttributeError(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self.tables)

    def __contains__(self, name: object) -> bool:
        """Say whether a table is there."""
        return name in self.tables

    def __repr__(self) -> str:
        return say(
            "Dataset {title}: {tables}. Reported in {zone}.",
            title=f"“{self.title}”" if self.title else "",
            tables=", ".join(self.tables),
            zone=self.zone,
        ).replace("  ", " ")

    def table(self, name: str) -> "ibis.Table":
        """Return a table; a missing one raises `InputError` with the tables there are."""
        if name not in self.tables:
            raise InputError(
                say(
                    "This dataset has no table {table}; it has: {tables}.",
                    table=name,
                    tables=", ".join(self.tables) or "-",
                )
            )
        return self.tables[name]

    def frame(self, name: str) -> pd.DataFrame:
        """Return a table as a pandas frame, its instants in the dataset's zone."""
        frame = collect(self.table(name)).to_pandas()
        for label in frame.select_dtypes("datetime").columns:
            frame[label] = frame[label].dt.tz_localize("UTC").dt.tz_convert(self.zone)
        return frame
