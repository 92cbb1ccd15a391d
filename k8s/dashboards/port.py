"""Rebind / One port: what is on a port, what a restart leaves there, when it can be bound."""

from grafana import *

AGENT = 'namespace=~"$namespace", node=~"$node", pod=~"$pod"'
CLIENTS = 'namespace=~"$namespace"'
LEFT = "~TIME_WAIT|FIN_WAIT_1|FIN_WAIT_2|CLOSE_WAIT|CLOSING|LAST_ACK|ESTABLISHED"


def of(name, **labels):
    return series(name, f'{AGENT}, port=~"$port"', **labels)


def agent(name):
    return series(name, AGENT)


def clients(name):
    return series(name, CLIENTS)


ATTEMPTS = of("rebind_bind_attempts_total")
FAILED = of("rebind_bind_attempts_total", outcome="failed")
LISTENERS = of("rebind_tcp_sockets", side="server", state="LISTEN")
LISTENS = {0: ("Nobody", ALARM), 1: ("Listening", GENERATION)}

PANELS = [
    row("Now"),
    stat(
        "Listener",
        "Does anybody listen on the port? Alert: RebindPortNotBound.",
        "none",
        query(f"clamp_max(sum({LISTENERS}), 1)", "listener", instant=True),
        width=4,
        thresholds=steps((None, ALARM), (1, GENERATION)),
        mappings=named(LISTENS),
    ),
    stat(
        "Until it can be bound",
        "When is the port free? 0: now. Held: somebody has a socket on it, as a server that runs does, or it cannot be read; no time can be told.",
        "s",
        query(release(of("rebind_port_release_seconds")), "release", instant=True),
        width=4,
        thresholds=steps((None, CALM), (0, GENERATION), (0.001, ALARM)),
        mappings=HELD,
    ),
    stat(
        "TIME_WAIT",
        "How many sockets of the port are in TIME_WAIT now? Without SO_REUSEADDR on both servers, one is enough to fail the next bind.",
        "none",
        query(f"sum({of('rebind_tcp_sockets', state='TIME_WAIT', side='server')})", "TIME_WAIT", instant=True),
        width=4,
        thresholds=steps((None, CALM), (1, ALARM)),
    ),
    stat(
        "Restarts",
        "How often was the server restarted in the time shown? About: Prometheus extrapolates.",
        "none",
        query(f"round(sum(increase({agent('rebind_restarts_total')}[$__range])))", "restarts", instant=True),
        width=4,
    ),
    stat(
        "Failed binds",
        "How often did a bind of the port fail in the time shown? About: Prometheus extrapolates. Alert: RebindBindFailures.",
        "none",
        query(f"round(sum(increase({FAILED}[$__range])))", "failed", instant=True),
        width=4,
        thresholds=steps((None, CALM), (1, ALARM)),
    ),
    stat(
        "Held by an experiment",
        "Is an experiment at work on this agent? Failed binds are then what was asked for.",
        "none",
        query(f"max({agent('rebind_agent_held')})", "held", instant=True),
        width=4,
        mappings=named({0: ("No", OTHER), 1: ("Yes", WARM)}),
    ),
    row("The port over time"),
    lines(
        "Sockets by state",
        "What is on the port? Sockets whose own port (side server) or far port (side client) it is. Gaps: they could not be read.",
        "none",
        query(f"sum by (state) ({of('rebind_tcp_sockets', side='$side')})", "{{state}}"),
        width=24,
        height=10,
        stacked=True,
        overrides=colours(STATES),
        decimals=0,
    ),
    timeline(
        "Listener over time",
        "When did somebody listen, and when nobody? One bar for each pod; a new pod is a new bar. Alert: RebindPortNotBound.",
        query(f"clamp_max(sum by (namespace, pod) ({LISTENERS}), 1)", "{{namespace}}/{{pod}}"),
        width=12,
        height=6,
        mappings=named(LISTENS),
    ),
    lines(
        "Countdown to the release",
        "When will the port be free? The line should fall to 0 by one second each second; where it is missing, somebody holds a socket and no time can be told.",
        "s",
        query(f"max by (namespace, pod) ({of('rebind_port_release_seconds')})", "{{namespace}}/{{pod}}"),
        width=12,
        height=6,
        thresholds=steps((None, GENERATION), (60, ALARM)),
    ),
    lines(
        "Residue while nobody listens",
        "What did the old server leave for the next one? Sockets of the port by state, for as long as nobody listens; 0 while somebody does.",
        "none",
        query(
            f"""sum by (state) ({of('rebind_tcp_sockets', side='server', state=LEFT)}
              * on (namespace, node, pod, instance, port) group_left () ({LISTENERS} == bool 0))""",
            "{{state}}",
        ),
        width=12,
        stacked=True,
        overrides=colours(STATES),
        decimals=0,
    ),
    lines(
        "Queues",
        "Does data lie unread or unacknowledged? Bytes in the queues of the port's connections; a server that is closed with unread data sends a reset.",
        "bytes",
        query(f"sum by (direction) ({of('rebind_tcp_queue_bytes', side='$side')})", "{{direction}}"),
        width=12,
        overrides=colours({"receive": CALM, "send": WARM}),
    ),
    row("Binds"),
    bar_gauge(
        "Binds by SO_REUSEADDR, old → new",
        "Does the option help? Binds in the time shown by SO_REUSEADDR of the old server and of the new one; none: nothing was bound before. Leftovers need it on both. About: Prometheus extrapolates.",
        "none",
        query(f"round(sum by (reuse_old, reuse_new, outcome) (increase({ATTEMPTS}[$__range])))", "{{reuse_old}} → {{reuse_new}}: {{outcome}}", instant=True),
        width=12,
        height=10,
        overrides=colours({f"/: {outcome}$/": colour for outcome, colour in OUTCOMES.items() if outcome != "none"}, by="byRegexp"),
        decimals=0,
    ),
    lines(
        "Failed binds by cause",
        "When did binds fail, and what stood in the way? About: Prometheus extrapolates. Alert: RebindBindFailures.",
        "none",
        query(f"round(sum by (cause) (increase({FAILED}[$__rate_interval])))", "{{cause}}"),
        width=12,
        height=10,
        bars=True,
        overrides=colours(CAUSES),
        interval="1m",
        decimals=0,
    ),
    heatmap(
        "Stop to bound",
        "How long do restarts take? From the order to stop a server until the next one was bound; a dark cell is many.",
        f"sum by (le) (increase({agent('rebind_restart_to_bound_seconds_bucket')}[$__rate_interval]))",
        width=12,
    ),
    within(
        "Error of predicted releases, by size",
        "How far was the countdown from the real release? Releases whose error was at most so many seconds, since the agent started.",
        f"sum by (le) ({of('rebind_port_release_error_seconds_bucket')})",
        width=12,
    ),
    row("Clients in the namespace"),
    heatmap(
        "Downtime seen by clients",
        "How long are clients without service? Interruptions by length and time; a dark cell is many. Alert: RebindClientDowntime.",
        f"sum by (le) (increase({clients('rebind_client_downtime_seconds_bucket')}[$__rate_interval]))",
        width=12,
    ),
    lines(
        "Failed connects",
        "What do clients get while the server is away? Attempts to connect that failed, by errno: ECONNREFUSED when nobody listens.",
        "cps",
        query(f"sum by (errno) (rate({clients('rebind_client_connect_failures_total')}[$__rate_interval]))", "{{errno}}"),
        width=12,
        stacked=True,
    ),
    lines(
        "Answers and resets",
        "Is the service there, and are connections cut? Good answers, and connections that ended with ECONNRESET or EPIPE, a second.",
        "cps",
        query(f"sum(rate({clients('rebind_client_answers_total')}[$__rate_interval]))", "answers"),
        query(f"sum(rate({clients('rebind_client_resets_total')}[$__rate_interval]))", "resets"),
        width=8,
        overrides=colours({"answers": CALM, "resets": ALARM}),
    ),
    lines(
        "Round trip",
        "Is the service slow when it is there? From a request to its answer; gaps: no answer came.",
        "s",
        *[
            query(f"histogram_quantile({number}, sum by (le) (rate({clients('rebind_client_round_trip_seconds_bucket')}[$__rate_interval])))", name)
            for number, name in ((0.5, "p50"), (0.99, "p99"))
        ],
        width=8,
        overrides=colours({"p50": CALM, "p99": WARM}),
    ),
    lines(
        "Connections and lost bytes",
        "What is lost by a restart? Open connections of the clients, and bytes of requests that got no answer, a second (right axis).",
        "none",
        query(f"sum({clients('rebind_client_connections')})", "connections"),
        query(f"sum(rate({clients('rebind_client_lost_bytes_total')}[$__rate_interval]))", "lost"),
        width=8,
        overrides=[
            *colours({"connections": CALM}),
            override("lost", {"color": {"mode": "fixed", "fixedColor": ALARM}, "unit": "Bps", "custom.axisPlacement": "right"}),
        ],
    ),
]

DASHBOARD = dashboard(
    "rebind-port",
    "Rebind / One port",
    "What is on a port, what a restart leaves there, when it can be bound, what clients see of it.",
    variables=[
        variable("namespace", "Namespace", "Namespaces of the agents.", "rebind_tcp_sockets"),
        variable("node", "Node", "Nodes of the agents.", 'rebind_tcp_sockets{namespace=~"$namespace"}'),
        variable(
            "pod",
            "Pod",
            "Whose network namespace. Several for a server whose pod was made again; an agent of the node and one on hostNetwork see the same sockets, so choose one of them.",
            'rebind_tcp_sockets{namespace=~"$namespace", node=~"$node"}',
            every=False,
        ),
        variable("port", "Port", "The port.", 'rebind_tcp_sockets{namespace=~"$namespace", node=~"$node", pod=~"$pod"}', several=False, every=False, sort=3),
        choice("side", "Side", "server: sockets whose own port it is; client: sockets that are connected to it, in the same network namespace.", ["server", "client"]),
    ],
    annotations=[
        annotation("Restarts", CALM, f"sum by (namespace, pod, mode) ({agent('rebind_restarts_total')} - min_over_time({agent('rebind_restarts_total')}[1m])) > 0", "Restart: {{mode}}", "{{namespace}}/{{pod}}"),
        annotation("Failed binds", ALARM, f"sum by (namespace, pod, cause) ({FAILED} - min_over_time({FAILED}[1m])) > 0", "Bind failed: {{cause}}", "{{namespace}}/{{pod}}"),
    ],
    panels=PANELS,
)
