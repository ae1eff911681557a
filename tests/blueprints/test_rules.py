"""V1 to V13: two ways to break each, which break nothing else; and what the rules leave in peace."""

from pathlib import Path

import pytest
from broken import SOUND, between, changed, link, part, read, step

import cxlib as cx
from cxlib.blueprints.graph import earlier, expected_moves, first_logged, lines_crossed
from cxlib.blueprints.parts import read_blueprint
from cxlib.blueprints.rules import CODES, MEANINGS, RULES, problems_of


def unknown_actor(b):
    part(b, "steps", "answer")["actor"] = "nobody"


def id_twice(b):
    b["evidence"].append({"id": "answer", "kind": "digital", "name": {"en": "x", "pt-BR": "x"}, "steps": ["reports"]})


def unseen_action(b):
    for one in b["evidence"]:
        one["steps"] = [key for key in one["steps"] if key != "says_who"]


def no_evidence_at_all(b):
    b["evidence"] = [one | {"steps": [key for key in one["steps"] if key != "writes_again"]} for one in b["evidence"]]


def customer_onstage(b):
    part(b, "steps", "answer")["actor"] = "customer"


def agent_in_the_customers_lane(b):
    part(b, "steps", "waits")["actor"] = "agent"


def jump_to_backstage(b):
    del link(b, "says_who", "to_carrier")["via"]


def jump_back(b):
    del link(b, "closes", "writes_again")["async"]


def unreachable(b):
    step(b, id="lost", lane="customer", actor="customer", wait=True)
    b["links"].append({"from": "lost", "to": "first_reply"})


def trap(b):
    step(b, id="trap", lane="customer", actor="customer", wait=True)
    b["links"].append({"from": "first_reply", "to": "trap"})


def hidden_handoff(b):
    link(b, "to_carrier", "carrier_search")["handoff"] = False


def handoff_to_oneself(b):
    link(b, "takes_back", "answer")["handoff"] = True


def onstage_alone(b):
    step(b, id="talk", lane="onstage", actor="agent")
    between(b, "takes_back", "talk", "answer")


def onstage_behind_another(b):
    step(b, id="talk", lane="onstage", actor="agent")
    between(b, "first_reply", "talk", "to_carrier")


def backstage_alone(b):
    step(b, id="thinks", lane="backstage", actor="agent")
    between(b, "to_carrier", "thinks", "takes_back")


def backstage_with_customer(b):
    step(b, id="thinks", lane="backstage", actor="agent")
    between(b, "says_who", "thinks", "closes", first={"async": True})


def asks_again(b):
    part(b, "steps", "answer")["asks"] = ["order_id"]


def asks_what_was_recorded(b):
    part(b, "steps", "greeting")["data_out"] = ["cpf"]


def no_contract(b):
    del part(b, "actors", "carrier")["contract_sla"]


def another_third_party(b):
    b["actors"].append({"id": "courier", "kind": "third_party", "name": {"en": "Courier", "pt-BR": "Entregador"}})
    step(b, id="rides", lane="support", actor="courier", max_wait_minutes=5)
    between(b, "to_carrier", "rides", "takes_back", first={"handoff": True}, second={"handoff": True})


def no_purpose(b):
    del part(b, "data", "cpf")["purpose"]


def no_retention(b):
    part(b, "data", "order_id").update(personal=True, purpose="to find it", retention=" ")


def only_english(b):
    part(b, "steps", "answer")["label"] = "Says where it is"


def only_portuguese(b):
    b["stages"]["wait"] = {"pt-BR": "Esperar"}


def same_events(b):
    part(b, "steps", "answer")["event_match"]["where"].pop("status")


def wider_events(b):
    part(b, "steps", "greeting")["event_match"] = {
        "table": "ticket_events",
        "where": {"event_type": ["message", "x"]},
    }


BROKEN = {
    "V1": (unknown_actor, id_twice),
    "V2": (unseen_action, no_evidence_at_all),
    "V3": (customer_onstage, agent_in_the_customers_lane),
    "V4": (jump_to_backstage, jump_back),
    "V5": (unreachable, trap),
    "V6": (hidden_handoff, handoff_to_oneself),
    "V7": (onstage_alone, onstage_behind_another),
    "V8": (backstage_alone, backstage_with_customer),
    "V9": (asks_again, asks_what_was_recorded),
    "V10": (no_contract, another_third_party),
    "V11": (no_purpose, no_retention),
    "V12": (only_english, only_portuguese),
    "V13": (same_events, wider_events),
}


def test_there_are_two_ways_to_break_each_rule():
    assert list(BROKEN) == list(CODES) == list(MEANINGS) == list(RULES)
    assert all(len(ways) == 2 for ways in BROKEN.values())


def test_the_sound_one_is_sound():
    assert problems_of(read(SOUND)) == []


@pytest.mark.parametrize(("code", "way"), [(code, way) for code, ways in BROKEN.items() for way in ways])
def test_a_broken_blueprint_breaks_exactly_one_rule(code, way):
    found = problems_of(changed(way))
    assert {one.code for one in found} == {code}
    assert all(one.line >= 1 and one.about in one.sentence for one in found)
    assert found[0].name == CODES[code]


@pytest.mark.parametrize(("code", "way"), [(code, ways[0]) for code, ways in BROKEN.items()])
def test_it_says_so_in_portuguese_too(portuguese, code, way):
    sentence = problems_of(changed(way))[0].sentence
    cx.language("en")
    assert sentence != problems_of(changed(way))[0].sentence


def test_while_names_lead_nowhere_nothing_else_is_judged():
    def both(b):
        unknown_actor(b)
        no_contract(b)

    assert {one.code for one in problems_of(changed(both))} == {"V1"}


def test_what_the_first_version_asks_again():
    found = problems_of(read_blueprint("entrega_com_problema_v1"))
    assert [one.about for one in found] == [f"asks_again_{k}" for k in (1, 2, 3, 4)]
    assert {one.name for one in found} == {"REPEATED_DATA"}


def test_a_loop_does_not_make_a_step_come_before_itself():
    def loop(b):
        b["links"].append({"from": "says_who", "to": "first_reply"})

    made = changed(loop)
    assert problems_of(made) == []
    assert "first_reply" not in earlier(made, "first_reply")
    assert "says_who" not in earlier(made, "first_reply")  # reached only through it
    assert {"reports", "first_reply"} <= earlier(made, "says_who")


def test_what_may_follow_in_a_log_passes_over_what_leaves_no_event():
    made = read(SOUND)
    assert ("first_reply", "to_carrier") in expected_moves(made)  # says_who leaves no event
    assert ("first_reply", "answer") not in expected_moves(made)
    assert first_logged(made) == {"reports"}
    assert lines_crossed(made, "reports", "carrier_search") == 3


def test_the_example_keeps_every_rule():
    example = Path(__file__).parents[2] / "docs" / "examples" / "blueprint.yaml"
    assert cx.blueprint(example).problems.empty
