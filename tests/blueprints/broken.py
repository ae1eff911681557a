"""A blueprint that keeps every rule, and ways to break exactly one."""

import copy

import yaml

from cxlib.blueprints.parts import PACKAGED, read_blueprint

SOUND = yaml.safe_load((PACKAGED / "entrega_com_problema_v2.yaml").read_text(encoding="utf-8"))


def read(content):
    return read_blueprint("# made by a test\n" + yaml.safe_dump(content, allow_unicode=True, sort_keys=False))


def changed(change):
    content = copy.deepcopy(SOUND)
    change(content)
    return read(content)


def part(content, kind, key):
    return next(one for one in content[kind] if one["id"] == key)


def link(content, source, target):
    return next(one for one in content["links"] if (one["from"], one["to"]) == (source, target))


def step(content, **given):
    content["steps"].append({"seq": 3, "label": {"en": "New", "pt-BR": "Novo"}, **given})


def between(content, one, new, other, *, first=None, second=None):
    """Put a step into the flow."""
    content["links"] += [{"from": one, "to": new, **(first or {})}, {"from": new, "to": other, **(second or {})}]
