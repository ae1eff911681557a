"""The stages of a journey: seven, and the two published models of five and of six, each put in terms of the seven."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cxlib.errors import InputError
from cxlib.language import mark, say

CANONICAL = "canonical_7"


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage of a model: its key, its name, and the canonical stages it covers, or parts of them (`stage.part`)."""

    key: str
    name: str
    covers: tuple[str, ...]


def _stage(key: str, name: str, *covers: str) -> Stage:
    return Stage(key=key, name=name, covers=covers or (key,))


AWARENESS, CONSIDERATION = mark("Awareness"), mark("Consideration")
# Five: the purchase is part of the decision, and loyalty has no name. Six: the decision already buys, the purchase is
# a stage of its own all the same, and nobody uses the product.
MODELS = {
    CANONICAL: (
        _stage("awareness", AWARENESS),
        _stage("consideration", CONSIDERATION),
        _stage("decision", mark("Decision")),
        _stage("purchase", mark("Purchase and fulfilment")),
        _stage("use", mark("Use")),
        _stage("service", mark("Support and after-sales")),
        _stage("loyalty", mark("Loyalty and advocacy")),
    ),
    "f1_5": (
        _stage("awareness", AWARENESS),
        _stage("consideration", CONSIDERATION),
        _stage("purchase_decision", mark("Purchase decision"), "decision", "purchase"),
        _stage("usage_experience", mark("Experience of use"), "use"),
        _stage("after_sales", mark("After-sales"), "service"),
    ),
    "f3_6": (
        _stage("awareness", AWARENESS),
        _stage("consideration", CONSIDERATION),
        _stage("decision", mark("Decision"), "decision", "purchase.transaction"),
        _stage("purchase_experience", mark("Purchase experience"), "purchase.fulfilment"),
        _stage("post_purchase", mark("Post-purchase"), "service"),
        _stage("loyalty", mark("Loyalty"), "loyalty"),
    ),
}
NAMES = {one.key: one.name for variant in reversed(MODELS.values()) for one in variant}
KEYS = tuple(one.key for one in MODELS[CANONICAL])


def model(variant: str) -> tuple[Stage, ...]:
    """Return the stages of a model in order; an unknown one raises `InputError`."""
    if variant not in MODELS:
        raise InputError(
            say("{variant} is no model of stages. Choose one of: {models}.", variant=repr(variant),
                models=", ".join(MODELS))
        )  # fmt: skip
    return MODELS[variant]


def stage_map(variant: str = CANONICAL) -> pd.DataFrame:
    """Return how a model's stages lie on the seven: "which stage of theirs is which of ours?"

    One row for each pair: `stage` of the model, its `position` and `name`, the `canonical` stage, and the `part` of
    it where the model splits a stage (missing where all of it is meant). A canonical stage that the model does not
    have stands at the end with no `stage`. The published models, of five and six stages, are `f1_5` and `f3_6`.

    >>> stage_map("f1_5").loc[2:3, ["position", "stage", "canonical"]]
       position              stage canonical
    2         3  purchase_decision  decision
    3         3  purchase_decision  purchase
    """
    rows = [
        {"stage": one.key, "position": place, "name": say(one.name), "canonical": canonical, "part": part or None}
        for place, one in enumerate(model(variant), start=1)
        for canonical, _, part in (covered.partition(".") for covered in one.covers)
    ]
    met = {row["canonical"] for row in rows}
    rows += [{"stage": None, "position": None, "name": None, "canonical": key, "part": None}
             for key in KEYS if key not in met]  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame.astype({"position": "Int64", "stage": "str", "name": "str", "canonical": "str", "part": "str"})


def to_variant(stage: str, variant: str, *, part: str | None = None) -> str | None:
    """Return what a canonical stage is called in a model, None where the model has none.

    A stage that the model splits needs its `part`; without it, `InputError` says which there are.

    >>> to_variant("decision", "f1_5"), to_variant("use", "f3_6")
    ('purchase_decision', None)
    """
    _known(stage, KEYS, CANONICAL)
    named = [f"{stage}.{part}"] if part else []
    found = [one.key for one in model(variant) if {stage, *named} & set(one.covers)]
    if found:
        return found[0]
    split = {covered: one.key for one in model(variant) for covered in one.covers if covered.startswith(f"{stage}.")}
    if split:
        raise InputError(
            say("{variant} splits {stage}: {parts}. Say which part.", variant=variant, stage=stage,
                parts=", ".join(f"{covered.partition('.')[2]} → {key}" for covered, key in split.items()))
        )  # fmt: skip
    return None


def to_canonical(stage: str, variant: str) -> str:
    """Return which of the seven a stage of a model is; one that covers several is refused, never guessed.

    >>> to_canonical("after_sales", "f1_5")
    'service'
    """
    stages = {one.key: one for one in model(variant)}
    _known(stage, stages, variant)
    covered = stages[stage].covers
    if len(covered) > 1:
        raise InputError(
            say("{stage} of {variant} covers several stages ({covered}): which one a row belongs to cannot be read "
                "back from it. Go back to the rows and enter them by rules.",
                stage=stage, variant=variant, covered=", ".join(covered))
        )  # fmt: skip
    return covered[0].partition(".")[0]


def _known(stage: str, keys: Iterable[str], variant: str) -> None:
    if stage not in keys:
        raise InputError(
            say("{variant} has no stage {stage}. It has: {stages}.", variant=variant, stage=repr(stage),
                stages=", ".join(keys))
        )  # fmt: skip
