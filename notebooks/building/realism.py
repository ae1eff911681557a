"""docs/realism.md and its Portuguese twin: Ipê beside real companies, measured by the same few functions.

The real figures are aggregates in benchmarks/results/realism.json, made by benchmarks/realism.py from files that
are not ours to publish. Ipê's are measured here, from data/ipe.
"""

import json
from pathlib import Path

import cxlib as cx
from building.dictionary import speaking
from building.front_page import between
from building.languages import LANGUAGES, suffix
from building.measures import Figures, Z, of_ipe
from cxlib.charts.year_of_orders import WEEKDAYS
from cxlib.language import number, percent, say

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "benchmarks" / "results" / "realism.json"
# Rows and heads of the tables, in both languages.
ROWS = {
    "ipe": ("**Ipê**", "**Ipê**"),
    "ipe_csat": ("**Ipê**, CSAT after a ticket", "**Ipê**, CSAT depois de um chamado"),
    "ipe_exit": ("**Ipê**, at the exit of the stores", "**Ipê**, na saída das lojas"),
    "ipe_digital": ("**Ipê**, digital orders", "**Ipê**, pedidos digitais"),
    "ipe_store": ("**Ipê**, orders in stores", "**Ipê**, pedidos em lojas"),
    "cdnow": ("CDNOW, CDs", "CDNOW, CDs"),
    "completejourney": ("Complete Journey, groceries", "Complete Journey, supermercado"),
    "b2w": ("Americanas.com, reviews", "Americanas.com, avaliações"),
    "olist": ("Olist, orders with a written review", "Olist, pedidos com avaliação escrita"),
    "helpdesk": ("help desk of a software firm", "suporte de uma empresa de software"),
    "bank": ("calls to a bank", "ligações para um banco"),
    "shoppers": ("Online Shoppers, visits with a purchase", "Online Shoppers, visitas com compra"),
    "grocery_online": ("grocer, orders on the site, mean week", "supermercado, pedidos no site, semana média"),
    "grocery_store": ("grocer, people entering, mean week", "supermercado, pessoas que entram, semana média"),
}
HEADS = {
    "mean": ("mean", "média"),
    "margin": ("give or take, at most", "margem, no máximo"),
    "interval": ("95% interval of the half", "intervalo de 95% da metade"),
    "0.25": ("25% within", "25% em até"),
    "0.5": ("half within", "metade em até"),
    "0.75": ("75% within", "75% em até"),
    "0.9": ("90% within", "90% em até"),
}
APART = ("mean", "low", "high", "n")


def build_realism(check: bool) -> list[str]:
    """Write or compare the tables of the page in both languages."""
    real, own, stale = json.loads(REAL.read_text(encoding="utf-8")), of_ipe(cx.ipe()), []
    for language in LANGUAGES:
        path = ROOT / "docs" / f"realism{suffix(language)}.md"
        before = after = path.read_text(encoding="utf-8")
        with speaking(language):
            for topic, rows in own.items():
                after = between(after, f"realism {topic}", table(topic, rows | real[topic], language))
        if not check:
            path.write_text(after, encoding="utf-8", newline="\n")
        elif after != before:
            stale.append(str(path.relative_to(ROOT)))
    return stale


def table(topic: str, rows: dict[str, Figures], language: str) -> str:
    """Return the figures of a topic as a table: every row with its n, and how far chance alone would move it."""
    place, (first, *_) = LANGUAGES.index(language), rows.values()
    names = [name for name in first if name not in APART]
    heads = [_head(topic, name, place) for name in names]
    heads += [HEADS["mean"][place]] * ("mean" in first)
    heads += [HEADS["interval" if "low" in first else "margin"][place], "n"]
    lines = [f"| | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    lines += [f"| {ROWS[row][place]} | {' | '.join(_cells(figures, names))} |" for row, figures in rows.items()]
    return "\n".join(lines)


def _head(topic: str, name: str, place: int) -> str:
    if topic in ("weekdays", "contacts"):
        return say(WEEKDAYS[int(name)])[:3]
    return HEADS[name][place] if name in HEADS else name.replace("-", "–")


def _cells(figures: Figures, names: list[str]) -> list[str]:
    n = figures["n"]
    if "low" in figures:
        ends = {end: number(figures[end]) for end in ("low", "high")}
        return [*(number(figures[name]) for name in names), say("{low} to {high}", **ends), number(n)]
    mean = [number(figures["mean"], decimals=2)] if "mean" in figures else []
    return [*(percent(figures[name]) for name in names), *mean, percent(Z * (0.25 / n) ** 0.5), number(n)]
