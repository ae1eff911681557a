"""Customer experience metrics with honest uncertainty.

    import cxlib as cx
    cx.show(cx.nps(promoters=90, passives=60, detractors=50))

Everything public is listed here and loaded when first used, so that importing costs next to nothing.
"""

from importlib import import_module

# Not lazily: the function takes the place of its module in this namespace.
from cxlib.language import language as language

__version__ = "0.1.0"

_HOMES = {
    "alt_text": "charts.perception",
    "answers_for_nps": "inference.planning",
    "answers_for_share": "inference.planning",
    "attribution": "journeys.attribution",
    "bands": "metrics.bands",
    "blueprint": "charts.blueprint",
    "catalogue": "metrics.catalogue",
    "ces": "metrics.ask",
    "chart": "charts.perception",
    "chart_bands": "charts.bands",
    "chart_company": "charts.company",
    "chart_sessions": "charts.sessions",
    "check": "tables.check",
    "compare": "metrics.compare",
    "consistency": "metrics.consistency",
    "csat": "metrics.ask",
    "Dataset": "tables.dataset",
    "emotion_curve": "journeys.emotions",
    "exercises": "learning.lesson",
    "explain": "metrics.wording",
    "export_progress": "learning.progress",
    "find": "learning.finding",
    "funnel": "journeys.funnel",
    "import_progress": "learning.progress",
    "import_table": "tables.importing",
    "InputError": "errors",
    "ipe": "world.store",
    "metric": "metrics.ask",
    "metric_tree": "metrics.tree",
    "mrr_bridge": "metrics.bridge",
    "nps": "metrics.ask",
    "open_dataset": "tables.opening",
    "overview": "charts.overview",
    "pain_points": "journeys.pains",
    "paths": "journeys.paths",
    "picture": "charts.perception",
    "propose_mapping": "tables.proposing",
    "quiz": "learning.quiz",
    "reconcile": "metrics.reconcile",
    "research_shopping": "journeys.research_shopping",
    "response_rate": "metrics.ask",
    "reveal": "learning.reveal",
    "rfm": "metrics.rfm",
    "sessions": "journeys.sessions",
    "show": "metrics.wording",
    "spread": "charts.spread",
    "sql": "metrics.ask",
    "stage_times": "journeys.stage_times",
    "stages": "journeys.stages",
    "standardise": "metrics.standardise",
    "transitions": "journeys.transitions",
    "write_report": "reports.report",
}
_MODULES = {"explore": "learning.explore"}
__all__ = sorted([*_HOMES, *_MODULES, "language"])


def __getattr__(name: str) -> object:
    if name in _MODULES:
        return import_module(f"cxlib.{_MODULES[name]}")
    if name not in _HOMES:
        raise AttributeError(f"module 'cxlib' has no attribute {name!r}")
    return getattr(import_module(f"cxlib.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
