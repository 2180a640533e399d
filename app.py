"""The table of contents of the running system: the doors, and every Lambda."""

# ruff: noqa: E402 - looking for garbage rests while the imports make none: a tenth of a cold start.

from __future__ import annotations

import gc

gc.disable()

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, Rate, SQSEvent

from chalicelib import clock, facts, inbox, on_demand, system
from chalicelib.http import mount
from chalicelib.queues import BatchReply, each_group, each_job, each_record
from chalicelib.settings import settings

on_demand.modules_of("chat", "community")

from chat import callbacks, worker
from community import consequences
from community.commons.agenda import service as agenda
from community.commons.media import service as media
from community.commons.outbound import service as outbound
from community.forum.hot import service as hot
from community.forum.recount import service as recount
from mini_program_api import door as mini_program
from mini_program_api import identify
from partner_api import door as partners

settings()  # A stage that is not set up fails here, at start, and says what is missing.

app = Chalice(app_name="member-community")

mount(app, mini_program, identify=identify)
mount(app, partners, identify=identify)
mount(app, callbacks.door, identify=identify)
mount(app, system.door_for([mini_program, partners]), identify=identify)


# What a function listens to is made by the template (.chalice/resources.json), which puts the real ARN
# in place of these, and gives relay_facts the streams of all tables.
IN_TEMPLATE = "arn:aws:{}:us-east-1:000000000000:{}"


# Facts of which many about one thing are counted at once, beside everything else that follows from them.
COUNTED = ("reacted.1",)


@app.on_dynamodb_record(stream_arn=IN_TEMPLATE.format("dynamodb", "table/people/stream/x"))
def relay_facts(event: DynamoDBEvent) -> None:
    facts.relay(event.to_dict()["Records"], counted=COUNTED)


@app.on_sqs_message(
    queue_arn=IN_TEMPLATE.format("sqs", "facts"), batch_size=10, maximum_concurrency=10
)
def follow_facts(event: SQSEvent) -> BatchReply:
    return each_record(event, consequences.follow)


@app.on_sqs_message(
    queue_arn=IN_TEMPLATE.format("sqs", "counts"),
    batch_size=100,
    maximum_batching_window_in_seconds=5,
    maximum_concurrency=2,
)
def fold_counts(event: SQSEvent) -> BatchReply:
    return each_group(event, consequences.counted_with, consequences.count)


@app.on_sqs_message(queue_arn=IN_TEMPLATE.format("sqs", "inbox"), batch_size=10)
def work_inbox(event: SQSEvent) -> BatchReply:
    return each_record(event, worker.work)


@app.on_sqs_message(
    queue_arn=IN_TEMPLATE.format("sqs", "outbound"), batch_size=1, maximum_concurrency=4
)
def send_outbound(event: SQSEvent) -> BatchReply:
    return each_record(event, outbound.send)


@app.on_sqs_message(
    queue_arn=IN_TEMPLATE.format("sqs", "pictures"), batch_size=1, maximum_concurrency=4
)
def shape_pictures(event: SQSEvent) -> BatchReply:
    return each_record(event, media.shape)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def tick(_event: CloudWatchEvent) -> dict[str, int]:
    jobs = {
        "happened": agenda.let_happen,
        "swept": inbox.sweep,
        "recounts": recount.put_down,
        "hot": hot.refresh,
    }
    return each_job(jobs, now=clock.utc_now())


# What the start made stays: nobody has to look at it again.
gc.enable()
gc.freeze()
