"""10,000 likes a minute on one post: no partition is asked for more than it can give."""

from __future__ import annotations

from bench import acts
from bench.listing import LIKES_A_SECOND, rush
from bench.meter import PARTITION_READS_MAX, PARTITION_WRITES_MAX
from bench.stage import in_memory


def test_no_partition_is_throttled_when_everybody_likes_one_post() -> None:
    with in_memory() as stage:
        author = acts.owner(stage, "author")
        post_id = acts.post(stage, author, audience={})
        meter = rush(stage, post_id, seconds=2)
        asked = meter.by_partition_and_second()
        assert max(cost.writes for cost in asked.values()) <= PARTITION_WRITES_MAX
        assert max(cost.reads for cost in asked.values()) <= PARTITION_READS_MAX
        likes = stage.call("GET", acts.POST, post_id).json["counts"]["likes"]
        assert likes == 2 * LIKES_A_SECOND
