"""Rebind / Experiments: what runs, how it went, why binds failed."""

from board import annotation, dashboard, variable
from grafana import *
from meters import *

HERE = Experiments('namespace=~"$experiment_namespace", experiment=~"$experiment"')
NAME = "{{namespace}}/{{experiment}}"
UNEXPECTED = "~Fail|Error"
FIRST = "kubectl apply -f k8s/experiments/first-experiment.yaml"


def whole(name, more="", **labels):
    """A counter of the whole experiment, however long ago its cycles were."""
    return f"sum by ({EXPERIMENT}) ({HERE.value(name, more, **labels)})"


def quantile(of_all, name):
    return f"histogram_quantile({of_all}, {HERE.value(name + '_bucket', 'le')}) >= 0"


def mean(name):
    """Exact, where a quantile is between the bounds of a bucket. Nothing where nothing was measured."""
    return f"({HERE.value(name + '_sum')}) / ({HERE.value(name + '_count')} > 0)"


def phase():
    terms = [f'{number} * ({HERE.value("rebind_experiment_phase", phase=name)})' for number, name in enumerate(PHASES) if number]
    return " + ".join(terms)


def number(name, **labels):
    """How many experiments a gauge of 1 or 0 is 1 of."""
    return f"count({HERE.value(name, **labels)} == 1) or 0 * count({HERE.value('rebind_experiment_info')})"


def slowest(expr):
    return f"topk(10, {expr})"


def of_those(expr, name):
    """Only of the slowest."""
    return f"({expr}) and on ({EXPERIMENT}) {slowest(mean(name))}"


UNEXPECTED_CYCLES = whole("rebind_experiment_cycle_verdicts_total", "verdict", verdict=UNEXPECTED)
FAILED_WHOLE = f"{HERE.value('rebind_experiment_verdict', verdict=UNEXPECTED)} == 1"

PANELS = [
    row("Does anything need a look?"),
    stat(
        "Unexpected cycles",
        "How many cycles in the time shown did not go as their experiment expects, or could not be carried out? A bind that fails as expected is none. Alert: RebindExperimentFailed.",
        "none",
        query(total("", HERE.since("rebind_experiment_cycle_verdicts_total", "verdict", verdict=UNEXPECTED)), "unexpected", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[to_panel("Experiments, worst first")],
    ),
    stat(
        "Failed, whole run",
        "How many experiments ended with the verdict Fail or Error, however long ago? Alert: RebindExperimentFailed.",
        "none",
        query(number("rebind_experiment_verdict", verdict=UNEXPECTED), "failed", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[to_panel("Experiments, worst first")],
    ),
    stat(
        "Alerts on experiments",
        "Does an alert on an experiment fire? None does, or the chart's rules are not installed (metrics.rules.enabled). Alert: RebindExperimentStuck.",
        "none",
        query('count(max by (alertname, namespace, experiment) (ALERTS{alertname=~"RebindExperiment.*", alertstate="firing", namespace=~"$experiment_namespace", experiment=~"$experiment"}))', "firing", instant=True),
        width=4,
        thresholds=ALARMED,
        links=[{"title": "Alerts", "url": "/alerting/list?search=Rebind"}],
        empty="none",
    ),
    stat(
        "Running",
        "How many experiments run now?",
        "none",
        query(number("rebind_experiment_phase", phase="Running"), "running", instant=True),
        width=4,
        links=[to_panel("Phase of each experiment")],
    ),
    stat(
        "Waiting or paused",
        "How many experiments are Pending or Paused now?",
        "none",
        query(number("rebind_experiment_phase", phase="~Pending|Paused"), "waiting", instant=True),
        width=4,
        links=[to_panel("Phase of each experiment")],
    ),
    stat(
        "Cycles",
        "How many cycles ended in the time shown?",
        "none",
        query(total("", HERE.since("rebind_experiment_cycles_total", "outcome, cause")), "cycles", instant=True),
        width=4,
        links=[to_panel("Restarts by outcome")],
    ),
    table(
        "Experiments, worst first",
        "How is each experiment doing? Unexpected: cycles with the verdict Fail or Error, and 1 where only the whole experiment has it. All counts and means are of the whole experiment. An empty cell: not known, or not yet.",
        [
            ("Unexpected", f"{UNEXPECTED_CYCLES} > 0 or {FAILED_WHOLE} or {UNEXPECTED_CYCLES}", "none", 115, {"first": True, **ALARM_CELL}),
            ("Verdict", ("verdict", f"{HERE.value('rebind_experiment_verdict', 'verdict')} == 1"), "none", 110, {"mappings": words(VERDICTS), "custom.cellOptions": {"type": "color-text"}, "custom.align": "left"}),
            ("Phase", ("phase", f"{HERE.value('rebind_experiment_phase', 'phase')} == 1"), "none", 105, {"mappings": words(PHASES), "custom.cellOptions": {"type": "color-text"}, "custom.align": "left"}),
            ("Mode", ("mode", HERE.value("rebind_experiment_info", "mode")), "none", 95, {"custom.align": "left"}),
            ("Cycles", whole("rebind_experiment_cycles_total", "outcome, cause"), "none", 85, {}),
            ("Failed to bind", whole("rebind_experiment_cycles_total", "outcome, cause", outcome="failed"), "none", 125, {}),
            ("Inconclusive", whole("rebind_experiment_inconclusive_cycles_total"), "none", 115, {}),
            ("Stop to bound", mean("rebind_experiment_restart_to_bound_seconds"), SECONDS, 125, {"decimals": 1}),
            ("Downtime", mean("rebind_experiment_downtime_seconds"), SECONDS, 110, {"decimals": 1}),
            ("Last cycle", f"{HERE.value('rebind_experiment_last_cycle_timestamp_seconds')} * 1000", "dateTimeFromNow", 150, {}),
        ],
        {"experiment": ("Experiment", 270), "namespace": ("Namespace", 140)},
        width=24,
        height=12,
        worst=["Unexpected", "Last cycle"],
        links={
            "Experiment": [
                {
                    "title": "Only this experiment",
                    "url": "/d/rebind-experiments?${datasource:queryparam}&var-experiment_namespace=${__data.fields.Namespace}&var-experiment=${__data.fields.Experiment}&${__url_time_range}",
                }
            ]
        },
        empty=f"No experiment yet. Type: {FIRST}",
    ),
    row("Restarts"),
    lines(
        "Cycles by verdict",
        "When did cycles go as their experiment expects, and when not? Inconclusive: a cycle did not leave on the port what it was meant to test. Alert: RebindExperimentFailed.",
        "none",
        query(f"sum by (verdict) ({HERE.since('rebind_experiment_cycle_verdicts_total', 'verdict')}) > 0", "{{verdict}}"),
        width=8,
        bars=True,
        overrides=colours(VERDICTS),
        interval="1m",
        decimals=0,
    ),
    lines(
        "Restarts by outcome",
        "When were servers restarted, and could they bind? Cycles that ended, by the outcome of the new server's first bind; none: it came to no bind. A failed bind may be what was expected.",
        "none",
        query(f"sum by (outcome) ({HERE.since('rebind_experiment_cycles_total', 'outcome, cause')}) > 0", "{{outcome}}"),
        width=8,
        bars=True,
        overrides=colours(OUTCOMES),
        interval="1m",
        decimals=0,
    ),
    lines(
        "Restarts that failed to bind, by cause",
        "When did the first bind of a restart fail, and why? The cause is the kind of socket that stood in the way.",
        "none",
        query(f"sum by (cause) ({HERE.since('rebind_experiment_cycles_total', 'outcome, cause', outcome='failed')}) > 0", "{{cause}}"),
        width=8,
        bars=True,
        overrides=colours(CAUSES),
        interval="1m",
        decimals=0,
    ),
    timeline(
        "Phase of each experiment",
        "When did each experiment run, wait and end? Alert: RebindExperimentStuck.",
        query(phase(), NAME),
        width=24,
        height=10,
        mappings=named({number: (name, colour) for number, (name, colour) in enumerate(PHASES.items())}),
    ),
    row("Why, and for how long: whole runs"),
    bar_gauge(
        "Restarts that failed to bind, by cause, whole run",
        "What stands in the way most often? All cycles of the experiments chosen, however long ago.",
        "none",
        query(f"sum by (cause) ({HERE.value('rebind_experiment_cycles_total', 'cause', outcome='failed')}) > 0", "{{cause}}", instant=True),
        width=8,
        height=11,
        overrides=colours(CAUSES),
        decimals=0,
    ),
    table(
        "Slowest restarts, whole run",
        "How long does a restart take? From the order to stop the old server until the new one was bound: mean, and p95 as near as the histogram's buckets tell. TIME_WAIT lasts 60 to 62 s. The ten slowest.",
        [("Mean", slowest(mean("rebind_experiment_restart_to_bound_seconds")), SECONDS, 90, {"decimals": 1}), ("p95", of_those(quantile(0.95, "rebind_experiment_restart_to_bound_seconds"), "rebind_experiment_restart_to_bound_seconds"), SECONDS, 90, {"decimals": 1})],
        {"experiment": ("Experiment", 210), "namespace": ("Namespace", 110)},
        width=8,
        height=11,
        worst=["Mean"],
        empty="none yet",
    ),
    table(
        "Longest downtimes, whole run",
        "How long were clients without service? From the last good answer to the next: mean, and p95 as near as the histogram's buckets tell. The ten longest. Alert: RebindClientDowntime.",
        [("Mean", slowest(mean("rebind_experiment_downtime_seconds")), SECONDS, 90, {"decimals": 1}), ("p95", of_those(quantile(0.95, "rebind_experiment_downtime_seconds"), "rebind_experiment_downtime_seconds"), SECONDS, 90, {"decimals": 1})],
        {"experiment": ("Experiment", 210), "namespace": ("Namespace", 110)},
        width=8,
        height=11,
        worst=["Mean"],
        empty="no clients measured",
    ),
    heatmap(
        "Downtime over time",
        "Are interruptions short with some long ones, or all alike? Interruptions by length and time; a dark cell is many.",
        f"sum by (le) ({HERE.since('rebind_experiment_downtime_seconds_bucket', 'le')})",
        width=12,
    ),
    heatmap(
        "Stop to bound over time",
        "Do restarts fall into fast ones and ones that wait for a release? Restarts by duration and time; a dark cell is many.",
        f"sum by (le) ({HERE.since('rebind_experiment_restart_to_bound_seconds_bucket', 'le')})",
        width=12,
    ),
    row("Can the figures be trusted?"),
    within(
        "Releases predicted to within, whole run",
        "How far was the predicted release of a port from the real one, or outside of the window that was predicted? Releases whose error was at most so much, of all that were measured.",
        lambda le: f"sum({HERE.value('rebind_experiment_release_error_seconds_bucket', 'le', le=le)})",
        width=12,
    ),
    stat(
        "Inconclusive, whole run",
        "How many cycles did not leave on the port what they were meant to test? They prove nothing either way.",
        "none",
        query(f"sum({HERE.value('rebind_experiment_inconclusive_cycles_total')})", "inconclusive", instant=True),
        width=4,
    ),
    stat(
        "Kubelet wait, whole run",
        "How much of the time was the kubelet's back-off and not the port's? Time of containers to come back, added up; nothing where no container was restarted.",
        "s",
        query(f"sum({HERE.value('rebind_experiment_backoff_wait_seconds_sum')})", "waited", instant=True),
        width=4,
        empty="none",
        decimals=0,
    ),
    stat(
        "Experiments without series",
        "Is anything missing here? Experiments that the controller has no series for, as there are too many; the longest finished go first.",
        "none",
        query("max(rebind_experiment_series_dropped)", "not shown", instant=True),
        width=4,
        thresholds=ALARMED,
    ),
]

DASHBOARD = dashboard(
    "rebind-experiments",
    "Rebind / Experiments",
    "What runs, how it went, why binds failed, how long clients were without service.",
    variables=[
        variable("experiment_namespace", "Namespace of experiments", "Namespaces of experiments.", "rebind_experiment_info", of="namespace"),
        variable("experiment", "Experiment", "Experiments in those namespaces.", 'rebind_experiment_info{namespace=~"$experiment_namespace"}'),
    ],
    annotations=[
        annotation(
            "Unexpected cycles",
            ALARM,
            f"sum by ({EXPERIMENT}, verdict) ({HERE.since('rebind_experiment_cycle_verdicts_total', 'verdict', verdict=UNEXPECTED)}) > 0",
            "Unexpected: {{verdict}}",
            NAME,
        ),
        annotation(
            "Restarts",
            CALM,
            f"{HERE.value('rebind_experiment_last_cycle_timestamp_seconds')} * 1000",
            "Restart",
            NAME,
            at_value=True,
            shown=False,
        ),
    ],
    panels=PANELS,
)
