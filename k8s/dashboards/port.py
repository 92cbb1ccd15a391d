"""Rebind / One port: what is on a port, what a restart leaves there, when it can be bound, what clients see of it."""

from board import annotation, choice, dashboard, variable
from grafana import *
from meters import *

AGENT = 'namespace=~"$namespace", node=~"$node", pod=~"$pod"'
HERE = Agents(AGENT, 'port=~"$port"')
# Clients are in pods of their own.
CLIENTS = Agents('namespace=~"$namespace"', 'port=~"$port"')
LEFT = "~TIME_WAIT|FIN_WAIT_1|FIN_WAIT_2|CLOSE_WAIT|CLOSING|LAST_ACK|ESTABLISHED"
LISTENING = f"clamp_max(sum by (namespace, pod) ({once(HERE.of('rebind_tcp_sockets', side='server', state='LISTEN'), PORT)}), 1)"
BOUND = f"sum by (namespace, pod) ({HERE.attempts(outcome='bound')})"
# By scrapes alone a server that is bound for some seconds in each minute is never there.
LISTENED = f"{LISTENING} > 0 or ({BOUND} > 0) * 0 + 2 or {LISTENING}"
LISTENS = {0: ("Nobody", OTHER), 1: ("Listening", GENERATION), 2: ("Bound for a moment", WARM)}
FREE = HERE.release("namespace, pod")
DOWN = CLIENTS.since(CLIENTS.of("rebind_client_downtime_seconds_sum"), "port")
INTERRUPTIONS = CLIENTS.since(CLIENTS.of("rebind_client_downtime_seconds_count"), "port")


def shown(by, expr, **labels):
    """Only states that there were in the time shown: a legend of twelve with ten at 0 hides the two."""
    peak = f"sum by ({by}) (max_over_time({HERE.of('rebind_tcp_sockets', **labels)}[$__range] @ end()))"
    return f"({expr}) and on ({by}) ({peak} > 0)"


def rate(name, **labels):
    return f"rate({CLIENTS.of(name, **labels)}[$__rate_interval])"


PANELS = [
    row("Now, and in the time shown"),
    stat(
        "Listener",
        "Does anybody listen on the port? As of the last scrape, or bound since the one before. Alert: RebindPortNotBound.",
        "none",
        query(f"(max({LISTENED}) == 0 and on () max({HERE.agent('rebind_agent_held')}) == 1) + 3 or max({LISTENED})", "listener", instant=True),
        width=4,
        thresholds=steps((None, QUIET)),
        mappings=named({0: ("Nobody", ALARM), 1: ("Listening", QUIET), 2: ("Bound for a moment", QUIET), 3: ("Nobody, in an experiment", QUIET)}),
        links=[to_panel("Listener over time")],
    ),
    stat(
        "Until it can be bound",
        "When is the port free? 0: now. In use: somebody has a socket on it, as a server that runs does, so that no time can be told. Nothing: the sockets cannot be read.",
        SECONDS,
        query(f"max({FREE})", "release", instant=True),
        width=4,
        mappings=IN_USE,
        decimals=0,
        links=[to_panel("Restart, residue, release and downtime")],
        empty="cannot be read",
    ),
    stat(
        "Failed attempts, unasked",
        "How often did a bind of the port fail in the time shown while no experiment held the agent? Each try counts. Alert: RebindBindFailures.",
        "none",
        query(total("", HERE.unasked()) + f" or 0 * count({HERE.agent('rebind_agent_held')})", "failed", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[to_panel("Failed attempts by cause")],
    ),
    stat(
        "Failed attempts",
        "How often did a bind of the port fail in the time shown? Each try counts, also those of one restart and those that an experiment asked for.",
        "none",
        query(total("", HERE.attempts(outcome="failed")), "failed", instant=True),
        width=4,
        links=[to_panel("Failed attempts by cause")],
    ),
    stat(
        "Restarts",
        "How often did the agent restart a server in the time shown? A restart that ends the agent's own process, as modes container and pod do, is counted by the experiment.",
        "none",
        query(total("", HERE.since(HERE.agent("rebind_restarts_total"), "mode")), "restarts", instant=True),
        width=4,
        links=[to_panel("Stop to bound")],
    ),
    stat(
        "Held by an experiment",
        "Is an experiment at work on this agent? Failed binds are then what was asked for.",
        "none",
        query(f"max({HERE.agent('rebind_agent_held')})", "held", instant=True),
        width=4,
        mappings=named({0: ("No", QUIET), 1: ("Yes", QUIET)}),
    ),
    row("The port over time"),
    lines(
        "Restart, residue, release and downtime",
        "What does one restart do? On one axis of time: attempts to bind (bars), sockets that were left while nobody listened, and in seconds on the right the time until the port is free, and for how long clients were without service.",
        "none",
        query(f"sum by (outcome) ({HERE.attempts()}) > 0", "bind {{outcome}}"),
        query(f"{HERE.sockets('port', state=LEFT)} * on () group_left () (max({LISTENING}) == bool 0)", "left on the port"),
        query(f"max({HERE.release('namespace, pod')}) >= 0", "until free"),
        query(f"sum({DOWN}) / (sum({INTERRUPTIONS}) > 0)", "downtime, mean"),
        width=24,
        height=10,
        overrides=[
            *[override(f"bind {outcome}", {"color": {"mode": "fixed", "fixedColor": OUTCOMES[outcome]}, "custom.drawStyle": "bars", "custom.fillOpacity": 80}) for outcome in ("bound", "failed")],
            override("left on the port", {"color": {"mode": "fixed", "fixedColor": STATES["FIN_WAIT_2"]}, "custom.fillOpacity": 30, "custom.lineInterpolation": "stepAfter"}),
            override("until free", {"color": {"mode": "fixed", "fixedColor": GENERATION}, "unit": SECONDS, "custom.axisPlacement": "right", "custom.fillOpacity": 0}),
            override("downtime, mean", {"color": {"mode": "fixed", "fixedColor": STATES["CLOSE_WAIT"]}, "unit": SECONDS, "custom.axisPlacement": "right", "custom.drawStyle": "points", "custom.pointSize": 9}),
        ],
    ),
    lines(
        "Sockets by state",
        "What is on the port? Sockets whose own port (side server) or far port (side client) it is; states that there were. Gaps: they could not be read.",
        "none",
        query(shown("state", HERE.sockets("state", side="$side"), side="$side"), "{{state}}"),
        width=12,
        height=9,
        stacked=True,
        overrides=colours(STATES),
        decimals=0,
    ),
    lines(
        "Residue while nobody listens",
        "What did the old server leave for the next one? Sockets of the port by state, for as long as nobody listens; 0 while somebody does.",
        "none",
        query(shown("state", f"sum by (state) ({HERE.sockets(f'{PORT}, state', state=LEFT)} * on ({PORT}) group_left () ({HERE.sockets(PORT, state='LISTEN')} == bool 0))", side="server", state=LEFT), "{{state}}"),
        width=12,
        height=9,
        stacked=True,
        overrides=colours(STATES),
        decimals=0,
    ),
    timeline(
        "Listener over time",
        "When did somebody listen, and when nobody? One bar for each pod; a new pod is a new bar. Bound for a moment: not seen at a scrape, but a bind succeeded since the one before. Alert: RebindPortNotBound.",
        query(LISTENED, "{{namespace}}/{{pod}}"),
        width=12,
        height=7,
        mappings=named(LISTENS),
    ),
    lines(
        "Queues",
        "Does data lie unread or unacknowledged? Bytes in the queues of the port's connections; a server that is closed with unread data sends a reset.",
        "bytes",
        query(f"sum by (direction) ({once(HERE.of('rebind_tcp_queue_bytes', side='$side'), f'{PORT}, direction')})", "{{direction}}"),
        width=12,
        height=7,
        overrides=colours({"receive": CALM, "send": WARM}),
    ),
    row("Binds"),
    bar_gauge(
        "Attempts by SO_REUSEADDR, old → new",
        "Does SO_REUSEADDR help here? Attempts to bind in the time shown by the option of the server before and of the new one. Leftovers need it on both.",
        "none",
        query(total("reuse_old, reuse_new, outcome", HERE.attempts()) + " > 0", "{{reuse_old}} → {{reuse_new}}: {{outcome}}", instant=True),
        width=8,
        height=10,
        empty="none",
        overrides=colours({f"/: {outcome}$/": colour for outcome, colour in OUTCOMES.items() if outcome != "none"}, by="byRegexp"),
        decimals=0,
    ),
    lines(
        "Failed attempts by cause",
        "When did binds fail, and what stood in the way? Each try counts. Alert: RebindBindFailures.",
        "none",
        query(f"sum by (cause) ({HERE.attempts(outcome='failed')}) > 0", "{{cause}}"),
        width=16,
        height=10,
        bars=True,
        overrides=colours(CAUSES),
        interval="1m",
        decimals=0,
    ),
    heatmap(
        "Stop to bound",
        "How long do restarts take? From the order to stop a server until the next one was bound; a dark cell is many.",
        f"sum by (le) ({HERE.since(HERE.agent('rebind_restart_to_bound_seconds_bucket'), 'mode, le')})",
        width=12,
    ),
    within(
        "Releases predicted to within, since the agent started",
        "How far was the countdown from the real release? Releases whose error was at most so much, of all that were measured.",
        lambda le: f"sum({once(HERE.of('rebind_port_release_error_seconds_bucket', le=le), f'{PROCESS}, port')})",
        width=12,
        height=8,
    ),
    row("Clients of the port"),
    heatmap(
        "Downtime seen by clients",
        "How long are clients without service? Interruptions by length and time; a dark cell is many. Alert: RebindClientDowntime.",
        f"sum by (le) ({CLIENTS.since(CLIENTS.of('rebind_client_downtime_seconds_bucket'), 'port, le')})",
        width=12,
    ),
    lines(
        "Failed connects",
        "What do clients get while the server is away? Attempts to connect that failed, by errno: ECONNREFUSED when nobody listens.",
        "none",
        query(f"sum by (errno) ({CLIENTS.since(CLIENTS.of('rebind_client_connect_failures_total'), 'port, errno')}) > 0", "{{errno}}"),
        width=12,
        bars=True,
        interval="1m",
        decimals=0,
    ),
    lines(
        "Answers and resets",
        "Is the service there, and are connections cut? Good answers, and connections that ended with ECONNRESET or EPIPE, a second.",
        "cps",
        query(f"sum(max by ({PROCESS}, port) ({rate('rebind_client_answers_total')}))", "answers"),
        query(f"sum(max by ({PROCESS}, port) ({rate('rebind_client_resets_total')}))", "resets"),
        width=8,
        overrides=colours({"answers": CALM, "resets": STATES["CLOSE_WAIT"]}),
    ),
    lines(
        "Round trip",
        "Is the service slow when it is there? From a request to its answer; gaps: no answer came.",
        "s",
        *[
            query(f"histogram_quantile({number}, sum by (le) ({rate('rebind_client_round_trip_seconds_bucket')}))", name)
            for number, name in ((0.5, "p50"), (0.99, "p99"))
        ],
        width=8,
        overrides=colours({"p50": CALM, "p99": WARM}),
    ),
    lines(
        "Connections and lost bytes",
        "What is lost by a restart? Open connections of the clients, and bytes of requests that got no answer, a second (right axis).",
        "none",
        query(f"sum(max by ({PROCESS}, port) ({CLIENTS.of('rebind_client_connections')}))", "connections"),
        query(f"sum(max by ({PROCESS}, port) ({rate('rebind_client_lost_bytes_total')}))", "lost"),
        width=8,
        overrides=[
            *colours({"connections": CALM}),
            override("lost", {"color": {"mode": "fixed", "fixedColor": STATES["CLOSE_WAIT"]}, "unit": "Bps", "custom.axisPlacement": "right"}),
        ],
    ),
]

DASHBOARD = dashboard(
    "rebind-port",
    "Rebind / One port",
    "What is on a port, what a restart leaves there, when it can be bound, what clients see of it.",
    variables=[
        variable("namespace", "Namespace of agents", "Namespaces of the agents.", "rebind_tcp_sockets"),
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
        annotation("Failed attempts, unasked", ALARM, f"sum by (namespace, pod, cause) ({HERE.unasked()}) > 0", "Bind failed, and no experiment asked for it: {{cause}}", "{{namespace}}/{{pod}}"),
        annotation("Restarts", CALM, f"sum by (namespace, pod, mode) ({HERE.since(HERE.agent('rebind_restarts_total'), 'mode')}) > 0", "Restart: {{mode}}", "{{namespace}}/{{pod}}", shown=False),
    ],
    panels=PANELS,
)
