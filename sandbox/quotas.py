"""Counts calls against the platforms' limits per minute and per day (Beijing's), by the sandbox's clock."""

from bisect import bisect_right

from sandbox.state import DayCount
from sandbox.world import World

MINUTE_S = 60.0
DAY_S = 24 * 3600
BEIJING_OFFSET_S = 8 * 3600


def take_minute(world: World, key: str, *, limit: int) -> bool:
    """Count one call, unless `limit` calls were made within the last 60 seconds."""
    if used_minute(world, key) >= limit:
        return False
    world.state.minutes.setdefault(key, []).append(world.now())
    return True


def take_day(world: World, key: str, *, limit: int) -> bool:
    """Count one call, unless `limit` calls were made today."""
    used = used_today(world, key)
    if used >= limit:
        return False
    world.state.days[key] = DayCount(day=_today(world), count=used + 1)
    return True


def used_minute(world: World, key: str) -> int:
    calls = world.state.minutes.get(key, [])
    del calls[: bisect_right(calls, world.now() - MINUTE_S)]
    return len(calls)


def used_today(world: World, key: str) -> int:
    counted = world.state.days.get(key)
    return counted.count if counted is not None and counted.day == _today(world) else 0


def _today(world: World) -> int:
    return int((world.now() + BEIJING_OFFSET_S) // DAY_S)
