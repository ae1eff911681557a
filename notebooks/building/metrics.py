"""The catalogue of metrics in both languages, from their definitions."""

from collections.abc import Iterator
from pathlib import Path

from building.dictionary import speaking
from building.languages import LANGUAGES, suffix
from cxlib.language import say
from cxlib.metrics.catalogue import FAMILIES
from cxlib.metrics.definition import Definition, Duration, Rule
from cxlib.metrics.result import METHODS
from cxlib.metrics.units import UNITS
from cxlib.metrics.wording import WHY_NONE

ROOT = Path(__file__).resolve().parents[2]
HEADS = {
    "en": """# The catalogue of metrics

Generated from the definitions in `cxlib/metrics`; do not edit. [Português](metrics.pt-BR.md)

Tools disagree on nearly every one of these numbers because they count by different rules. Each metric here names its
rules; the first is the one used when you name none. See them side by side on your own data:
`python course.py cx compare NAME --data DIR --rules`. Find out by which rule a screen counts:
`python course.py cx reconcile NAME --data DIR --value 47 --period 2026-09`.""",
    "pt-BR": """# O catálogo de métricas

Gerado a partir das definições em `cxlib/metrics`; não edite. [English](metrics.md)

As ferramentas discordam em quase todos estes números porque contam por regras diferentes. Aqui cada métrica diz quais
são as suas regras; a primeira é a usada quando você não escolhe nenhuma. Veja todas lado a lado nos seus dados:
`python course.py cx --lang pt-BR compare NOME --data PASTA --rules`. Descubra por qual regra uma tela conta:
`python course.py cx --lang pt-BR reconcile NOME --data PASTA --value 47 --period 2026-09`.""",
}
ROWS = {
    "en": ("Question", "Counted", "From", "Period decided by", "Warning below", "Comparison warned below",
           "Watch for", "Source"),
    "pt-BR": ("Pergunta", "O que se conta", "A partir de", "O período é decidido por", "Aviso abaixo de",
              "Aviso na comparação abaixo de", "Cuidado com", "Fonte"),
}  # fmt: skip
RULES = {
    "en": "| rule | meaning | unit | interval | better when |\n|---|---|---|---|---|",
    "pt-BR": "| regra | significado | unidade | intervalo | melhor quando |\n|---|---|---|---|---|",
}
BETTER = {
    "en": {"up": "higher", "down": "lower", "none": "-"},
    "pt-BR": {"up": "maior", "down": "menor", "none": "-"},
}
WITH_OPEN = {
    "en": "order statistics; Kaplan-Meier when more than 5% are open",
    "pt-BR": "estatísticas de ordem; Kaplan-Meier quando mais de 5% estão abertos",
}


def build_metrics(check: bool) -> list[str]:
    """Write or compare the catalogue in both languages."""
    stale = []
    for language in LANGUAGES:
        path = ROOT / "docs" / f"metrics{suffix(language)}.md"
        with speaking(language):
            text = "\n".join(_page(language)) + "\n"
        if not check:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(str(path.relative_to(ROOT)))
    return stale


def _page(language: str) -> Iterator[str]:
    yield HEADS[language]
    for family in FAMILIES:
        for metric in family:
            yield from _metric(metric, language)


def _metric(metric: Definition, language: str) -> Iterator[str]:
    name = say(metric.name)
    yield f"\n## {name[0].upper() + name[1:]}: `{metric.key}`\n"
    yield say(metric.explanation) + "\n"
    values = (
        say(metric.question),
        say(metric.unit_of_analysis),
        ", ".join(f"`{table}`" for table in metric.tables),
        f"`{metric.date}`",
        f"n = {metric.least_n}",
        f"n = {metric.least_n_compared}",
        "; ".join(say(abuse) for abuse in metric.abuses),
        metric.source,
    )
    yield "\n".join(f"- {head}: {value}" for head, value in zip(ROWS[language], values, strict=True))
    yield "\n" + RULES[language]
    for rule in metric.rules:
        cells = (f"`{rule.key}`", say(rule.explanation), say(UNITS[rule.unit]), _interval(metric, rule, language))
        yield "| " + " | ".join([*cells, BETTER[language][rule.direction]]) + " |"


def _interval(metric: Definition, rule: Rule, language: str) -> str:
    if isinstance(metric, Duration) and rule.interval not in METHODS:
        return WITH_OPEN[language]
    if rule.interval in METHODS:
        return METHODS[rule.interval]
    return say(WHY_NONE[rule.interval]) if rule.interval in WHY_NONE else rule.interval
