"""The whole running system on this machine: emulated AWS, sandbox, and the deployed stack."""

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from local import cloud, deployment, gaps, package, parameters, ports, processes, say
from local.emulator import Emulator
from local.sandbox import Sandbox

STAGE = "local"
NAME = f"member-community-{STAGE}"
BUCKET = f"{NAME}-packages"
QUEUES = ("facts", "counts", "inbox", "outbound", "pictures")
UNSEEN = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
QUIET_S = 1.5
"""The emulator looks for changes of rows at least once a second."""


@dataclass(frozen=True)
class Stack:
    """A running system, and what one may ask it and do to it."""

    emulator: Emulator
    sandbox: Sandbox
    name: str = NAME

    @property
    def base(self) -> str:
        """The one address for clients: the sandbox, which passes the community's own paths on."""
        return self.sandbox.url

    @property
    def emulator_url(self) -> str:
        return self.emulator.url

    @cached_property
    def boto(self) -> cloud.Clients:
        """Clients of the emulated AWS: `stack.boto("dynamodb")`."""
        return cloud.emulated(self.emulator.url)

    def function(self, name: str) -> str:
        """The full name of a Lambda: `api_handler` → `member-community-local-api_handler`."""
        return f"{self.name}-{name}"

    def invoke(self, function: str, event: Any) -> Any:
        """Call a Lambda directly and return its answer; AssertionError with the message when it failed."""
        payload = json.dumps(event).encode()
        reply = self.boto("lambda").invoke(FunctionName=self.function(function), Payload=payload)
        answer = json.loads(reply["Payload"].read() or b"null")
        assert "FunctionError" not in reply, answer
        return answer

    def kill_worker(self, function: str) -> int:
        """Kill the processes that run a Lambda right now, as a lost machine would; how many there were."""
        killed = self._signal_workers(function, signal.SIGKILL)
        while any(processes.is_alive(pid) for pid in killed):
            time.sleep(0.01)
        return len(killed)

    def freeze_worker(self, function: str) -> int:
        """Let the processes that run a Lambda stand still, until they are killed; how many there were."""
        return len(self._signal_workers(function, signal.SIGSTOP))

    def in_flight(self, queue: str) -> int:
        """How many messages of a queue a Lambda has taken and not finished."""
        sqs = self.boto("sqs")
        url = sqs.get_queue_url(QueueName=f"{self.name}-{queue}")["QueueUrl"]
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[UNSEEN[1]])
        return int(counts["Attributes"][UNSEEN[1]])

    def _signal_workers(self, function: str, what: signal.Signals) -> list[int]:
        unpacked = str(self.emulator.workers / f"ministack-lambda-{self.function(function)}-")
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        found = [pid for pid in pids if unpacked in _command_line(pid)]
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, what)
        return found

    def wait_until_idle(self, *, within_s: float = 120) -> None:
        """Wait until no queue has had a message for a while, so that every consequence has followed."""
        deadline = time.monotonic() + within_s
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET_S:
            if self._messages():
                quiet_since = time.monotonic()
            assert time.monotonic() < deadline, f"the queues did not empty within {within_s} s"
            time.sleep(0.1)

    def stop(self) -> bool:
        """Stop everything cleanly; the data stay. Whether anything ran."""
        stopped = self.sandbox.keeper.stop()
        return self.emulator.keeper.stop() or stopped

    def _messages(self) -> int:
        sqs = self.boto("sqs")
        total = 0
        for queue in QUEUES:
            url = sqs.get_queue_url(QueueName=f"{self.name}-{queue}")["QueueUrl"]
            counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(UNSEEN))
            total += sum(int(count) for count in counts["Attributes"].values())
        return total


def at(state: Path, *, base_port: int, emulator_port: int, tied: bool = False) -> Stack:
    """The system whose data lie in a folder, running or not."""
    emulator = Emulator(state / "emulator", emulator_port, tied)
    return Stack(emulator, Sandbox(state / "sandbox", base_port, tied))


def start(stack: Stack) -> None:
    """Bring a system up: package, start what does not run, deploy what changed."""
    with ThreadPoolExecutor() as pool:
        packaged = pool.submit(package.built, STAGE, package.host_arch())
        started = [pool.submit(stack.emulator.start), pool.submit(stack.sandbox.start)]
        for each in started:
            each.result()
        ready = packaged.result()
    with say.step("Deploy to the emulated AWS"):
        api_url = _deploy(stack, ready)
    stack.sandbox.put_in_front_of(api_url)


@contextmanager
def running_stack(state: Path) -> Iterator[Stack]:
    """A system of one's own on free ports, for tests; it ends with the test run, however that ends."""
    stack = at(state, base_port=ports.free(), emulator_port=ports.free(), tied=True)
    try:
        start(stack)
        yield stack
    finally:
        stack.stop()


def _deploy(stack: Stack, ready: package.Package) -> str:
    """The address of the API that was deployed."""
    identity = stack.sandbox.identity()
    parameters.check_data_keys(stack.boto, NAME)
    parameters.make_our_own(stack.boto, NAME)
    parameters.put(stack.boto, NAME, {key: identity[key] for key in parameters.OF_THE_PLATFORMS})
    stack.boto("s3").create_bucket(Bucket=BUCKET)
    told = _template_parameters(identity, stack.base)
    changed = deployment.deploy(stack.boto, NAME, ready, bucket=BUCKET, parameters=told)
    parameters.make_data_keys(stack.boto, NAME)
    rest_api_id = deployment.outputs(stack.boto, NAME)["RestAPIId"]
    if changed:
        gaps.fill(stack.boto, NAME, ready.template, rest_api_id)
        _forget_other_packages(stack.boto("s3"), ready)
        _let_the_page_upload(stack)
    return f"{stack.emulator.url}/restapis/{rest_api_id}/api/_user_request_"


def _let_the_page_upload(stack: Stack) -> None:
    """The sandbox's phone is a page in a browser, which asks the bucket first; WeChat on a phone does not."""
    described = stack.boto("cloudformation").describe_stack_resource(
        StackName=NAME, LogicalResourceId="MediaBucket"
    )
    rule = {"AllowedOrigins": [stack.base], "AllowedMethods": ["POST", "GET"]}
    stack.boto("s3").put_bucket_cors(
        Bucket=described["StackResourceDetail"]["PhysicalResourceId"],
        CORSConfiguration={"CORSRules": [rule]},
    )


def _forget_other_packages(s3: Any, current: package.Package) -> None:
    """What was deployed before is of no use on this machine."""
    kept = {current.code.name, current.template.name}
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    for key in {found["Key"] for found in listed} - kept:
        s3.delete_object(Bucket=BUCKET, Key=key)


def _template_parameters(identity: dict[str, Any], base: str) -> dict[str, str]:
    templates = {name: template["id"] for name, template in identity["templates"].items()}
    return {
        "Stage": STAGE,
        "WechatAppid": identity["appid"],
        "WechatApiUrl": base,
        "WechatPushMode": identity["push_mode"],
        "WechatEnv": "develop",
        "WechatTemplates": json.dumps(templates),
        "WecomCorpid": identity["corpid"],
        "WecomAgentid": str(identity["agentid"]),
        "WecomApiUrl": base,
        "SandboxUrl": base,
    }


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
