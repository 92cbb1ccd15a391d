#!/usr/bin/env python3
"""
scenes.py SCENE END : the series of a scene in OpenMetrics, on standard output; END is the time, in Unix seconds, at which it is looked at.

fresh: the chart was installed, nothing has happened. failing: one server, whose restarts meet TIME_WAIT, for an hour. fleet: thirty ports and twenty-five experiments for a day:
one port has no server, one fails to bind and nobody asked for it, one leaks, one cannot be read.
"""

import bisect
import collections
import random
import sys

SPANS = {"fresh": (3600, 15), "failing": (3600, 15), "fleet": (86_400, 120)}
NAN = float("nan")
STATES = "LISTEN ESTABLISHED TIME_WAIT FIN_WAIT_2 FIN_WAIT_1 CLOSE_WAIT LAST_ACK CLOSING SYN_SENT SYN_RECEIVED NEW_SYN_RECV CLOSED".split()
CAUSES = ("time_wait", "fin_wait2", "listener_other", "unknown")
PHASES = "Pending Running Paused Completed Aborted Error".split()
OUTAGES, ERRORS, READS = (0.1, 0.5, 1, 2.5, 5, 10, 60, 61, 62, 63, 65, 120), (0.001, 0.01, 0.1, 1), (0.00025, 0.0005, 0.001, 1)
REUSE = {"reuse_old": "off", "reuse_new": "off"}


class Scene:
    """Series as functions of time. What is random is the same each time."""

    def __init__(self, name, end):
        self.name, self.end = name, end
        span, self.every = SPANS[name]
        self.begin = end - span
        self.times = range(self.begin, end + 1, self.every)
        self.random = random.Random(7)
        self.families = collections.defaultdict(list)

    def gauge(self, name, labels, value, since=0):
        self.families[name, "gauge"].append(("", labels, value, since))

    def counter(self, name, labels, events, base=0, since=0):
        events = sorted(events)
        self.families[name, "counter"].append(("_total", labels, lambda at: base + bisect.bisect_right(events, at), since))

    def histogram(self, name, labels, observed, bounds, since=0):
        """observed: [(time, value)]"""
        for bound in (*bounds, None):
            events = sorted(at for at, value in observed if bound is None or value <= bound)
            le = "+Inf" if bound is None else repr(float(bound))
            self.families[name, "histogram"].append(("_bucket", {**labels, "le": le}, lambda at, events=events: bisect.bisect_right(events, at), since))
        times, sums = [at for at, _ in sorted(observed)], [0]
        for _, value in sorted(observed):
            sums.append(sums[-1] + value)
        self.families[name, "histogram"].append(("_sum", labels, lambda at: sums[bisect.bisect_right(times, at)], since))
        self.families[name, "histogram"].append(("_count", labels, lambda at: bisect.bisect_right(times, at), since))

    def write(self, out):
        for (name, kind), members in self.families.items():
            out.write(f"# TYPE {name} {kind}\n")
            # The series of a histogram stand together.
            for suffix, labels, value, since in sorted(members, key=lambda one: ("_bucket", "_sum", "_count", "_total", "").index(one[0])):
                text = name + suffix + "{" + ",".join(f'{key}="{one}"' for key, one in labels.items()) + "}"
                out.writelines(f"{text} {'NaN' if (now := value(at)) != now else now} {at}\n" for at in self.times if at >= since)
        out.write("# EOF\n")

    def process(self, labels, heap):
        self.gauge("up", labels, lambda at: 1)
        self.gauge("process_start_time_seconds", labels, lambda at: self.begin - 90_000)
        self.gauge("jvm_memory_used_bytes", {**labels, "area": "heap", "id": "eden"}, lambda at: heap + at // 60 % 30 * 5e5)


def agent(scene, where, port, restarts, *, held=(), close_wait=None, unreadable=False, gone=None):
    """restarts: [(order to stop, seconds until bound, cause of the failed binds or None)]; gone: since when the server is."""
    of_port = {**where, "port": str(port)}
    starts = [at for at, _, _ in restarts]

    def away(at):
        number = bisect.bisect_right(starts, at) - 1
        if number >= 0 and at < starts[number] + restarts[number][1]:
            return starts[number]
        return gone if gone and at >= gone else None

    def sockets(state, at):
        stopped = away(at)
        if unreadable:
            return NAN
        if state == "CLOSE_WAIT":
            return close_wait(at) if close_wait else 0
        if stopped:
            return 20 if state == "TIME_WAIT" and at < stopped + 61 else 0
        return {"LISTEN": 1, "ESTABLISHED": 20 + at // 60 % 5}.get(state, 0)

    for state in STATES:
        scene.gauge("rebind_tcp_sockets", {**of_port, "side": "server", "state": state}, lambda at, state=state: sockets(state, at))
    for direction in ("receive", "send"):
        scene.gauge("rebind_tcp_queue_bytes", {**of_port, "side": "server", "direction": direction}, lambda at: NAN if unreadable else 512 * (at // 60 % 3))
    scene.gauge("rebind_port_release_seconds", of_port, lambda at: NAN if unreadable or not away(at) else max(0, away(at) + 61 - at))
    scene.gauge("rebind_server_bound", of_port, lambda at: 0 if away(at) else 1)
    scene.gauge("rebind_agent_held", where, lambda at: int(any(begins <= at < ends for begins, ends in held)))
    scene.counter("rebind_agent_holds", where, [begins for begins, _ in held])
    failed = collections.defaultdict(list)
    for at, seconds, cause in restarts:
        failed[cause] += range(at, int(at + seconds), 10)
    if gone:
        failed["listener_other"] += range(gone, scene.end, 20)
    attempt = {**of_port, **REUSE}
    scene.counter("rebind_bind_attempts", {**attempt, "outcome": "bound", "cause": "none", "errno": "none"}, [at + seconds for at, seconds, _ in restarts], 1)
    for cause in CAUSES:
        scene.counter("rebind_bind_attempts", {**attempt, "outcome": "failed", "cause": cause, "errno": "EADDRINUSE"}, failed[cause])
    scene.counter("rebind_restarts", {**where, "mode": "process"}, starts)
    scene.histogram("rebind_restart_to_bound_seconds", {**where, "mode": "process"}, [(at + seconds, seconds) for at, seconds, _ in restarts], OUTAGES)
    scene.histogram("rebind_port_release_error_seconds", of_port, [(at + seconds, scene.random.random() * 0.02) for at, seconds, cause in restarts if cause], ERRORS)
    scene.counter("rebind_socket_read_failures", where, scene.times if unreadable else [])
    scene.histogram("rebind_socket_read_seconds", where, [(at, 0.0004 + 0.0003 * scene.random.random()) for at in scene.times], READS)
    scene.gauge("rebind_tcp_time_wait_sockets", where, lambda at: 40 + port % 7 * 30 + (0 if unreadable else sockets("TIME_WAIT", at)))
    scene.gauge("rebind_tcp_time_wait_limit", where, lambda at: 65_536)
    scene.process(where, 30e6)


def clients(scene, where, port, outages):
    """outages: [(begin, seconds)]"""
    of_port = {**where, "port": str(port)}
    served = [at for at in scene.times if not any(begins <= at < begins + seconds for begins, seconds in outages)]
    scene.histogram("rebind_client_downtime_seconds", of_port, [(begins + seconds, seconds) for begins, seconds in outages], OUTAGES)
    scene.histogram("rebind_client_round_trip_seconds", of_port, [(at, 0.0002 + 0.0004 * scene.random.random()) for at in served], READS)
    scene.counter("rebind_client_answers", of_port, served)
    scene.counter("rebind_client_resets", of_port, [begins for begins, _ in outages])
    scene.counter("rebind_client_lost_bytes", of_port, [begins for begins, _ in outages])
    refused = [int(begins) + second for begins, seconds in outages for second in range(int(seconds))]
    scene.counter("rebind_client_connect_failures", {**of_port, "errno": "ECONNREFUSED"}, refused)
    scene.gauge("rebind_client_connections", of_port, lambda at: 0 if any(begins <= at < begins + seconds for begins, seconds in outages) else 20)
    scene.gauge("rebind_agent_held", where, lambda at: 0)
    scene.counter("rebind_socket_read_failures", where, [])
    scene.process(where, 25e6)


def experiment(scene, name, mode, start, cycles, ended, verdict, phase="Completed"):
    """cycles: [(end, outcome, cause, verdict, seconds to bound, seconds of downtime or None)]; ended: None while it runs."""
    namespace, _, short = name.partition("/")
    labels = {"namespace": namespace, "experiment": short, "pod": "rebind-controller-7d9f", "instance": "10.0.0.9:7070"}

    def now(at):
        return phase if ended and at >= ended else "Pending" if at < start + 20 else "Running"

    for one in PHASES:
        scene.gauge("rebind_experiment_phase", {**labels, "phase": one}, lambda at, one=one: int(now(at) == one), start)
    for one in ("Pass", "Fail", "Inconclusive", "Error"):
        scene.gauge("rebind_experiment_verdict", {**labels, "verdict": one}, lambda at, one=one: int(bool(ended) and at >= ended and one == verdict), start)
        scene.counter("rebind_experiment_cycle_verdicts", {**labels, "verdict": one}, [cycle[0] for cycle in cycles if cycle[3] == one], 0, start)
    for outcome, cause in (("bound", "none"), ("none", "none"), *(("failed", cause) for cause in CAUSES)):
        scene.counter("rebind_experiment_cycles", {**labels, "outcome": outcome, "cause": cause}, [cycle[0] for cycle in cycles if cycle[1:3] == (outcome, cause)], 0, start)
    scene.gauge("rebind_experiment_info", {**labels, "mode": mode, "network": "hostNetwork"}, lambda at: 1, start)
    scene.counter("rebind_experiment_inconclusive_cycles", labels, [cycle[0] for cycle in cycles if cycle[3] == "Inconclusive"], 0, start)
    scene.histogram("rebind_experiment_restart_to_bound_seconds", labels, [(cycle[0], cycle[4]) for cycle in cycles], OUTAGES, start)
    scene.histogram("rebind_experiment_downtime_seconds", labels, [(cycle[0], cycle[5]) for cycle in cycles if cycle[5]], OUTAGES, start)
    scene.histogram("rebind_experiment_release_error_seconds", labels, [(cycle[0], scene.random.random() * 0.02) for cycle in cycles if cycle[1] == "failed"], ERRORS, start)
    scene.gauge("rebind_experiment_start_timestamp_seconds", labels, lambda at: start, start)
    if cycles:
        ends = [cycle[0] for cycle in cycles]
        scene.gauge("rebind_experiment_last_cycle_timestamp_seconds", labels, lambda at: ends[bisect.bisect_right(ends, at) - 1], ends[0])


def pod(namespace, node, name, component):
    return {"namespace": namespace, "node": node, "pod": name, "instance": f"{name}:7070", "component": component}


def one_server(scene):
    """An experiment restarts the server of the chart: two of three restarts meet TIME_WAIT, one in six was not expected."""
    restarts, cycles, at = [], [], scene.begin + 600
    while scene.name == "failing" and at < scene.end - 300:
        number = len(restarts)
        fails = number % 3 != 0
        seconds = 61 + scene.random.random() if fails else 0.4
        restarts.append((at, seconds, "time_wait" if fails else None))
        verdict = "Fail" if number % 6 == 4 else "Pass"
        cycles.append((at + seconds, "failed" if fails else "bound", "time_wait" if fails else "none", verdict, seconds, seconds + 0.2))
        at += int(seconds) + 60
    held = [(scene.begin + 580, scene.end - 250)] if restarts else []
    agent(scene, pod("rebind", "node-1", "rebind-server-0", "server"), 8080, restarts, held=held)
    if restarts:
        clients(scene, pod("rebind", "node-1", "rebind-clients-5b4f", "clients"), 8080, [(at, seconds) for at, seconds, _ in restarts])
        experiment(scene, "rebind/first", "process", scene.begin + 580, cycles, scene.end - 250, "Fail")


def fleet(scene):
    for number in range(30):
        namespace = ("shop", "pay", "search")[number % 3]
        name = f"{namespace}-{('front', 'cart', 'ledger', 'index')[number % 4]}-{number:02d}-7d9f8c{number:02d}"
        more, held = {}, []
        if number % 5 == 0:
            begin = scene.begin + 3600 * (number % 20)
            held = [(begin, begin + 5400)]
            restarts = [(at, 61.3, "time_wait") for at in range(begin + 30, begin + 5300, 130)]
        elif number == 7:
            restarts = [(scene.begin + 40_000, 61.0, "fin_wait2"), (scene.end - 9000, 60.9, "time_wait")]
        else:
            restarts = [(at, 0.2 + scene.random.random(), None) for at in range(scene.begin + 3000 + 700 * number, scene.end - 200, 14_400)]
        if number == 11:
            more["close_wait"] = lambda at: (at - scene.begin) // 50
        if number == 13:
            more["unreadable"] = True
        if number == 19:
            more["gone"] = scene.end - 1200
        agent(scene, pod(namespace, f"node-{number % 6 + 1}", name, "server"), 8080 + number % 16, restarts, held=held, **more)
    for number, namespace in enumerate(("shop", "pay", "search")):
        outages = [(scene.begin + 5000 + 7000 * one + number * 100, 61.5 if one % 2 else 1.2) for one in range(11)]
        clients(scene, pod(namespace, f"node-{number + 1}", f"{namespace}-clients-6c8d", "clients"), 8080 + number, outages)
    for number in range(25):
        name = f"{('shop', 'pay', 'search')[number % 3]}/{('nightly-restart', 'rolling-toggle', 'client-stalls', 'killed', 'process-matrix')[number % 5]}-{number:02d}"
        start, cycles = scene.begin + 3000 * number, []
        for one in range(20 + number):
            fails = (one + number) % 2 == 0 and number % 4 != 3
            verdict = "Fail" if number in (4, 16) and one % 7 == 3 else "Inconclusive" if number == 9 and one % 5 == 1 else "Pass"
            seconds = 61 + scene.random.random() if fails else 0.3 + scene.random.random()
            cause = ("time_wait" if number % 3 else "fin_wait2") if fails else "none"
            cycles.append((start + 60 + 130 * one + seconds, "failed" if fails else "bound", cause, verdict, seconds, seconds + 0.3 if number % 2 else None))
        cycles = [cycle for cycle in cycles if cycle[0] < scene.end]
        verdict = {4: "Fail", 16: "Fail", 9: "Inconclusive", 12: "Error"}.get(number, "Pass")
        ended = None if number >= 23 else cycles[-1][0] + 30
        experiment(scene, name, ("process", "container", "pod", "listener")[number % 4], start, cycles, ended, verdict, "Error" if number == 12 else "Completed")


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in SPANS:
        raise SystemExit(__doc__.strip())
    scene = Scene(arguments[0], int(arguments[1]))
    where = pod("rebind", "node-1", "rebind-controller-7d9f", "controller")
    scene.process(where, 60e6)
    scene.gauge("rebind_experiment_series_dropped", where, lambda at: 0)
    if scene.name == "fleet":
        fleet(scene)
    else:
        one_server(scene)
    scene.write(sys.stdout)


main(sys.argv[1:])
