"""An answer as part of a finding: its sentences with their citations, by whom, and what it took."""

from __future__ import annotations

from dataclasses import replace

from graph.finding import Finding, Outcome, Said, Spent, Stating
from llm.answer import Answer, Status


def with_answer(
    finding: Finding, answer: Answer | None, seconds: float = 0.0, stated: tuple[Stating, ...] = ()
) -> Finding:
    """The finding with what a model wrote; `seconds` are those of the search. None: nobody wrote anything.

    `stated` is what was shown in place of an answer; it is kept where there is none.
    """
    if answer is None:
        return replace(finding, spent=Spent(seconds), stated=stated)
    usage = answer.usage
    return replace(
        finding,
        outcome=Outcome(answer.status.value),
        answer=answer.text,
        stated=stated if answer.status is Status.EVIDENCE_ONLY else (),
        said=tuple(Said(each.text, each.supported, each.citations, each.start, each.end) for each in answer.sentences),
        model=answer.model,
        prompt=answer.prompt,
        spent=Spent(seconds + answer.timings.total, usage.tokens_in, usage.tokens_out, usage.estimated, usage.cost),
    )
