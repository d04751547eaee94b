"""Every action of every room writes a row of the audit trail, or is named here with the reason why it does not."""

import ast
from pathlib import Path

from saima import server

ROOM = Path(server.__file__).parent
TOLD = {
    "audit.record",
    "_opened",
    "_told",
    "_save",
    "_submit",
    "_step",
    "_write",
    "record",
    "_decide",
    "_publish",
    "_attempt",
    "_cells_save",
    "_change",
    "_begin",
    "draft_save",
}  # these record themselves
# No row of their own, and why.
ELSEWHERE = {
    "accounts/actions/tokens.py:token_used": "a time stamp, by every request of a program",
    "bulletins/actions/releases.py:check_release": "only looks",
    "bulletins/actions/releases.py:final_files": "the files of a release; the release is told",
    "bulletins/actions/signing.py:key_there": "a file of the installation, named by the first release signed with it",
    "bulletins/actions/signing.py:signed": "a part of a release, which is told",
    "race/actions/publishing.py:record_publish": "a part of a release, which is told",
    "response/actions/close.py:close_month": "each of its steps is an action that tells",
    "response/actions/close.py:follow_releases": "each of its steps is an action that tells",
    "bulletins/actions/drafts.py:draft_render": "makes the files of a draft whose making was told",
    "race/actions/project_states.py:states_asked": "only asks",
    "race/actions/project_states.py:states_store": "a part of feeds_read, which tells",
    "race/actions/feeds.py:rows_kept": "a file of a cut, which is told",
    "race/actions/cuts.py:cut_evaluated": "what the engine says of a cut, always the same; the cut was told",
    "response/actions/leaving.py:daily_mails": "puts what was told into one mail, which is in the ledger",
    "response/actions/leaving.py:leave_by_mail": "sends; the outbox keeps each try",
    "response/actions/leaving.py:leave_by_robot": "sends; the outbox keeps each try",
    "response/actions/leaving.py:said_by": "posts; who asked for it tells",
    "response/actions/messages.py:announce": "a part of the action that tells; what was said is in the ledger",
    "response/actions/messages.py:bulletin_told": "the release was told to the trail; what was said is in the ledger",
    "response/actions/messages.py:failures_tell": "says that deliveries failed, which stand in the ledger",
    "response/actions/messages.py:mailed": "a part of tell",
    "response/actions/messages.py:message_read": "somebody's own mark on their own message",
    "response/actions/messages.py:tell": "a part of the action that tells; the message itself stays",
    "response/actions/reminding.py:given_back_tell": "the return was told to the trail; messages stay",
    "response/actions/reminding.py:ladder_climb": "each reminder tells, inside its step",
    "response/actions/reminding.py:plans_due_tell": "a digest of what stands in plans",
    "response/actions/telling.py:plan_due_told": "a part of plans_due_tell",
    "response/actions/reminding.py:week_tell": "a digest of what was told",
    "response/actions/next_season.py:note_of": "the words of a note, a part of season_next",
    "response/actions/telling.py:appeal_told": "a part of the action that tells",
    "response/actions/telling.py:card_answer_told": "a part of the action that tells",
    "response/actions/telling.py:cards_told": "a part of the action that tells",
    "response/actions/telling.py:judge_told": "a part of the action that tells",
    "response/actions/telling.py:ticket_told": "a part of the action that tells",
    "registers/actions/import_parts.py:import_go_on": "what the worker looked at and what counts is told by its parts",
    "registers/actions/importing.py:begin": "asks the worker; what it did is told",
    "registers/actions/importing.py:finished": "a part of looked and confirmed, which tell",
    "registers/actions/recording.py:draw_spells": "a part of the actions that tell: lists drawn anew",
    "registers/actions/recording.py:draw": "a part of the actions that tell: lists drawn anew",
    "registers/actions/recording.py:record_all": "a part of the actions that tell",
    "registers/actions/sealing.py:ring_there": "a file of the installation; whose data are sealed with it is told",
    "race/actions/storing.py:readings_store": "a part of season_import and figures_import, which tell",
}
ASKED = {
    "open_items_of",
    "locked",
    "cell_of",
    "editable",
    "check_seen",
    "refuse_own",
    "refuse_past",
    "said_reason",
    "by_mail",
    "page_of",
    "written_out",
    "code_checked",
    "period_checked",
    "value_checked",
    "held_at",
    "in_state",
    "problem_kept",
    "result_of",
    "said_of",
    "touched",
}


def public_functions():
    """Name of file and function -> names it calls, of every function without a leading underscore."""
    found = {}
    for path in sorted([*ROOM.glob("*/actions/*.py"), *ROOM.glob("*/actions.py")]):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.name not in ASKED:
                calls = {ast.unparse(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)}
                found[f"{path.relative_to(ROOM).as_posix()}:{node.name}"] = calls
    return found


def test_every_action_is_told_to_the_audit_trail():
    actions = public_functions()
    told = {name for name, calls in actions.items() if calls & TOLD}
    while more := {n for n, calls in actions.items() if n not in told and calls & {t.rpartition(":")[2] for t in told}}:
        told |= more  # through another action

    assert len(actions) > 40
    assert set(actions) - told - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= set(actions) - told


def test_what_records_for_others_does_record():
    texts = [p.read_text("utf-8") for p in [*ROOM.glob("*/actions/*.py"), *ROOM.glob("*/actions.py")]]
    helpers = {}
    for text in texts:
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name in TOLD:
                calls = {ast.unparse(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)}
                helpers.setdefault(node.name, []).append(bool(calls & TOLD))

    assert {name for name, said in helpers.items() if not all(said)} == set()
    assert set(helpers) == TOLD - {"audit.record"}


def test_an_action_that_writes_more_than_once_is_one_transaction():
    """What is told stands in a transaction: ``audit.record`` refuses elsewhere."""
    outside = set()
    for path in [*ROOM.glob("*/actions/*.py"), *ROOM.glob("*/actions.py")]:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                own = {ast.unparse(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)}
                atomic = any("atomic" in ast.unparse(d) for d in node.decorator_list) or "transaction.atomic" in own
                if "audit.record" in own and not atomic:
                    outside.add(node.name)

    assert outside <= {"record"}  # the verifier's own line, called within its actions
