"""Rebind / Experiments: what runs, how it went, why binds failed."""

from grafana import *

EXPERIMENT = 'namespace=~"$namespace", experiment=~"$experiment"'
CYCLES = series("rebind_experiment_cycles_total", EXPERIMENT)
FAILED = series("rebind_experiment_cycles_total", EXPERIMENT, outcome="failed")
NAME = "{{namespace}}/{{experiment}}"


def of(name, **labels):
    return series(name, EXPERIMENT, **labels)


def grown(counter):
    """Exact counts of what was added from one point to the next. Experiments' counters begin at zero and never fall, and increase() would make fractions."""
    return f"({counter} - min_over_time({counter}[$__rate_interval]))"


def quantile(of_all, name):
    return f"histogram_quantile({of_all}, sum by (namespace, experiment, le) ({of(name + '_bucket')})) >= 0"


def mean(name):
    """Exact, where a quantile is between the bounds of a bucket. Nothing where nothing was measured."""
    return f"sum by (namespace, experiment) ({of(name + '_sum')}) / sum by (namespace, experiment) ({of(name + '_count')}) >= 0"


def phase():
    terms = [f'{number} * max by (namespace, experiment) ({of("rebind_experiment_phase", phase=name)})' for number, name in enumerate(PHASES) if number]
    return " + ".join(terms)


PANELS = [
    row("Now"),
    stat(
        "Experiments by phase",
        "What runs, waits or is over? Experiments in each phase now.",
        "none",
        query(f"sum by (phase) ({of('rebind_experiment_phase')})", "{{phase}}", instant=True),
        width=12,
        overrides=colours(PHASES),
    ),
    stat(
        "Experiments by verdict",
        "How did those that are over go? Inconclusive: a cycle did not leave on the port what it was meant to test. Alert: RebindExperimentFailed.",
        "none",
        query(f"sum by (verdict) ({of('rebind_experiment_verdict')})", "{{verdict}}", instant=True),
        width=12,
        overrides=colours(VERDICTS),
    ),
    table(
        "Experiments",
        "How is each experiment doing? Counts and means are of the whole experiment. An empty cell: not known, or not yet.",
        [
            ("Mode", ("mode", f"max by (namespace, experiment, mode) ({of('rebind_experiment_info')})"), "none", {}),
            ("Network", ("network", f"max by (namespace, experiment, network) ({of('rebind_experiment_info')})"), "none", {}),
            ("Phase", ("phase", f"max by (namespace, experiment, phase) ({of('rebind_experiment_phase')} == 1)"), "none", {"mappings": [{"type": "value", "options": {name: {"text": name, "color": colour} for name, colour in PHASES.items()}}], "custom.cellOptions": {"type": "color-text"}}),
            ("Verdict", ("verdict", f"max by (namespace, experiment, verdict) ({of('rebind_experiment_verdict')} == 1)"), "none", {"mappings": [{"type": "value", "options": {name: {"text": name, "color": colour} for name, colour in VERDICTS.items()}}], "custom.cellOptions": {"type": "color-background", "mode": "basic"}}),
            ("Bound", f"sum by (namespace, experiment) ({of('rebind_experiment_cycles_total', outcome='bound')})", "none", {}),
            ("Failed", f"sum by (namespace, experiment) ({FAILED})", "none", {"thresholds": steps((None, CALM), (1, ALARM)), "custom.cellOptions": {"type": "color-text"}}),
            ("Inconclusive", f"sum by (namespace, experiment) ({of('rebind_experiment_inconclusive_cycles_total')})", "none", {}),
            ("Stop to bound, mean", mean("rebind_experiment_rebind_seconds"), "s", {"decimals": 1}),
            ("Downtime, mean", mean("rebind_experiment_downtime_seconds"), "s", {"decimals": 1}),
            ("Started", f"max by (namespace, experiment) ({of('rebind_experiment_start_timestamp_seconds')}) * 1000", "dateTimeFromNow", {}),
            ("Last cycle", f"max by (namespace, experiment) ({of('rebind_experiment_last_cycle_timestamp_seconds')}) * 1000", "dateTimeFromNow", {}),
        ],
        {"namespace": "Namespace", "experiment": "Experiment"},
        width=24,
        links=[
            {
                "title": "Only this experiment",
                "url": "/d/rebind-experiments?${datasource:queryparam}&var-namespace=${__data.fields.Namespace}&var-experiment=${__data.fields.Experiment}&${__url_time_range}",
            }
        ],
    ),
    row("Restarts"),
    timeline(
        "Phase of each experiment",
        "When did each experiment run, wait and end? Alert: RebindExperimentStuck.",
        query(phase(), NAME),
        width=24,
        height=7,
        mappings=named({number: (name, colour) for number, (name, colour) in enumerate(PHASES.items())}),
    ),
    lines(
        "Restarts by outcome",
        "When were servers restarted, and could they bind? Cycles that ended, by the outcome of the new server's first bind; none: it came to no bind.",
        "none",
        query(f"sum by (outcome) {grown(CYCLES)}", "{{outcome}}"),
        width=12,
        bars=True,
        overrides=colours(OUTCOMES),
        interval="1m",
        decimals=0,
    ),
    lines(
        "Failed binds by cause, over time",
        "When did binds fail, and why? The cause is the kind of socket that stood in the way.",
        "none",
        query(f"sum by (cause) {grown(FAILED)}", "{{cause}}"),
        width=12,
        bars=True,
        overrides=colours(CAUSES),
        interval="1m",
        decimals=0,
    ),
    row("Why, and for how long"),
    bar_gauge(
        "Failed binds by cause",
        "What stands in the way most often? All cycles of the experiments chosen, however long ago.",
        "none",
        query(f"sum by (cause) ({FAILED})", "{{cause}}", instant=True),
        width=8,
        overrides=colours(CAUSES),
        decimals=0,
    ),
    bar_gauge(
        "Stop to bound",
        "How long does a restart take? From the order to stop the old server until the new one was bound: mean, and p95 as near as the histogram's buckets tell. TIME_WAIT lasts 60 to 62 s.",
        "s",
        query(mean("rebind_experiment_rebind_seconds"), NAME + " mean", instant=True),
        query(quantile(0.95, "rebind_experiment_rebind_seconds"), NAME + " p95", instant=True),
        width=8,
        thresholds=steps((None, CALM), (10, WARM), (60, ALARM)),
    ),
    bar_gauge(
        "Downtime seen by clients",
        "How long were clients without service? From the last good answer to the next: mean, and p95 as near as the histogram's buckets tell. Alert: RebindClientDowntime.",
        "s",
        query(mean("rebind_experiment_downtime_seconds"), NAME + " mean", instant=True),
        query(quantile(0.95, "rebind_experiment_downtime_seconds"), NAME + " p95", instant=True),
        width=8,
        thresholds=steps((None, CALM), (10, WARM), (60, ALARM)),
    ),
    heatmap(
        "Downtime over time",
        "Are interruptions short with some long ones, or all alike? Interruptions by length and time; a dark cell is many.",
        f"sum by (le) (increase({of('rebind_experiment_downtime_seconds_bucket')}[$__rate_interval]))",
        width=12,
    ),
    heatmap(
        "Stop to bound over time",
        "Do restarts fall into fast ones and ones that wait for a release? Restarts by duration and time; a dark cell is many.",
        f"sum by (le) (increase({of('rebind_experiment_rebind_seconds_bucket')}[$__rate_interval]))",
        width=12,
    ),
    row("Can the figures be trusted?"),
    within(
        "Error of predicted releases, by size",
        "How far was the predicted release of a port from the real one? Releases whose error was at most so many seconds, of all that were measured.",
        f"sum by (le) ({of('rebind_experiment_release_error_seconds_bucket')})",
        width=12,
    ),
    stat(
        "Inconclusive cycles",
        "How many cycles did not leave on the port what they were meant to test? They prove nothing either way.",
        "none",
        query(f"sum({of('rebind_experiment_inconclusive_cycles_total')})", "inconclusive", instant=True),
        width=4,
        height=8,
        thresholds=steps((None, CALM), (1, WARM)),
    ),
    stat(
        "Waited for the kubelet",
        "How much of the time was the kubelet's back-off and not the port's? Time of containers to come back, added up; 0 where no container was restarted.",
        "s",
        query(f"sum({of('rebind_experiment_backoff_wait_seconds_sum')}) or vector(0)", "waited", instant=True),
        width=4,
        height=8,
    ),
    stat(
        "Experiments without series",
        "Is anything missing here? Experiments that the controller has no series for, as there are too many; the longest finished go first.",
        "none",
        query("max(rebind_experiment_series_dropped)", "not shown", instant=True),
        width=4,
        height=8,
        thresholds=steps((None, CALM), (1, WARM)),
    ),
]

DASHBOARD = dashboard(
    "rebind-experiments",
    "Rebind / Experiments",
    "What runs, how it went, why binds failed, how long clients were without service.",
    variables=[
        variable("namespace", "Namespace", "Namespaces of experiments.", "rebind_experiment_info"),
        variable("experiment", "Experiment", "Experiments in those namespaces.", 'rebind_experiment_info{namespace=~"$namespace"}'),
    ],
    annotations=[
        annotation(
            "Restarts",
            CALM,
            f"max by (namespace, experiment) ({of('rebind_experiment_last_cycle_timestamp_seconds')}) * 1000",
            "Restart",
            NAME,
            at_value=True,
        ),
        annotation(
            "Failed binds",
            ALARM,
            f"sum by (namespace, experiment, cause) ({FAILED} - min_over_time({FAILED}[1m])) > 0",
            "Bind failed: {{cause}}",
            NAME,
        ),
    ],
    panels=PANELS,
)
