"""The process beside the web workers: runs tasks and the scheduler until its standard input ends."""

import os
import signal
import sys
import threading

import django


def main() -> None:
    django.setup()
    from django_tasks_db.management.commands.db_worker import Worker

    from saima.server.commands.telling import set_up
    from saima.server.kit import tasks, tick

    set_up()
    # Nobody else works on this home (home.alone), so a task that is under way was left by a worker that was killed.
    tasks.put_back(all_of_them=True)
    worker = Worker(
        queue_names=["*"],
        interval=0.5,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=f"worker:{os.getpid()}",
        excluded_queue_names=[],
    )
    stop = threading.Event()

    def end(*_: object) -> None:
        stop.set()
        worker.running = False

    def until_let_go() -> None:
        sys.stdin.buffer.read()
        end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=until_let_go, daemon=True).start()
    ticking = threading.Thread(target=tick.loop, args=(stop,))
    ticking.start()
    try:
        worker.run()
    finally:
        stop.set()
        ticking.join(5)


if __name__ == "__main__":
    main()
