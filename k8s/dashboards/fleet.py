"""Rebind / Fleet: all ports of all nodes, what needs a look, leaks, worst ports, whether the figures come at all."""

from board import dashboard, variable
from grafana import *
from meters import *

AGENT = 'namespace=~"$namespace", node=~"$node"'
HERE = Agents(AGENT, 'port=~"$port"')
NAME = "{{namespace}}/{{pod}}:{{port}}"
CLOSE_WAIT = HERE.of("rebind_tcp_sockets", state="CLOSE_WAIT")
GROWTH = f"(max by ({PORT}, side) ({CLOSE_WAIT}) - max by ({PORT}, side) (min_over_time({CLOSE_WAIT}[10m])))"
SHARE = f"max by ({POD}) ({HERE.agent('rebind_tcp_time_wait_sockets')} / {HERE.agent('rebind_tcp_time_wait_limit')})"
PARTS = f'component=~"server|clients|node-agent|controller", {AGENT}'
UP = f"max by (namespace, component, pod) (up{{{PARTS}}})"
FIRING = 'max by (alertname, namespace, node, pod, port, experiment) (ALERTS{alertname=~"Rebind.*", alertstate="firing", namespace=~"$namespace"})'

# What a port needs a look for; the highest number is the gravest.
TROUBLES = {0: ("–", QUIET), 1: ("Unreadable", ALARM), 2: ("Leaks", ALARM), 3: ("Fails to bind", ALARM), 4: ("No server", ALARM)}
TROUBLE = f"""({HERE.without_server()} * 0 + 4) or ({total(PORT, HERE.unasked())} > 0) * 0 + 3 or {HERE.leaking()} * 0 + 2
  or ({HERE.readable()} == 0) + 1 or {HERE.readable()} * 0"""

# A listener of a pod, which need not be in a namespace of agents.
LISTENER = "namespace, node, pod, port, address"
OF_LISTENERS = 'node=~"$node", port=~"$port"'
RISK = f"max by ({LISTENER}) ({series('rebind_listener_restart_risk', OF_LISTENERS)})"
INFO = series("rebind_listener_info", OF_LISTENERS)
RISKS = {0: ("Binds at once", QUIET), 1: ("Cannot be told", QUIET), 2: ("Blocked by its connections", WARM), 3: ("Is blocked", ALARM)}

THIS_PORT = [
    {
        "title": "This port",
        "url": "/d/rebind-port?${datasource:queryparam}&var-namespace=${__data.fields.Namespace}&var-pod=${__data.fields.Pod}&var-port=${__data.fields.Port}&${__url_time_range}",
    }
]
KEY = {"port": ("Port", 80), "pod": ("Pod", 250), "namespace": ("Namespace", 130)}


def row_of(title, description, columns, *, width, worst, empty, more=(), height=9):
    """A table of ports, the port's cell leads to its dashboard."""
    return table(title, description, columns, {**KEY, **dict(more)}, width=width, height=height, worst=worst, links={"Port": THIS_PORT}, empty=empty)



def slow(window):
    return f"histogram_quantile(0.95, sum by (namespace, pod, le) (rate({HERE.agent('rebind_socket_read_seconds_bucket')}{window})))"


def heap(window):
    selector = f'jvm_memory_used_bytes{{area="heap", {PARTS}}}'
    highest = f"max_over_time({selector}{window})" if window else selector
    return f"sum by (namespace, component, pod) (max by (namespace, component, pod, id) ({highest}))"


PANELS = [
    row("Does anything need a look?"),
    stat(
        "Alerts of Rebind",
        "Does an alert of Rebind fire? None does, or the chart's rules are not installed (metrics.rules.enabled).",
        "none",
        query(f"count({FIRING})", "firing", instant=True),
        width=3,
        thresholds=ALARMED,
        links=[{"title": "Alerts", "url": "/alerting/list?search=Rebind"}],
        empty="none",
    ),
    stat(
        "Ports without their server",
        "How many supervised servers have not been bound for two minutes, though no experiment holds their agent? A bind between two scrapes counts. Alert: RebindPortNotBound.",
        "none",
        query(counted(HERE.without_server(), HERE.of("rebind_server_bound")), "not bound", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[to_panel("Ports, worst first")],
    ),
    stat(
        "Failed attempts, unasked",
        "How many binds failed in the time shown while no experiment held the agent? Each try counts. Alert: RebindBindFailures.",
        "none",
        query(total("", HERE.unasked()) + f" or 0 * count({HERE.agent('rebind_agent_held')})", "failed", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[to_panel("Failed attempts to bind, by port")],
    ),
    stat(
        "Ports that leak",
        "On how many ports did sockets in CLOSE_WAIT grow by 10 or more within 10 minutes? The other end closed and the program does not. Alert: RebindCloseWaitGrowing.",
        "none",
        query(counted(HERE.leaking(), HERE.readable()), "leak", instant=True),
        width=3,
        thresholds=ALARMED,
        links=[to_panel("CLOSE_WAIT: growth in 10 minutes")],
    ),
    stat(
        "Highest TIME_WAIT share",
        "Is a network namespace near net.ipv4.tcp_max_tw_buckets? Above it the kernel ends TIME_WAIT at once. Alert: RebindTimeWaitNearLimit.",
        "percentunit",
        query(f"max({SHARE})", "highest", instant=True),
        width=4,
        thresholds=steps((None, QUIET), (0.8, ALARM)),
        decimals=1,
        links=[to_panel("TIME_WAIT, share of the limit")],
    ),
    stat(
        "Targets down",
        "How many parts of Rebind does Prometheus not reach?",
        "none",
        query(counted(f"{UP} == 0", UP), "down", instant=True),
        width=3,
        thresholds=ALARMED,
        links=[to_panel("Scraped")],
    ),
    stat(
        "Readable ports",
        "Of how many ports can the sockets be read? The others have gaps in every panel, never zeros, and count in no sum. Alert: RebindCollectorFailing.",
        "none",
        query(f"sum({HERE.readable()})", "readable", instant=True),
        query(f"count({HERE.readable()})", "of", instant=True),
        width=3,
        links=[to_panel("Failed reads")],
    ),
    row_of(
        "Ports, worst first",
        "What is on each port, and which needs a look? No server: not bound for two minutes, and no experiment holds the agent. Fails to bind: unasked, in the time shown. Leaks: CLOSE_WAIT grew by 10 within 10 minutes. Until free: In use is a port that somebody has a socket on, as a server that runs does.",
        [
            ("Needs a look", TROUBLE, "none", 130, {"first": True, "mappings": named(TROUBLES), "custom.cellOptions": {"type": "color-text"}, "custom.align": "left"}),
            ("Failed attempts", total(PORT, HERE.attempts(outcome="failed")), "none", 130, {}),
            ("CLOSE_WAIT", HERE.sockets(PORT, state="CLOSE_WAIT"), "none", 110, {}),
            ("TIME_WAIT", HERE.sockets(PORT, state="TIME_WAIT"), "none", 105, {}),
            ("FIN_WAIT_2", HERE.sockets(PORT, state="FIN_WAIT_2"), "none", 110, {}),
            ("Connections", HERE.sockets(PORT, state="ESTABLISHED"), "none", 115, {}),
            ("Queued", f"sum by ({PORT}) ({once(HERE.of('rebind_tcp_queue_bytes', side='server'), f'{PORT}, direction')})", "bytes", 90, {}),
            ("Until free", HERE.release(PORT), SECONDS, 95, {"decimals": 0, "mappings": IN_USE}),
        ],
        width=24,
        height=12,
        worst=["Needs a look", "CLOSE_WAIT", "Failed attempts"],
        more={"node": ("Node", 140)}.items(),
        empty="No port is looked at yet: helm upgrade rebind helm/rebind --namespace rebind -f values.yaml --set metrics.podMonitor.enabled=true",
    ),
    row("Servers in pods, and a restart of them now"),
    stat(
        "Servers that are blocked now",
        "How many servers in pods would not bind their port now, as sockets that are not their own stand in the way? As of the last audit of the pods (nodeAgent.audit.enabled).",
        "none",
        query(counted(f"{RISK} == 3", RISK), "blocked", instant=True),
        width=5,
        thresholds=ALARMED,
        links=[to_panel("Servers in pods, worst first")],
        empty="none audited",
    ),
    stat(
        "Blocked by their connections",
        "How many servers would be blocked by connections that they close first, each for as long as a TIME_WAIT lasts? They have no SO_REUSEADDR.",
        "none",
        query(counted(f"{RISK} == 2", RISK), "would be blocked", instant=True),
        width=5,
        thresholds=steps((None, QUIET), (1, WARM)),
        links=[to_panel("Servers in pods, worst first")],
        empty="none audited",
    ),
    stat(
        "Cannot be told",
        "Of how many servers is a fact missing that decides? The options of sockets take nodeAgent.readSocketOptions.",
        "none",
        query(counted(f"{RISK} == 1", RISK), "cannot be told", instant=True),
        width=5,
        empty="none audited",
    ),
    stat(
        "Not in the audit",
        "What does the audit leave out? Pods that are not told whole, and listeners without series, of which the worst have some.",
        "none",
        query("max(rebind_audit_untold_pods)", "pods", instant=True),
        query("max(rebind_listener_series_dropped)", "listeners", instant=True),
        width=5,
        empty="none audited",
    ),
    stat(
        "Age of the audit",
        "How old is the last audit? The controller asks the agents of the nodes every minute unless told otherwise (nodeAgent.audit.interval).",
        SECONDS,
        query("time() - max(rebind_audit_timestamp_seconds)", "age", instant=True),
        width=4,
        decimals=0,
        empty="none audited",
    ),
    table(
        "Servers in pods, worst first",
        "Which servers would not come back at once if their container were restarted now? As rebind audit says it. Is blocked: sockets that are not its own stand in the way. Blocked by its connections: it has no SO_REUSEADDR, and each connection that it closes first stays in TIME_WAIT. The fifty worst.",
        [
            ("After a restart now", f"topk(50, {RISK})", "none", 230, {"first": True, "mappings": named(RISKS), "custom.cellOptions": {"type": "color-text"}, "custom.align": "left"}),
            ("SO_REUSEADDR", ("reuse_address", f"max by ({LISTENER}, reuse_address) ({INFO}) and on ({LISTENER}) topk(50, {RISK})"), "string", 140, {}),
        ],
        {"namespace": ("Namespace", 200), "pod": ("Pod", 400), "port": ("TCP port", 90), "address": ("Address", 200), "node": ("Node", 250)},
        width=24,
        worst=["After a restart now"],
        empty="none audited: helm upgrade rebind helm/rebind --namespace rebind -f values.yaml --set nodeAgent.enabled=true,nodeAgent.audit.enabled=true",
    ),
    row("Leaks"),
    lines(
        "CLOSE_WAIT by port",
        "Does a program forget to close? A line that only rises is a leak: CLOSE_WAIT ends with the program's close and with nothing else. The ten ports with most. Alert: RebindCloseWaitGrowing.",
        "none",
        query(most(f"max by ({PORT}, side) ({CLOSE_WAIT})", f"{PORT}, side", f"max by ({PORT}, side) (max_over_time({CLOSE_WAIT}[$__range] @ end()))"), NAME + " {{side}}"),
        width=12,
        empty="none in this time",
        legend="right",
    ),
    row_of(
        "CLOSE_WAIT: growth in 10 minutes",
        "Which ports leak most? Sockets in CLOSE_WAIT now, above the fewest of the last 10 minutes. Alert: RebindCloseWaitGrowing.",
        [("Growth", f"topk(10, {GROWTH} > 0)", "none", 90, {"thresholds": steps((None, QUIET), (10, ALARM)), "custom.cellOptions": {"type": "color-text"}})],
        width=12,
        height=8,
        worst=["Growth"],
        more={"side": ("Side", 80)}.items(),
        empty="none grew",
    ),
    row("Binds"),
    row_of(
        "Failed attempts to bind, by port",
        "Where do binds fail most, and why? Each try in the time shown, those of experiments included. Unasked: while no experiment held the agent. Alert: RebindBindFailures.",
        [
            ("Failed", f"topk(20, {total(f'{PORT}, cause', HERE.attempts(outcome='failed'))} > 0)", "none", 80, {}),
            ("Unasked", f"{total(f'{PORT}, cause', HERE.unasked())} > 0", "none", 90, ALARM_CELL),
        ],
        width=12,
        worst=["Unasked", "Failed"],
        more={"cause": ("Cause", 120)}.items(),
        empty="none in the time shown",
    ),
    row_of(
        "Residue now, by port",
        "Which ports would fail a bind without SO_REUSEADDR now? Sockets in TIME_WAIT and FIN_WAIT_2; the twenty with most.",
        [("Sockets", f"topk(20, {HERE.sockets(PORT, state='~TIME_WAIT|FIN_WAIT_2')} > 0)", "none", 90, {})],
        width=12,
        worst=["Sockets"],
        more={"node": ("Node", 140)}.items(),
        empty="none now",
    ),
    row("TIME_WAIT of whole network namespaces"),
    lines(
        "TIME_WAIT, share of the limit",
        "How near is each network namespace to net.ipv4.tcp_max_tw_buckets? The ten nearest. Alert: RebindTimeWaitNearLimit.",
        "percentunit",
        query(most(SHARE, POD, f"max by ({POD}) (max_over_time({HERE.agent('rebind_tcp_time_wait_sockets')}[$__range] @ end()))"), "{{namespace}}/{{pod}}"),
        width=12,
        legend="right",
        thresholds=steps((None, QUIET), (0.8, ALARM)),
    ),
    lines(
        "TIME_WAIT, sockets",
        "How many sockets are in TIME_WAIT, on whatever port? Each agent counts its network namespace; the ten with most.",
        "none",
        query(
            most(f"max by ({POD}) ({HERE.agent('rebind_tcp_time_wait_sockets')})", POD, f"max by ({POD}) (max_over_time({HERE.agent('rebind_tcp_time_wait_sockets')}[$__range] @ end()))"),
            "{{namespace}}/{{pod}}",
        ),
        width=12,
        legend="right",
    ),
    row("Collectors"),
    timeline(
        "Scraped",
        "Does Prometheus reach every part of Rebind? A bar that ends: the pod is gone.",
        query(UP, "{{component}} {{namespace}}/{{pod}}"),
        width=12,
        height=10,
        mappings=named({0: ("Down", ALARM), 1: ("Up", GENERATION)}),
    ),
    timeline(
        "Held by an experiment",
        "Which agents does an experiment work on, and when? Failed binds of these are what was asked for. As seen at each scrape.",
        query(f"max by (namespace, pod) ({HERE.agent('rebind_agent_held')})", "{{namespace}}/{{pod}}"),
        width=12,
        height=10,
        mappings=named({0: ("Free", OTHER), 1: ("Held", CALM)}),
    ),
    lines(
        "Time of a read, p95",
        "Is looking at the sockets cheap? 95 of 100 looks took no longer; it grows with the sockets of the machine. The ten slowest.",
        "s",
        query(most(slow("[$__rate_interval]"), "namespace, pod", slow("[$__range] @ end()")), "{{namespace}}/{{pod}}"),
        width=12,
        legend="right",
    ),
    lines(
        "Heap in use",
        "Does a part of Rebind run out of memory? Heap of the ten processes with most.",
        "bytes",
        query(most(heap(""), "namespace, component, pod", heap("[$__range] @ end()")), "{{component}} {{namespace}}/{{pod}}"),
        width=12,
        legend="right",
    ),
    lines(
        "Failed reads",
        "When could the sockets not be read? Each is a gap elsewhere. Alert: RebindCollectorFailing.",
        "none",
        query(f"sum by (namespace, pod) ({HERE.since(HERE.agent('rebind_socket_read_failures_total'))}) > 0", "{{namespace}}/{{pod}}"),
        width=24,
        height=6,
        bars=True,
        interval="1m",
        decimals=0,
    ),
]

DASHBOARD = dashboard(
    "rebind-fleet",
    "Rebind / Fleet",
    "What needs a look, all ports of all nodes, leaks, and whether the figures come at all.",
    variables=[
        variable("namespace", "Namespace of agents", "Namespaces of the agents.", "rebind_socket_read_failures_total"),
        variable("node", "Node", "Nodes of the agents.", 'rebind_socket_read_failures_total{namespace=~"$namespace"}'),
        variable("port", "Port", "Ports that are looked at.", f"rebind_tcp_sockets{{{AGENT}}}", sort=3),
    ],
    panels=PANELS,
)
