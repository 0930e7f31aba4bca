"""How fast a roster comes in: students a second of CPU, beside the same rows through the ORM's add_all.

    python -m bench.rosters [--students 5000]

Ours reads the spreadsheet, checks every row, gives each new student a login name, an enrolment and,
where it says so, a consent. The yardstick adds a person, an enrolment and a consent for each row,
already known, and checks nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade

from bench import corpus
from penpal import create_app
from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.config import Settings
from penpal.consent.models import Consent, Giver, How, Purpose
from penpal.kernel.db import transaction
from penpal.places.models import Unit
from penpal.rosters import reading, services
from tests import cast, servers
from tests.rosters.rosters_of import HEADINGS, as_xlsx


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--students", type=int, default=5000)
    students = arguments.parse_args().students
    print(
        f"{'':12}{'ours':>12}{'add_all':>12}{'ratio':>8}   ({students:,} rows; rows a second of CPU)"
    )
    with corpus.databases() as databases:
        for name, address in databases.items():
            ours = students / _spent(_import, _fresh(address, "ours"), students)
            theirs = students / _spent(_add_all, _fresh(address, "plain"), students)
            print(f"{name:12}{ours:12,.0f}{theirs:12,.0f}{ours / theirs:8.2f}")


def _fresh(address: str, name: str) -> str:
    return servers.new_database(address, name) if address else ""


def _spent(way: Callable[[int], float], address: str, students: int) -> float:
    """Seconds of CPU, on a fresh database with the cast in it."""
    with TemporaryDirectory(prefix="penpal-bench-") as folder:
        app = create_app(
            Settings(data=Path(folder), DATABASE_URL=address, demo=False, log_level="ERROR")
        )
        with app.app_context():
            upgrade()
            cast.build()
            return way(students)


def _import(students: int) -> float:
    people = cast.Cast()
    rows = [
        [f"初{'一二三'[n % 3]}({n // 3 % 30 + 1})班", f"2026{n:05}", f"学生{n}", "2012-05", "是"]
        for n in range(students)
    ]
    content = as_xlsx([HEADINGS, *rows])
    begun = time.process_time()
    services.apply(people.unit("tj-school"), reading.read(content), by=people.actor("secretary_tj"))
    return time.process_time() - begun


def _add_all(students: int) -> float:
    class_: Unit = cast.Cast().unit("tj-class")
    begun = time.process_time()
    with transaction() as session:
        people = [
            Person(
                kind=PersonKind.STUDENT,
                login_name=f"plain{n}",
                name=f"学生{n}",
                birth_year=2012,
                birth_month=5,
            )
            for n in range(students)
        ]
        session.add_all(people)
        session.flush()
        session.add_all(
            Enrolment(
                person_id=person.id,
                class_id=class_.id,
                school_id=class_.parent_id,
                student_number=f"2026{n:05}",
                since=date(2026, 9, 1),
            )
            for n, person in enumerate(people)
        )
        session.add_all(
            Consent(
                person_id=person.id,
                purpose=Purpose.TAKING_PART,
                giver=Giver.GUARDIAN,
                how=How.PAPER,
            )
            for person in people
        )
    return time.process_time() - begun


if __name__ == "__main__":
    main()
