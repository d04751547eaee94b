"""What the worker does for bulletins."""

from django_tasks import task

from saima.server.bulletins.actions.drafts import draft_render
from saima.server.bulletins.actions.past import past_release
from saima.server.bulletins.actions.releases import release_run


@task()
def draft_files(draft_id: int) -> None:
    """Make the files of a draft; repeated without harm."""
    draft_render(draft_id=draft_id)


@task()
def release_files(draft_id: int) -> None:
    """Release a draft somebody asked to release; repeated without harm."""
    release_run(draft_id=draft_id)


@task()
def release_past(season_id: int, visibility: str) -> None:
    """Release what was on record before there were bulletins here; repeated without harm."""
    past_release(season_id=season_id, visibility=visibility)
