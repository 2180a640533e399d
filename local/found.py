"""Opens the first boards, fills the catalogues and appoints staff, on whatever stage is named.

Run as a program of its own, because rows take their table's name from the environment when imported.
"""

from __future__ import annotations

import json
import os
import sys

from local import say
from local.placeholders import SETTINGS


def main() -> None:
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    from community.commons.staff import service as staff
    from community.commons.staff.rules import Role, Staff
    from community.forum.boards import service as boards
    from community.people.tag_catalogue import service as tag_catalogue
    from community.people.touchpoints import service as touchpoints

    opened, added, known = boards.install(), tag_catalogue.install(), touchpoints.install()
    appointed = [
        Staff(each["userid"], each["name"], tuple(map(Role, each["roles"])))
        for each in json.load(sys.stdin)
    ]
    staff.appoint_only(appointed)
    say.line(
        f"  {len(opened)} boards opened, {len(added)} tags and {len(known)} touchpoints added to the "
        f"catalogues, {len(appointed)} colleagues appointed"
    )


if __name__ == "__main__":
    say.run(main)
