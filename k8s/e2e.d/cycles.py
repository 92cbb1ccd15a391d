"""Checks of what cycles say: the table of networks and restart modes, and exact counts."""

from checks import Check, Skipped
from cluster import instant, kubectl
from lane import condition, holds_restored

# TIME_WAIT lasts 60 s, rounded up to the kernel's timers. What comes after is how long a process takes to start, on a busy machine too.
TIME_WAIT = 60.0
LATEST = 180.0

# With SO_REUSEADDR off and the server closing first: what comes of the first bind.
TABLE = {
    ("hostNetwork", "listener"): "failed",
    ("hostNetwork", "process"): "failed",
    ("hostNetwork", "container"): "failed",
    ("hostNetwork", "pod"): "failed",
    ("hostPort", "listener"): "failed",
    ("hostPort", "process"): "failed",
    ("hostPort", "container"): "failed",
    ("hostPort", "pod"): "bound",
    ("pod", "listener"): "failed",
    ("pod", "process"): "failed",
    ("pod", "container"): "failed",
    ("pod", "pod"): "bound",
}


FIVE = {"connections": 5}
# Clients that come back try hundreds of times a minute while nobody listens, and end a TIME_WAIT when they are given its port (RFC 1337):
# five of them rarely all five, but then the port is free before the kernel's minute is over.
STAY_AWAY = {**FIVE, "reconnect": False}


def experiment(mode, reuse, cycles, close="server", clients=FIVE, **more):
    return {
        "restart": {"mode": mode, "close": close},
        "reuseAddress": {"value": reuse},
        "cycles": cycles,
        "clients": clients,
        **more,
    }


def numbered(claims, status, records, cycles):
    """As many records as cycles, none missing and none twice, in the API and in the status."""
    claims.equal("cycles in the records API", list(range(1, cycles + 1)), [record["cycle"] for record in records])
    last = list(range(max(1, cycles - 19), cycles + 1))
    claims.equal("cycles of status.records", last, [record["cycle"] for record in status["records"]])
    claims.equal("status.cycles.done", cycles, status["cycles"]["done"])


def counted(claims, status, **counts):
    """Every count that is not given is 0."""
    for name in ("bound", "failed", "verdictFail", "inconclusive", "error"):
        claims.equal(f"status.cycles.{name}", counts.get(name, 0), status["cycles"][name])
    claims.equal("status.cycles.failedByCause", counts.get("causes", {}), status["cycles"].get("failedByCause", {}))


def every(claims, what, records, holds):
    """It holds of each record, and there are records."""
    claims.true("there are records", len(records) > 0)
    wrong = [record for record in records if not holds(record)]
    claims.true(f"{what} in each of {len(records)} records", not wrong, [record["explanation"] for record in wrong[:1]])


def completed(claims, status, verdict="Pass"):
    claims.equal("phase", "Completed", status.get("phase"))
    claims.equal("verdict", verdict, status.get("verdict"))


def waited(record):
    """Seconds from the stop until it was bound at last."""
    return instant(record["boundAt"]) - instant(record["stoppedAt"])


def of_mode(lane, mode):
    if mode not in lane.settings.modes:
        raise Skipped(f"restart mode {mode} is not in MODES ({' '.join(lane.settings.modes)})")
    if mode == "container":
        # A new pod has no back-off: after some restarts the kubelet would wait for minutes.
        kubectl("-n", lane.namespace, "delete", "pod", lane.pod("server")["metadata"]["name"])
        lane.ready()


def cell_off(network, mode):
    outcome = TABLE[network, mode]

    def check(lane, claims):
        of_mode(lane, mode)
        name = f"off-{mode}"
        expect = {"outcome": "failed", "cause": "time_wait"} if outcome == "failed" else {"outcome": "bound"}
        spec = experiment(mode, False, 1, expect=expect, clients=STAY_AWAY if outcome == "failed" else FIVE)
        status, records = lane.run(name, spec)
        if mode == "container" and status["records"][0].get("outcome") == "bound" and waited(status["records"][0]) > TIME_WAIT:
            # The kubelet was so late with the new container that nothing was left for it to meet: that says nothing about the rule. Once more, in a new pod.
            print(f"{name} on {network}: the container came {waited(status['records'][0]):.1f} s after the stop, once more", flush=True)
            lane.delete(name)
            of_mode(lane, mode)
            status, records = lane.run(name, spec)
        [record] = status["records"]
        claims.equal("restart", mode, record["restart"])
        claims.equal("closedBy", "server", record["closedBy"])
        claims.equal("reuse", {"old": False, "new": False}, record["reuse"])
        claims.equal("cluster.network", network, record["cluster"]["network"])
        claims.equal("port", lane.port(), record["port"])
        bound = f", {waited(record):.1f} s after the stop" if record.get("outcome") == "bound" else ""
        claims.equal(f"outcome ({record['explanation']}{bound})", outcome, record.get("outcome"))
        claims.equal("cause", "time_wait" if outcome == "failed" else None, record.get("cause"))
        claims.equal("cluster.freshNamespace", mode == "pod" and network != "hostNetwork", record["cluster"].get("freshNamespace"))
        if outcome == "failed":
            claims.equal("call", "bind", record["call"])
            claims.equal("errno", "EADDRINUSE", record["errno"])
            claims.between("sockets in TIME_WAIT", 5, 1000, record.get("residue", {}).get("TIME_WAIT"))
            claims.contains("explanation", "TIME_WAIT", record["explanation"])
            claims.contains("prevention", "SO_REUSEADDR", record["prevention"])
            claims.between("failed binds", 1, 100_000, record.get("bindFailures"))
            claims.between("seconds until it was bound", TIME_WAIT, LATEST, waited(record))
        if mode in ("container", "pod"):
            claims.between("cluster.containerStartMs", 1, 300_000, record["cluster"].get("containerStartMs"))
        completed(claims, status)
        numbered(claims, status, records, 1)
        counted(claims, status, **({"failed": 1, "causes": {"time_wait": 1}} if outcome == "failed" else {"bound": 1}))
        claims.equal("condition Passed", "True", condition(status, "Passed")[0])
        holds_restored(lane, claims, status)
        bound = f", bound after {waited(record):.1f} s" if outcome == "failed" else ""
        return f"{outcome} {record.get('cause', '')} over {record.get('residue')}{bound}".replace("  ", " ")

    return Check(f"table/{network}/{mode}/off", check)


def cell_on(network, mode):
    def check(lane, claims):
        of_mode(lane, mode)
        name = f"on-{mode}"
        status, records = lane.run(name, experiment(mode, True, 2, expect={"outcome": "bound"}))
        every(claims, "bound", records, lambda record: record.get("outcome") == "bound" and "cause" not in record)
        every(claims, f"restart {mode} on {network}", records, lambda record: record["restart"] == mode and record["cluster"]["network"] == network)
        every(claims, "reuse on", records, lambda record: record["reuse"] == {"old": True, "new": True})
        if mode != "pod" or network == "hostNetwork":
            every(claims, "TIME_WAIT left", records, lambda record: record.get("residue", {}).get("TIME_WAIT", 0) >= 5)
        completed(claims, status)
        numbered(claims, status, records, 2)
        counted(claims, status, bound=2)
        holds_restored(lane, claims, status)
        return f"bound over {records[-1].get('residue')}"

    return Check(f"table/{network}/{mode}/on", check)


def per_minute(records):
    return 60 * (len(records) - 1) / (instant(records[-1]["stoppedAt"]) - instant(records[0]["stoppedAt"]))


def over_time_wait(mode):
    def check(lane, claims):
        of_mode(lane, mode)
        cycles = lane.settings.cycles
        status, records = lane.run(f"{mode}-on", experiment(mode, True, cycles))
        completed(claims, status)
        numbered(claims, status, records, cycles)
        counted(claims, status, bound=cycles)
        every(claims, "bound", records, lambda record: record.get("outcome") == "bound" and record.get("bindFailures") == 0)
        every(claims, "TIME_WAIT left", records, lambda record: record.get("residue", {}).get("TIME_WAIT", 0) >= 5)
        every(claims, "clients were answered", records, lambda record: record["clients"]["answers"] > 0 and record["clients"]["ends"] >= 5)
        holds_restored(lane, claims, status)
        rate = per_minute(records) if cycles > 1 else 0
        lane.kept[f"{mode} cycles a minute (reuse on, 5 clients, {cycles} cycles)"] = f"{rate:.0f}"
        most = max(record["residue"]["TIME_WAIT"] for record in records)
        return f"{cycles} of {cycles} bound over 5 to {most} sockets in TIME_WAIT, {rate:.0f} a minute"

    return Check(f"counts/{mode}/reuse-on", check)


def client_first(mode):
    def check(lane, claims):
        of_mode(lane, mode)
        cycles = lane.settings.cycles
        status, records = lane.run(f"{mode}-client", experiment(mode, False, cycles, close="client"))
        completed(claims, status)
        numbered(claims, status, records, cycles)
        counted(claims, status, bound=cycles)
        every(claims, "bound", records, lambda record: record.get("outcome") == "bound" and record.get("bindFailures") == 0)
        every(claims, "nothing left", records, lambda record: record.get("residue") == {})
        every(claims, "reuse off", records, lambda record: record["reuse"] == {"old": False, "new": False})
        holds_restored(lane, claims, status)
        return f"{cycles} of {cycles} bound, nothing left, {per_minute(records) if cycles > 1 else 0:.0f} a minute"

    return Check(f"counts/{mode}/client-first", check)


def failing(mode, cycles=3):
    def check(lane, claims):
        of_mode(lane, mode)
        expect = {"outcome": "failed", "cause": "time_wait"}
        status, records = lane.run(f"{mode}-failing", experiment(mode, False, cycles, expect=expect, clients=STAY_AWAY))
        completed(claims, status)
        numbered(claims, status, records, cycles)
        counted(claims, status, failed=cycles, causes={"time_wait": cycles})
        every(claims, "EADDRINUSE", records, lambda record: record.get("errno") == "EADDRINUSE" and record.get("cause") == "time_wait")
        for record in records:
            claims.between(f"cycle {record['cycle']}: seconds until it was bound", TIME_WAIT, LATEST, waited(record))
            # It came free after the last bind that failed and no later than the one that succeeded, however long a process takes to start in between.
            release = record["release"]
            claims.at_most(f"cycle {record['cycle']}: the start of the window, to the ms of the first bind", release["actualMs"], release["earliestMs"])
            claims.at_most(f"cycle {record['cycle']}: ms of the last failed bind, to the end of the window", release["latestMs"], release["lastFailedMs"])
        holds_restored(lane, claims, status)
        return f"{cycles} of {cycles} failed with time_wait, bound after {', '.join(f'{waited(record):.1f}' for record in records)} s"

    return Check(f"counts/{mode}/waits", check)


def cleared(lane, claims):
    of_mode(lane, "process")
    cycles = max(2, lane.settings.cycles)
    spec = {
        **experiment("process", False, cycles, expect={"outcome": "failed", "cause": "time_wait"}, onFailure="clear"),
        "reuseAddress": {"sequence": [False, True]},
    }
    status, records = lane.run("clear", spec)
    completed(claims, status)
    numbered(claims, status, records, cycles)
    counted(claims, status, failed=cycles, causes={"time_wait": cycles})
    every(claims, "toggled", records, lambda record: record["reuse"]["old"] != record["reuse"]["new"])
    every(claims, "TIME_WAIT left", records, lambda record: record.get("residue", {}).get("TIME_WAIT", 0) >= 1)
    took = instant(records[-1]["stoppedAt"]) - instant(records[0]["stoppedAt"])
    # Waiting for the kernel would have taken a minute for each.
    claims.between("seconds for all", 0, TIME_WAIT * (cycles - 1), took)
    holds_restored(lane, claims, status)
    return f"{cycles} of {cycles} failed with time_wait and were cleared, {took / max(1, cycles - 1):.1f} s for each"


def wrong_expectation(lane, claims):
    """What the product must say when an experiment is wrong about the kernel."""
    of_mode(lane, "process")
    status, records = lane.run("wrong", experiment("process", True, 1, expect={"outcome": "failed", "cause": "time_wait"}))
    completed(claims, status, "Fail")
    numbered(claims, status, records, 1)
    counted(claims, status, bound=1, verdictFail=1)
    claims.equal("condition Passed", "False", condition(status, "Passed")[0])
    return "an experiment that expects what does not happen fails"


def cells(network):
    modes = ["process", "listener", "container", "pod"]
    return [cell(network, mode) for mode in modes for cell in (cell_on, cell_off)]
