"""What Ipê sells: ten categories of forty products, each a ladder of prices.

Ipê sells no fashion, so the high returns of truth T11 belong to home textiles, which come in sizes and
colours as well.
"""

import numpy as np
import pandas as pd

from cxlib.world.columns import labels, texts
from cxlib.world.randomness import quantile

PER_CATEGORY = 40
# Category: share of the orders, height of its prices, share of the price that is cost, words for its products.
CATEGORIES = {
    "celulares": (0.12, 1.00, 0.74, ("Smartphone", "Capa", "Carregador", "Fone de ouvido")),
    "informatica": (0.10, 1.06, 0.72, ("Notebook", "Mouse", "Teclado", "Monitor")),
    "eletronicos": (0.11, 1.10, 0.70, ("TV", "Caixa de som", "Câmera", "Cabo HDMI")),
    "eletrodomesticos": (0.13, 1.08, 0.70, ("Geladeira", "Liquidificador", "Aspirador", "Micro-ondas")),
    "moveis": (0.11, 1.04, 0.58, ("Sofá", "Mesa", "Estante", "Cadeira")),
    "decoracao": (0.09, 0.98, 0.50, ("Quadro", "Vaso", "Tapete", "Luminária")),
    "cama_mesa_banho": (0.13, 0.96, 0.52, ("Jogo de cama", "Toalha", "Edredom", "Cortina")),
    "utilidades": (0.10, 0.94, 0.55, ("Jogo de panelas", "Garrafa térmica", "Faqueiro", "Organizador")),
    "ferramentas": (0.06, 1.02, 0.60, ("Furadeira", "Jogo de chaves", "Serra", "Escada")),
    "jardim": (0.05, 0.99, 0.56, ("Mangueira", "Churrasqueira", "Cadeira de jardim", "Vaso de jardim")),
}
NAMES = list(CATEGORIES)
SHARES = [share for share, _, _, _ in CATEGORIES.values()]
LINES = ("Aroeira", "Jatobá", "Cedro", "Pitanga", "Umbu", "Caju", "Guará", "Sabiá", "Tucano", "Araucária")
# Reais at these quantiles of the ladder: four baskets in ten cost 99 to 199 reais (truth T05).
PRICE_AT = (0, 0.10, 0.27, 0.67, 0.85, 0.95, 0.99, 1)
PRICE = (19, 49, 99, 199, 419, 1_099, 2_999, 4_999)
# Integer cents by category and rung, ending in 90 centavos.
LADDER = (
    np.array(
        [
            quantile(
                (np.arange(PER_CATEGORY) + 0.5) / PER_CATEGORY, PRICE_AT, [int(height * price) for price in PRICE]
            )
            for _, height, _, _ in CATEGORIES.values()
        ]
    )
    * 100
    + 90
)
COST = np.array([[share] for _, _, share, _ in CATEGORIES.values()])


def product_ids(category: np.ndarray, rung: np.ndarray) -> pd.Series:
    """Return the ids of the products at a rung of the ladder of their category: p001 to p400."""
    return "p" + pd.Series(category * PER_CATEGORY + rung + 1).astype("str").str.zfill(3)


def costs(category: np.ndarray, rung: np.ndarray) -> np.ndarray:
    """Return what one unit costs Ipê, in cents."""
    return np.rint(LADDER * COST).astype("int64")[category, rung]


def products() -> pd.DataFrame:
    """Return the catalogue, the same in every world."""
    category, rung = np.divmod(np.arange(len(NAMES) * PER_CATEGORY), PER_CATEGORY)
    kinds = [words[number % 4] for *_, words in CATEGORIES.values() for number in range(PER_CATEGORY)]
    lines = [LINES[number // 4] for _ in NAMES for number in range(PER_CATEGORY)]
    return pd.DataFrame(
        {
            "product_id": product_ids(category, rung),
            "name": texts([f"{kind} {line}" for kind, line in zip(kinds, lines, strict=True)]),
            "category": labels(NAMES, category),
            "price_cents": LADDER[category, rung],
            "cost_cents": costs(category, rung),
            "currency": texts(["BRL"] * len(category)),
        }
    )
