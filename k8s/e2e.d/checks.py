"""What a check is, and how checks are run and told."""

import time
import traceback

from cluster import Broken


class Failed(Exception):
    """What was seen is not what must be."""


class Skipped(Exception):
    """It could not be tried here; the message says why."""


class Claims:
    """Compares, and counts what it compared: a check that compared nothing has not passed."""

    def __init__(self):
        self.made = 0

    def equal(self, what, expected, seen):
        self.made += 1
        if expected != seen:
            if isinstance(expected, dict) and isinstance(seen, dict):
                # What differs is enough.
                same = [key for key in expected if key in seen and expected[key] == seen[key]]
                expected, seen = ({key: value for key, value in one.items() if key not in same} for one in (expected, seen))
            raise Failed(f"{what}: expected {expected!r}, seen {seen!r}")

    def true(self, what, holds, seen=""):
        self.made += 1
        if holds is not True:
            raise Failed(f"{what}: not so{', seen ' + str(seen) if seen != '' else ''}")

    def between(self, what, low, high, seen):
        self.made += 1
        if seen is None or not low <= seen <= high:
            raise Failed(f"{what}: expected {low} to {high}, seen {seen}")

    def at_most(self, what, high, seen):
        self.made += 1
        if seen is None or high is None or seen > high:
            raise Failed(f"{what}: expected at most {high}, seen {seen}")

    def contains(self, what, part, text):
        self.made += 1
        if part not in text:
            raise Failed(f"{what}: {part!r} is not in {text!r}")


class Result:
    def __init__(self, name, result, seconds, seen):
        self.name, self.result, self.seconds, self.seen = name, result, seconds, seen

    def line(self, width):
        return f"{self.name:<{width}}  {self.result:<7}  {self.seconds:>7.1f}  {self.seen}"


class Check:
    """A name and a function of a lane and of claims, which gives what was seen."""

    def __init__(self, name, work):
        self.name, self.work = name, work

    def carry_out(self, lane):
        claims = Claims()
        began = time.monotonic()
        try:
            seen = self.work(lane, claims)
            if not claims.made or not seen:
                raise Failed("nothing was compared")
            result = "passed"
        except Skipped as e:
            result, seen = "skipped", str(e)
        except (Failed, Broken) as e:
            result, seen = "failed", str(e)
        except Exception:
            result, seen = "failed", "an error of the test itself: " + traceback.format_exc()
        return Result(self.name, result, time.monotonic() - began, seen)


def told(result):
    """One line while it runs; a failure in full."""
    first = result.seen if result.result == "failed" else result.seen.split("\n", 1)[0]
    print(f"{result.result}: {result.name} ({result.seconds:.1f} s): {first}", flush=True)


def table(results):
    width = max([len(result.name) for result in results] + [5])
    print(f"\n{'check':<{width}}  {'result':<7}  {'seconds':>7}  seen")
    print("─" * (width + 60))
    for result in results:
        print(Result(result.name, result.result, result.seconds, result.seen.split("\n", 1)[0]).line(width))
    count = {kind: sum(result.result == kind for result in results) for kind in ("passed", "failed", "skipped")}
    print(f"\n{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    return count
