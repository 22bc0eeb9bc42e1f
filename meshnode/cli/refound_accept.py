"""`meshnode refound --accept`: come along to where somebody started anew, in a new profile."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence

from crdt.display import display_line
from meshnode.cli.asking import conversation
from meshnode.cli.command import Answer, Call, Json
from meshnode.cli.join import join_with, split_scanned
from meshnode.cli.new_profile import new_profile
from meshnode.errors import BadInput, NotPossible


def accept(call: Call) -> Answer:
    """Take the way in out of its box and join with it, through the usual joining with its questions.

    Raises:
        NotPossible: nobody asked this person along.
        BadInput: several did, and nobody said which is meant.
    """
    with conversation(call) as talk:
        me = str(talk.ask("status")["me"]["name"])
        offer = _which(talk.ask("refounds")["refounds"], " ".join(call.options.name))
        code, address = split_scanned(talk.ask("refound_token", id=offer["id"])["token"])
    if not call.json:
        reason = display_line(str(offer["reason"]))
        because = f" {display_line(offer['by'])} says: {reason}" if reason else ""
        call.terminal.say(f"{display_line(offer['by'])} starts anew as {display_line(offer['name'])}.{because}")
    fresh = new_profile(call, str(offer["name"]), call.options.profile_name)
    options = argparse.Namespace(**(vars(fresh.options) | {"name": call.options.me or me, "spoken": None}))
    answer = join_with(dataclasses.replace(fresh, options=options), code, call.options.address or address)
    if answer.exit_code:
        return answer
    lines = [*answer.lines, f"Its profile is `{fresh.paths.profile}`: meshnode --profile {fresh.paths.profile}"]
    return Answer(answer.value | {"profile": fresh.paths.profile}, lines)


def _which(offers: Sequence[Json], text: str) -> Json:
    asked = [each for each in offers if each["asked"]]
    if text:
        asked = [each for each in asked if text.casefold() in {str(each["name"]).casefold(), each["short"]}]
    if not asked:
        raise NotPossible(
            "Nobody has asked you along to a new neighbourhood.",
            next_step="Somebody there can make you an invite: `meshnode invite`.",
        )
    if len({each["network"] for each in asked}) > 1:
        listed = ", ".join(f"{each['short']} ({display_line(each['name'])})" for each in asked)
        raise BadInput(f"Several have: {listed}.", next_step="Say which: `meshnode refound SHORT --accept`.")
    return asked[0]
