"""Assembles a bulletin: every form in every language, what it was made from, and the manifest over all of it."""

from collections.abc import Callable, Iterator, Sequence

from saima.engine.model.evaluation import Evaluation
from saima.engine.model.inputs import AsOf
from saima.engine.race.record import published_of
from saima.files import Bundle, folder_files, published_csv, published_name
from saima.files.packages import cut_of, manifest_bytes
from saima.press.chat import chat_text
from saima.press.data_package import data_package
from saima.press.issue import Issue, words_bytes
from saima.press.page import draw_charts, render_page
from saima.press.pdf import render_pdf, render_picture
from saima.press.sentences import headline
from saima.press.sheets import render_workbook
from saima.press.word import render_docx
from saima.words import LANGS, Lang

MANIFEST = "manifest.json"
FORMS = 8  # of each language
Progress = Callable[[int, int, str], object]  # done, of how many, the file just made


def bulletin_files(
    bundle: Bundle,
    evaluation: Evaluation,
    issue: Issue,
    langs: Sequence[Lang] = LANGS,
    progress: Progress | None = None,
) -> dict[str, bytes]:
    """Everything in a package, by path, sorted; ``manifest.json`` speaks of all others.

    Parameters
    ----------
    bundle : what ``evaluation`` was made from. Only what was known at the cut goes into the package.
    progress : called with (files made, files in all, name) after each form.

    Returns
    -------
    ``season/``, ``evaluation.json``, ``data/``, ``record/PERIOD.csv`` and for each language ``bulletin.LANG`` as
    html, pdf, docx and xlsx, ``summary.LANG.pdf``, ``picture.LANG.png``, ``headline.LANG.txt`` and ``chat.LANG.txt``;
    ``words.json`` where people wrote words of their own, ``replaced/`` of an erratum the record it replaces.
    """
    whole = len(langs) * FORMS + 1
    made = 0

    def tell(name: str) -> None:
        nonlocal made
        made += 1
        if progress is not None:
            progress(made, whole, name)

    cut = cut_of(bundle, AsOf(evaluation.period, evaluation.known_at))
    record = published_of(evaluation, number=issue.number, dated=issue.dated, version=issue.version)
    files = {f"season/{name}": content for name, content in folder_files(cut).items()}
    for name, content in data_package(evaluation, issue).items():
        files[name if name == "evaluation.json" else f"data/{name}"] = content
    files["record/" + published_name(record).removeprefix("published/")] = published_csv(record)
    if issue.replaces:
        replaced = published_name(issue.replaces).removeprefix("published/")
        files[f"replaced/{replaced}"] = published_csv(issue.replaces)
    if issue.words:
        files["words.json"] = words_bytes(issue.words)
    for lang in langs:
        for name, content in _forms(evaluation, issue, lang):
            files[name] = content
            tell(name)
    files = dict(sorted(files.items()))
    files[MANIFEST] = manifest_bytes(
        files,
        evaluation,
        cut.history,
        number=issue.number,
        dated=issue.dated,
        version_of_issue=issue.version,
        reason=issue.reason,
    )
    tell(MANIFEST)
    return dict(sorted(files.items()))


def _forms(evaluation: Evaluation, issue: Issue, lang: Lang) -> Iterator[tuple[str, bytes]]:
    charts = draw_charts(evaluation, lang)
    yield f"bulletin.{lang}.html", render_page(evaluation, issue, lang, charts).encode()
    yield f"bulletin.{lang}.pdf", render_pdf(evaluation, issue, lang, charts=charts)
    yield f"summary.{lang}.pdf", render_pdf(evaluation, issue, lang, "summary")
    yield f"picture.{lang}.png", render_picture(evaluation, issue, lang)
    yield f"bulletin.{lang}.docx", render_docx(evaluation, issue, lang)
    yield f"bulletin.{lang}.xlsx", render_workbook(evaluation, issue, lang)
    yield f"headline.{lang}.txt", (headline(evaluation, lang) + "\n").encode()
    yield f"chat.{lang}.txt", (chat_text(evaluation, issue, lang) + "\n").encode()
