"""The 24 stores, numbered by state as customers are, and the new roster that six of them got."""

import numpy as np
import pandas as pd

from cxlib.world.columns import dates, identifiers, texts
from cxlib.world.days import day
from cxlib.world.people import STATES
from cxlib.world.randomness import Source, quantile

STORES = ("store_id", "name", "state", "zone", "opened_on", "closed_on")
PLACES = (
    *("São Paulo Centro", "São Paulo Zona Sul", "Campinas", "Santos", "Ribeirão Preto", "Sorocaba", "Guarulhos"),
    *("Rio Centro", "Rio Barra", "Niterói", "Nova Iguaçu"),
    *("Belo Horizonte", "Contagem", "Uberlândia", "Juiz de Fora"),
    *("Curitiba", "Londrina", "Porto Alegre", "Caxias do Sul", "Florianópolis", "Joinville"),
    *("Salvador", "Feira de Santana", "Recife"),
)
ZONES = {"BA": "America/Bahia", "PE": "America/Recife"}
COUNT = len(PLACES)
ROSTERED = 6  # stores with a new roster from this day on (truth T07); nobody drew lots
ROSTER_FROM = day("2025-04-01")


def store_ids() -> pd.Series:
    """Return s01 to s24."""
    return identifiers("s", np.arange(1, COUNT + 1), digits=2)


def stores(source: Source) -> pd.DataFrame:
    """Return the stores; all opened long before the calendar, and none closed."""
    state = [name for name, (_, count) in STATES.items() for _ in range(count)]
    opened = quantile(source.uniforms("store opened", COUNT), [0, 0.6, 1], [-6_200, -3_000, day("2019-12-01")])
    columns = {
        "store_id": store_ids(),
        "name": texts([f"Ipê {place}" for place in PLACES]),
        "state": texts(state),
        "zone": texts([ZONES.get(name, "America/Sao_Paulo") for name in state]),
        "opened_on": dates(opened),
        "closed_on": dates(opened, np.zeros(COUNT, dtype="bool")),
    }
    return pd.DataFrame(columns)


def rostered(source: Source) -> np.ndarray:
    """Return for each store whether it got the new roster."""
    return ranks(source.uniforms("roster", COUNT)) < ROSTERED


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the place of each value along the last axis, 0 for the least; of equals the first comes first."""
    return np.argsort(np.argsort(values, axis=-1, kind="stable"), axis=-1, kind="stable")
