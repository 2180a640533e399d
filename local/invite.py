"""`make invite ADVISOR=… STAGE=…`: a code for one use, by which an advisor vouches for a customer."""

from __future__ import annotations

import os
import sys
import uuid
from datetime import datetime

from local import say
from local.stages import environment_of_stage

USAGE = "Say which advisor invites: `make invite ADVISOR=<userid>`."


def main() -> None:
    advisor, stage = (*sys.argv[1:], "", "")[:2]
    if not advisor:
        raise say.Failure(USAGE)
    os.environ.update(environment_of_stage(stage or "local"))
    from chalicelib import clock

    say.line(invited(advisor, now=clock.utc_now()))


def invited(advisor: str, *, now: datetime) -> str:
    """A new code of an advisor, on the stage at hand, and until when it is good."""
    from community.commons.dates import in_beijing
    from community.people.invitations import service as invitations

    with say.refusals_told():
        issued = invitations.issue(by=advisor, request_id=uuid.uuid4().hex, now=now)
    return f"✓ {issued.code}  (good for one use, until {in_beijing(issued.expires_at)} in Beijing)"


if __name__ == "__main__":
    say.run(main)
