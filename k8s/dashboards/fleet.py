"""Rebind / Fleet: all ports of all nodes, leaks, worst ports, whether the figures come at all."""

from grafana import *

AGENT = 'namespace=~"$namespace", node=~"$node"'
PORT = f'{AGENT}, port=~"$port"'
ONE = "namespace, node, pod, port"
NAME = "{{namespace}}/{{pod}}:{{port}}"


def of(name, **labels):
    return series(name, PORT, **labels)


def agent(name):
    return series(name, AGENT)


def in_state(state):
    return f"sum by ({ONE}) ({of('rebind_tcp_sockets', side='server', state=state)})"


FAILED = of("rebind_bind_attempts_total", outcome="failed")
CLOSE_WAIT = of("rebind_tcp_sockets", state="CLOSE_WAIT")
SHARE = f"max by (namespace, node, pod) ({agent('rebind_tcp_time_wait_sockets')} / {agent('rebind_tcp_time_wait_limit')})"
PARTS = f'component=~"server|clients|node-agent|controller", {AGENT}'

PANELS = [
    row("Now"),
    stat(
        "Ports",
        "How many ports are looked at? An agent counts those that servers of its network namespace have or had.",
        "none",
        query(f"count({in_state('LISTEN')})", "ports", instant=True),
        width=4,
    ),
    stat(
        "Without their server",
        "How many supervised servers are not bound? Alert: RebindPortNotBound.",
        "none",
        query(f"sum(min by ({ONE}) ({of('rebind_server_bound')}) == bool 0)", "not bound", instant=True),
        width=4,
        thresholds=steps((None, GENERATION), (1, ALARM)),
    ),
    stat(
        "Failed binds",
        "How many binds failed in the time shown? About: Prometheus extrapolates. Alert: RebindBindFailures.",
        "none",
        query(f"round(sum(increase({FAILED}[$__range])))", "failed", instant=True),
        width=4,
        thresholds=steps((None, CALM), (1, ALARM)),
    ),
    stat(
        "CLOSE_WAIT",
        "How many connections were closed by the other end and not by the program? Alert: RebindCloseWaitGrowing.",
        "none",
        query(f"sum({CLOSE_WAIT})", "CLOSE_WAIT", instant=True),
        width=4,
        thresholds=steps((None, CALM), (10, WARM), (100, ALARM)),
    ),
    stat(
        "Highest TIME_WAIT share",
        "Is a network namespace near net.ipv4.tcp_max_tw_buckets? Above it the kernel ends TIME_WAIT at once. Alert: RebindTimeWaitNearLimit.",
        "percentunit",
        query(f"max({SHARE})", "highest", instant=True),
        width=4,
        thresholds=steps((None, CALM), (0.5, WARM), (0.8, ALARM)),
        decimals=1,
    ),
    stat(
        "Failed reads",
        "Could the sockets be read in the time shown? Failed reads are gaps in every other panel, never zeros. Alert: RebindCollectorFailing.",
        "none",
        query(f"round(sum(increase({agent('rebind_socket_read_failures_total')}[$__range])))", "failed", instant=True),
        width=4,
        thresholds=steps((None, GENERATION), (1, ALARM)),
    ),
    table(
        "All ports",
        "What is on each port of each node? Failed: binds in the time shown, about. Held: somebody has a socket on it, or it cannot be read; no time can be told. A port of a node shows once for each agent that sees it.",
        [
            *[(state, in_state(state), "none", {}) for state in ("LISTEN", "ESTABLISHED", "TIME_WAIT", "FIN_WAIT_2", "CLOSE_WAIT")],
            ("Queued", f"sum by ({ONE}) ({of('rebind_tcp_queue_bytes', side='server')})", "bytes", {}),
            ("Bound", f"min by ({ONE}) ({of('rebind_server_bound')})", "none", {"mappings": named({0: ("No", ALARM), 1: ("Yes", GENERATION)}), "custom.cellOptions": {"type": "color-text"}}),
            ("Until free", release(of("rebind_port_release_seconds"), f"by ({ONE}) "), "s", {"decimals": 0, "mappings": HELD}),
            ("Failed", f"round(sum by ({ONE}) (increase({FAILED}[$__range])))", "none", {"thresholds": steps((None, CALM), (1, ALARM)), "custom.cellOptions": {"type": "color-text"}}),
        ],
        {"namespace": "Namespace", "node": "Node", "pod": "Pod", "port": "Port"},
        width=24,
        height=10,
        links=[
            {
                "title": "This port",
                "url": "/d/rebind-port?${datasource:queryparam}&var-namespace=${__data.fields.Namespace}&var-node=${__data.fields.Node}&var-pod=${__data.fields.Pod}&var-port=${__data.fields.Port}&${__url_time_range}",
            }
        ],
    ),
    row("Leaks"),
    lines(
        "CLOSE_WAIT by port",
        "Does a program forget to close? A line that only rises is a leak: CLOSE_WAIT ends with the program's close and with nothing else. Alert: RebindCloseWaitGrowing.",
        "none",
        query(f"sum by ({ONE}, side) ({CLOSE_WAIT})", NAME + " {{side}}"),
        width=12,
    ),
    bar_gauge(
        "CLOSE_WAIT: growth in 10 minutes",
        "Which ports leak most? Sockets in CLOSE_WAIT now, above the fewest of the last 10 minutes; the ten that grew most. Alert: RebindCloseWaitGrowing.",
        "none",
        query(f"topk(10, sum by ({ONE}, side) ({CLOSE_WAIT} - min_over_time({CLOSE_WAIT}[10m])))", NAME + " {{side}}", instant=True),
        width=12,
        thresholds=steps((None, CALM), (10, ALARM)),
        decimals=0,
    ),
    row("Worst ports"),
    bar_gauge(
        "Share of time without a server",
        "Which ports were down longest? Share of the time shown in which the server was not bound; the ten worst. Alert: RebindPortNotBound.",
        "percentunit",
        query(f"topk(10, 1 - min by ({ONE}) (avg_over_time({of('rebind_server_bound')}[$__range])))", NAME, instant=True),
        width=8,
        thresholds=steps((None, CALM), (0.01, WARM), (0.1, ALARM)),
        decimals=1,
    ),
    bar_gauge(
        "Most failed binds",
        "Where do binds fail most, and why? In the time shown, about; the ten worst. Alert: RebindBindFailures.",
        "none",
        query(f"topk(10, round(sum by ({ONE}, cause) (increase({FAILED}[$__range]))))", NAME + " {{cause}}", instant=True),
        width=8,
        thresholds=steps((None, CALM), (1, ALARM)),
        decimals=0,
    ),
    bar_gauge(
        "Most residue",
        "Which ports would fail a bind without SO_REUSEADDR now? Sockets in TIME_WAIT and FIN_WAIT_2; the ten with most.",
        "none",
        query(f"topk(10, {in_state('~TIME_WAIT|FIN_WAIT_2')})", NAME, instant=True),
        width=8,
        thresholds=steps((None, CALM), (1, ALARM)),
        decimals=0,
    ),
    row("TIME_WAIT of whole network namespaces"),
    lines(
        "TIME_WAIT, share of the limit",
        "How near is each network namespace to net.ipv4.tcp_max_tw_buckets? Alert: RebindTimeWaitNearLimit.",
        "percentunit",
        query(SHARE, "{{namespace}}/{{pod}}"),
        width=12,
        thresholds=steps((None, CALM), (0.8, ALARM)),
    ),
    lines(
        "TIME_WAIT, sockets",
        "How many sockets are in TIME_WAIT, on whatever port? Each agent counts its network namespace.",
        "none",
        query(f"max by (namespace, node, pod) ({agent('rebind_tcp_time_wait_sockets')})", "{{namespace}}/{{pod}}"),
        width=12,
    ),
    row("Collectors"),
    timeline(
        "Scraped",
        "Does Prometheus reach every part of Rebind? A bar that ends: the pod is gone.",
        query(f"min by (namespace, component, pod) (up{{{PARTS}}})", "{{component}} {{namespace}}/{{pod}}"),
        width=12,
        mappings=named({0: ("Down", ALARM), 1: ("Up", GENERATION)}),
    ),
    timeline(
        "Held by an experiment",
        "Which agents does an experiment work on, and when? Failed binds of these are what was asked for.",
        query(f"max by (namespace, pod) ({agent('rebind_agent_held')})", "{{namespace}}/{{pod}}"),
        width=12,
        mappings=named({0: ("Free", OTHER), 1: ("Held", WARM)}),
    ),
    lines(
        "Time of a read, p95",
        "Is looking at the sockets cheap? 95 of 100 looks took no longer; it grows with the sockets of the machine.",
        "s",
        query(f"histogram_quantile(0.95, sum by (namespace, pod, le) (rate({agent('rebind_socket_read_seconds_bucket')}[$__rate_interval])))", "{{namespace}}/{{pod}}"),
        width=8,
    ),
    lines(
        "Failed reads",
        "When could the sockets not be read? Each is a gap elsewhere. Alert: RebindCollectorFailing.",
        "cps",
        query(f"sum by (namespace, pod) (rate({agent('rebind_socket_read_failures_total')}[$__rate_interval]))", "{{namespace}}/{{pod}}"),
        width=8,
    ),
    lines(
        "Heap in use",
        "Does a part of Rebind run out of memory? Heap of each process.",
        "bytes",
        query(f'sum by (namespace, component, pod) (jvm_memory_used_bytes{{area="heap", {PARTS}}})', "{{component}} {{namespace}}/{{pod}}"),
        width=8,
    ),
]

DASHBOARD = dashboard(
    "rebind-fleet",
    "Rebind / Fleet",
    "All ports of all nodes, leaks, the worst ports, and whether the figures come at all.",
    variables=[
        variable("namespace", "Namespace", "Namespaces of the agents.", "rebind_socket_read_failures_total"),
        variable("node", "Node", "Nodes of the agents.", 'rebind_socket_read_failures_total{namespace=~"$namespace"}'),
        variable("port", "Port", "Ports that are looked at.", f"rebind_tcp_sockets{{{AGENT}}}", sort=3),
    ],
    panels=PANELS,
)
