"""The page around a drawn blueprint: its figures, the key to its signs, broken rules, and the same in tables."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from cxlib.blueprints.graph import lines_crossed
from cxlib.blueprints.model import ACTOR_WORDS, LANE_WORDS, Blueprint, Step
from cxlib.blueprints.results import NAMES
from cxlib.blueprints.rules import CODES, MEANINGS, Problem, repeats
from cxlib.charts.blueprint_cards import SIGN_WORDS, Numbers, cards, measured, signs, with_ends
from cxlib.charts.blueprint_layout import laid_out
from cxlib.charts.blueprint_svg import drawing, sign, text_of
from cxlib.language import language, number, say
from cxlib.metrics.wording import show

FIGURES = ("elapsed_median", "flow_efficiency", "third_party_share", "repeats_per_case", "reasked_rate",
           "csat_per_repeat", "conformance")  # fmt: skip
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = Path(__file__).with_name("blueprint.css")


def fragment(
    blueprint: Blueprint, problems: Sequence[Problem], frame: pd.DataFrame | None, *, folded: bool = False
) -> str:
    """Return the blueprint as a piece of a page; what says the same in words is `folded` away in a notebook."""
    numbers = Numbers(frame)
    title = title_of(blueprint)
    style = STYLE.read_text(encoding="utf-8")
    in_words = _steps(blueprint, numbers) + _links(blueprint) + _numbers(numbers)
    if folded:
        in_words = (
            f"<details><summary>{text_of(say('The same in tables and sentences'))}</summary>{in_words}</details>"
        )
    parts = [
        f'<div class="cxbp" lang="{language()}"><style>{style}</style><h1>{text_of(title)}</h1>',
        _under(blueprint, numbers),
        _figures(blueprint, numbers),
        _drawn(blueprint, problems, numbers, title, _description(blueprint, problems)),
        _key(),
        _problems(problems),
        in_words,
        "</div>",
    ]
    return "".join(parts)


def sketch(blueprint: Blueprint, problems: Sequence[Problem]) -> str:
    """Return the drawing alone, with the key to its signs: for whoever has the file beside it."""
    description = say(
        "Service blueprint: {steps} steps in the lanes customer, onstage, backstage and support; {n} broken rules.",
        steps=len(blueprint.steps), n=len(problems),
    )  # fmt: skip
    style = STYLE.read_text(encoding="utf-8")
    drawn = _drawn(blueprint, problems, Numbers(None), title_of(blueprint), description)
    return f'<div class="cxbp" lang="{language()}"><style>{style}</style>{drawn}{_key()}</div>'


def page(blueprint: Blueprint, problems: Sequence[Problem], frame: pd.DataFrame | None) -> str:
    """Return the blueprint as one page that needs nothing else: no script, no request."""
    title = text_of(title_of(blueprint))
    return (
        f'<!DOCTYPE html><html lang="{language()}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>body{{margin:1em}}</style></head>"
        f"<body><main>{fragment(blueprint, problems, frame)}</main></body></html>\n"
    )


def title_of(blueprint: Blueprint) -> str:
    """Return what the blueprint is called."""
    return say("{service} · version {version}", service=blueprint.service, version=blueprint.version)


def _under(blueprint: Blueprint, numbers: Numbers) -> str:
    lines = [str(blueprint.segment)] if str(blueprint.segment) else []
    if numbers and numbers.frame is not None:
        known = numbers.get("all", "events_matched")
        if known:
            lines.append(say("Measured: {n} events of the log.", n=number(known["n"], decimals=0)))
        if numbers.frame.attrs.get("synthetic"):
            lines.append(say("Synthetic data (Ipê)."))
    else:
        lines.append(say("As planned; nothing is measured here."))
    return "".join(f"<p>{text_of(line)}</p>" for line in lines)


def planned(blueprint: Blueprint) -> tuple[float, float, float]:
    """Return the planned minutes: of work, in all, with third parties."""
    steps = blueprint.steps
    third = [step for step in steps if blueprint.actor(step.actor).kind == "third_party"]
    work, whole = sum(step.std_minutes or 0 for step in steps), sum(step.std_elapsed_minutes or 0 for step in steps)
    return work, whole, sum(step.std_elapsed_minutes or 0 for step in third)


def _figures(blueprint: Blueprint, numbers: Numbers) -> str:
    rows = [row for metric in FIGURES if (row := numbers.get("all", metric))]
    shown = [(say(NAMES[row["metric"]]), with_ends(row), _n(row)) for row in rows]
    work, whole, third = planned(blueprint)
    if not numbers and whole:
        shown = [
            (say(NAMES["flow_efficiency"]), f"{number(100 * work / whole)}%",
             say("{work} of {all} min", work=number(work), all=number(whole))),
            (say(NAMES["third_party_share"]), f"{number(100 * third / whole)}%",
             say("{work} of {all} min", work=number(third), all=number(whole))),
        ]  # fmt: skip
    made = "".join(
        f"<div><dt>{text_of(name)}</dt><dd>{text_of(value)} <span>{text_of(note)}</span></dd></div>"
        for name, value, note in shown
    )
    return f'<dl class="figures">{made}</dl>' if made else ""


def _n(row: dict) -> str:
    return say("n = {n}", n=number(row["n"], decimals=0))


def _description(blueprint: Blueprint, problems: Sequence[Problem]) -> str:
    return say(
        "Service blueprint: {steps} steps in the lanes customer, onstage, backstage and support; {n} broken rules. "
        "The tables below say the same.",
        steps=len(blueprint.steps), n=len(problems),
    )  # fmt: skip


def _drawn(blueprint: Blueprint, problems: Sequence[Problem], numbers: Numbers, title: str, description: str) -> str:
    name = say("Drawing of the blueprint; it scrolls sideways")
    drawn = drawing(blueprint, laid_out(cards(blueprint, numbers)), numbers, title, description)
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{text_of(name)}">{drawn}</div>'


def _key() -> str:
    made = [
        f'<li><svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">{sign(letter, 8, 8)}</svg>'
        f"{text_of(say(words))}</li>"
        for letter, words in SIGN_WORDS.items()
    ]
    line = '<path d="M0,8 H26" stroke="#1b1f24" fill="none" stroke-width="{wide}"{dash}/>'
    looks = (
        (1.5, "", say("goes on to")),
        (2.6, "", say("handoff")),
        (1.5, ' stroke-dasharray="6 4"', say("nobody waits for it (async)")),
        (1.5, ' stroke-dasharray="1.5 3.5"', say("data or support")),
    )
    made += [
        f'<li><svg width="28" height="16" viewBox="0 0 28 16" aria-hidden="true">{line.format(wide=wide, dash=dash)}'
        f"</svg>{text_of(words)}</li>"
        for wide, dash, words in looks
    ]
    minutes = say("Minutes in a box: the median since the step before, with its 95% interval.")
    return f'<ul class="key">{"".join(made)}</ul><p>{text_of(minutes)}</p>'


def _problems(problems: Sequence[Problem]) -> str:
    heading = f'<h2 class="after">{text_of(say("Rules"))}</h2>'
    if not problems:
        return heading + f"<p>{text_of(say('No rule is broken.'))}</p>"
    parts = []
    for code, group in groupby(problems, key=lambda one: one.code):
        lines = "".join(
            f"<li>{text_of(one.sentence)} {text_of(say('(line {line})', line=one.line))}</li>" for one in group
        )
        rule = f"<strong>{text_of(code)} {text_of(CODES[code])}</strong> {text_of(say(MEANINGS[code]))}"
        parts.append(f"<p>{rule}</p><ul>{lines}</ul>")
    return heading + "".join(parts)


def _steps(blueprint: Blueprint, numbers: Numbers) -> str:
    again = repeats(blueprint)
    headings = [say("Step"), say("Lane"), say("Who"), say("Evidence"), say("Signs"), say("Time")]
    rows = [
        [str(step.label), say(LANE_WORDS[step.lane]), _who(blueprint, step), _evidence(blueprint, step),
         "; ".join(text for _, text in signs(blueprint, step, numbers, step.id in again)),
         "; ".join(measured(step, numbers))]
        for step in sorted(blueprint.steps, key=lambda one: one.seq)
    ]  # fmt: skip
    return f"<h2>{text_of(say('Step by step'))}</h2>" + table(say("The steps of the drawing"), headings, rows)


def _who(blueprint: Blueprint, step: Step) -> str:
    actor = blueprint.actor(step.actor)
    return f"{actor.name} ({say(ACTOR_WORDS[actor.kind])})"


def _evidence(blueprint: Blueprint, step: Step) -> str:
    return ", ".join(str(one.name) for one in blueprint.evidence if step.id in one.steps)


def _links(blueprint: Blueprint) -> str:
    headings = [say("From"), say("To"), say("Kind"), say("Lines crossed")]
    rows = []
    for link in blueprint.links:
        kind = say("goes on to") if link.kind == "flow" else say("data or support")
        notes = [
            kind,
            *([say("handoff")] * link.handoff),
            *([say("nobody waits for it (async)")] * link.asynchronous),
        ]
        ends = [str(blueprint.step(one).label) for one in (link.source, link.target)]
        rows.append([*ends, ", ".join(notes), str(lines_crossed(blueprint, link.source, link.target))])
    return table(say("The arrows of the drawing"), headings, rows)


def _numbers(numbers: Numbers) -> str:
    if numbers.frame is None:
        return ""
    lines = "".join(f"<li>{text_of(line)}</li>" for line in str(show(numbers.frame)).splitlines())
    return f"<h2>{text_of(say('All the numbers'))}</h2><ul>{lines}</ul>"


def table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table whose rows become cards on a narrow screen."""
    head = "".join(f'<th scope="col">{text_of(one)}</th>' for one in headings)
    body = "".join(
        f'<tr><th scope="row">{text_of(first)}</th>'
        + "".join(
            f'<td data-of="{text_of(name)}">{text_of(cell)}</td>'
            for name, cell in zip(headings[1:], others, strict=True)
        )
        + "</tr>"
        for first, *others in rows
    )
    box = f'<div class="box" role="group" tabindex="0" aria-label="{text_of(caption)}">'
    head = f"<caption>{text_of(caption)}</caption><thead><tr>{head}</tr></thead>"
    return f"{box}<table>{head}<tbody>{body}</tbody></table></div>"
