"""Dashboards of Grafana as data: panels, queries, variables, and where they stand. Says once what all panels have in common."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLUMNS = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}

# The light theme's colours of the report, which are colour-blind safe: one state has one colour wherever it is shown.
_CSS = (ROOT / "controller/report/src/main/resources/dev/rebind/report/page/report.css").read_text(encoding="utf-8")
_LIGHT = dict(re.findall(r"--([a-z0-9_-]+): (#[0-9a-f]{6});", _CSS.split("@media", 1)[0]))
OTHER = _LIGHT["s-other"]
GOOD, UNCLEAR, BROKEN = _LIGHT["pass"], _LIGHT["unclear"], _LIGHT["broken"]
CALM, WARM = _LIGHT["s-established"], _LIGHT["s-fin_wait_2"]
GENERATION = _LIGHT["gen-new"]
# Nothing to see, and the one colour that says that somebody should look. No state and no outcome has it: a bind that fails in an experiment is what was asked for.
QUIET, ALARM = OTHER, "#e02f44"
# Not the unit "s", which says 1.03 min of the 61.6 s that everything here is about.
SECONDS = "suffix:s"
# More bars than so many cannot be told apart.
BARS = 120
# What a panel says that should show something and has nothing. One of things that may not have happened says "none" and something.
NOTHING = "no figures"

STATES = {
    state: _LIGHT.get("s-" + state.lower(), OTHER)
    for state in "LISTEN ESTABLISHED TIME_WAIT FIN_WAIT_2 FIN_WAIT_1 CLOSE_WAIT LAST_ACK CLOSING SYN_SENT SYN_RECEIVED NEW_SYN_RECV CLOSED".split()
}
OUTCOMES = {"bound": CALM, "failed": _LIGHT["s-time_wait"], "none": OTHER}
VERDICTS = {"Fail": ALARM, "Error": ALARM, "Inconclusive": WARM, "Pass": GENERATION}
PHASES = {
    "Pending": OTHER,
    "Running": CALM,
    "Paused": WARM,
    "Completed": OTHER,
    "Aborted": _LIGHT["s-close_wait"],
    "Error": BROKEN,
}
# A cause has the colour of the state that it names; one that names none has its own.
CAUSES = {
    "time_wait": STATES["TIME_WAIT"],
    "fin_wait2": STATES["FIN_WAIT_2"],
    "established": STATES["ESTABLISHED"],
    "close_wait": STATES["CLOSE_WAIT"],
    "closing": STATES["FIN_WAIT_1"],
    "listener_old": STATES["LISTEN"],
    "listener_other": GENERATION,
    "outgoing": BROKEN,
    "self_connect": GOOD,
    "unknown": OTHER,
}


def query(expr, legend, *, table=False, instant=False, heatmap=False):
    """A query of a panel. A table's, and an instant one, give the newest value alone."""
    now = table or instant
    return {
        "datasource": SOURCE,
        "expr": " ".join(expr.split()),
        "legendFormat": legend,
        "format": "table" if table else "heatmap" if heatmap else "time_series",
        "instant": now,
        "range": not now,
        "editorMode": "code",
    }


def colours(names, *, by="byName"):
    """Overrides that give each name its colour."""
    return [override(name, {"color": {"mode": "fixed", "fixedColor": colour}}, by=by) for name, colour in names.items()]


def override(name, properties, *, by="byName"):
    return {
        "matcher": {"id": by, "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def steps(*pairs):
    """Thresholds: (None, colour) first, then (from this value on, colour)."""
    return {"mode": "absolute", "steps": [{"value": value, "color": colour} for value, colour in pairs]}


def named(values):
    """Mapping of numbers to words: {0: ("No", colour)}."""
    return [
        {"type": "value", "options": {str(number): {"text": text, "color": colour, "index": index} for index, (number, (text, colour)) in enumerate(values.items())}}
    ]


def words(values):
    """Mapping of words to their colours."""
    return [{"type": "value", "options": {text: {"text": text, "color": colour, "index": index} for index, (text, colour) in enumerate(values.items())}}]


# A server that runs has a socket on its port: nobody can say when it ends, and nothing is wrong.
IN_USE = named({-1: ("In use", QUIET)})
ALARMED = steps((None, QUIET), (1, ALARM))


def to_panel(title):
    """A link to one panel of the same dashboard."""
    return {"title": f"Show: {title}", "url": f"{{panel {title}}}"}


def panel(kind, title, description, unit, queries, *, options, width, height, defaults=None, custom=None, overrides=(), transformations=(), interval=None, points=None, empty=NOTHING):
    """A panel. Its description ends with the alert on the same matter, where there is one: the chart links to that alert's runbook."""
    for letter, target in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", queries):
        target["refId"] = letter
    result = {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "fieldConfig": {
            "defaults": {"unit": unit, "thresholds": steps((None, CALM)), "custom": custom or {}, "noValue": empty, **(defaults or {})},
            "overrides": list(overrides),
        },
        "options": options,
        "targets": list(queries),
        "gridPos": {"w": width, "h": height},
    }
    if transformations:
        result["transformations"] = list(transformations)
    if interval:
        result["interval"] = interval
    if points:
        result["maxDataPoints"] = points
    return result


def stat(title, description, unit, *queries, width, height=4, thresholds=None, mappings=(), overrides=(), decimals=None, links=(), empty="–"):
    """One number or a few. With thresholds the whole panel has the colour of the number; without, it is a fact that is neither good nor bad."""
    defaults = {"mappings": list(mappings), "color": {"mode": "thresholds"}, "thresholds": thresholds or steps((None, QUIET)), "links": list(links)}
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "colorMode": "background_solid" if thresholds else "none",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "textMode": "value_and_name" if len(queries) > 1 else "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "wideLayout": False,
    }
    return panel("stat", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, overrides=overrides, empty=empty)


def lines(title, description, unit, *queries, width, height=8, stacked=False, bars=False, overrides=(), thresholds=None, interval=None, decimals=None, steady=False, legend="bottom", empty=None):
    """Curves over time. steady: a value stays until the next one. The axis goes to 1 at least, so that an idle one is flat and not full."""
    custom = {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 90 if bars else 70 if stacked else 0 if legend == "right" else 8,
        "lineWidth": 0 if bars else 1,
        "lineInterpolation": "stepAfter" if steady or stacked else "linear",
        "showPoints": "never" if bars or stacked else "auto",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked or bars else "none", "group": "A"},
        "axisSoftMin": 0,
        **({"axisSoftMax": {"none": 1, "percentunit": 0.01}[unit]} if unit in ("none", "percentunit") else {}),
    }
    defaults = {"min": 0}
    if thresholds:
        defaults["thresholds"] = thresholds
        custom["thresholdsStyle"] = {"mode": "dashed"}
    if not overrides:
        defaults["color"] = {"mode": "palette-classic"}
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "legend": {"displayMode": "list", "placement": legend, "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": stacked or bars},
    }
    return panel(
        "timeseries", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, custom=custom, overrides=overrides, interval=interval, empty=empty or ("none in this time" if bars else NOTHING), points=BARS if bars else None
    )


def bar_gauge(title, description, unit, *queries, width, height=8, overrides=(), thresholds=None, decimals=None, empty="none"):
    defaults = {"min": 0, "color": {"mode": "thresholds"}}
    if thresholds:
        defaults["thresholds"] = thresholds
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "text",
        "namePlacement": "top",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizHeight": 16,
        "maxVizHeight": 40,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return panel("bargauge", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, overrides=overrides, empty=empty)


def timeline(title, description, *queries, width, mappings, height=8, interval=None, empty=NOTHING):
    """States over time, each said as a word in its bar."""
    options = {
        "mergeValues": True,
        "perPage": 15,
        "showValue": "auto",
        "alignValue": "left",
        "rowHeight": 0.8,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return panel(
        "state-timeline",
        title,
        description,
        "none",
        queries,
        options=options,
        width=width,
        height=height,
        defaults={"mappings": mappings, "color": {"mode": "thresholds"}, "thresholds": steps((None, OTHER))},
        custom={"fillOpacity": 85, "lineWidth": 0, "spanNulls": False},
        interval=interval,
        empty=empty,
    )


def within(title, description, buckets, *, width, height=4):
    """How many observations of a histogram lie within some of its bounds, and how many there are. buckets: of the value of the label le, a query."""
    bounds = (("0.01", "10 ms"), ("0.1", "100 ms"), ("~1|1.0", "1 s"), ("+Inf", "all"))
    return stat(title, description, "none", *[query(buckets(le), name, instant=True) for le, name in bounds], width=width, height=height, decimals=0)


def heatmap(title, description, expr, *, width, height=8, interval="1m"):
    """How a histogram's observations are spread over its buckets, over time. The colours are one hue from light to dark."""
    options = {
        "calculate": False,
        "yAxis": {"unit": SECONDS, "axisPlacement": "left"},
        "rowsFrame": {"layout": "auto", "value": "observed"},
        "color": {"mode": "scheme", "scheme": "Oranges", "steps": 32, "fill": "dark-orange", "scale": "exponential", "exponent": 0.5},
        "cellValues": {"unit": "short", "decimals": 1},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": True},
        "cellGap": 1,
    }
    return panel("heatmap", title, description, SECONDS, [query(expr, "{{le}}", heatmap=True)], options=options, width=width, height=height, interval=interval, points=BARS)


# Labels that queries are grouped by, which a table may leave out.
LABELS = {"namespace", "node", "pod", "port", "side", "cause", "experiment"}


def table(title, description, columns, key, *, width, worst, height=9, links=None, empty):
    """
    A row for each set of the labels in key, {label: (heading, width)}; a column for each of columns: (heading, expression, unit, width, properties). A heading is that of a
    value; an expression with a label of its own, named by ("label", expression), shows the label. Columns stand in the order of key and columns, but for those whose properties
    say "first". The row with the highest values of the columns worst comes first. links: {heading: links} of its cells.
    """
    queries, renames, hidden, properties = [], {label: heading for label, (heading, _) in key.items()}, {"Time": True, **dict.fromkeys(sorted(LABELS - key.keys()), True)}, []
    front, back = [], []
    for letter, (heading, expr, unit, pixels, more) in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", columns):
        label = None
        more = dict(more)
        order = front if more.pop("first", False) else back
        if isinstance(expr, tuple):
            label, expr = expr
        queries.append(query(expr, heading, table=True))
        value = f"Value #{letter}"
        # Grafana numbers the values only where there are several.
        if len(columns) == 1:
            value = "Value"
        if label:
            hidden[value] = True
        renames[label or value] = heading
        order.append(label or value)
        properties.append(override(heading, {"unit": unit, "custom.width": pixels, "noValue": "", **more}))
    for label, (heading, pixels) in key.items():
        # A label is text: as a number a port would be 8.08 K, in the cell and in the link.
        properties.append(override(heading, {"unit": "string", "noValue": "", "custom.filterable": True, "custom.width": pixels, "custom.align": "left", **({"links": links[heading]} if heading in (links or {}) else {})}))
    options = {"showHeader": True, "cellHeight": "sm", "sortBy": [{"displayName": one, "desc": True} for one in worst], "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""}}
    order = [*front, *key, *back]
    return panel(
        "table",
        title,
        description,
        "none",
        queries,
        options=options,
        width=width,
        height=height,
        custom={"align": "right", "filterable": False, "cellOptions": {"type": "auto"}},
        overrides=properties,
        transformations=[
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {"excludeByName": hidden, "renameByName": renames, "indexByName": {name: at for at, name in enumerate(order)}}},
        ],
        empty=empty,
    )


ALARM_CELL = {"thresholds": ALARMED, "custom.cellOptions": {"type": "color-text"}}


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"w": COLUMNS, "h": 1}}
