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
GOOD, BAD, UNCLEAR, BROKEN = _LIGHT["pass"], _LIGHT["fail"], _LIGHT["unclear"], _LIGHT["broken"]
CALM, WARM, ALARM = _LIGHT["s-established"], _LIGHT["s-fin_wait_2"], _LIGHT["s-time_wait"]
GENERATION = _LIGHT["gen-new"]

STATES = {
    state: _LIGHT.get("s-" + state.lower(), OTHER)
    for state in "LISTEN ESTABLISHED TIME_WAIT FIN_WAIT_2 FIN_WAIT_1 CLOSE_WAIT LAST_ACK CLOSING SYN_SENT SYN_RECEIVED NEW_SYN_RECV CLOSED".split()
}
OUTCOMES = {"bound": CALM, "failed": ALARM, "none": OTHER}
VERDICTS = {"Pass": GOOD, "Fail": BAD, "Inconclusive": UNCLEAR, "Error": BROKEN}
PHASES = {
    "Pending": OTHER,
    "Running": CALM,
    "Paused": WARM,
    "Completed": GENERATION,
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
    "self_connect": BAD,
    "unknown": OTHER,
}


def series(name, scope, **labels):
    """A selector of a series. The value of a label is a regular expression where it begins with "~"."""
    matchers = [f'{label}=~"{value[1:]}"' if value.startswith("~") else f'{label}="{value}"' for label, value in labels.items()]
    return f"{name}{{{', '.join([*matchers, scope])}}}"


def release(selector, by=""):
    """Seconds until a port is free; -1, which is shown as HELD, where the meter is NaN: nobody can tell."""
    return f"max {by}({selector}) >= 0 or 0 * count {by}({selector}) - 1"


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


HELD = named({-1: ("Held", CALM)})


def panel(kind, title, description, unit, queries, *, options, width, height, defaults=None, custom=None, overrides=(), transformations=(), interval=None):
    """A panel. Its description ends with the alert on the same matter, where there is one: the chart links to that alert's runbook."""
    for letter, target in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", queries):
        target["refId"] = letter
    result = {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "fieldConfig": {
            "defaults": {"unit": unit, "thresholds": steps((None, CALM)), "custom": custom or {}, **(defaults or {})},
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
    return result


def stat(title, description, unit, *queries, width, height=4, thresholds=None, mappings=(), overrides=(), decimals=None):
    defaults = {"mappings": list(mappings), "color": {"mode": "thresholds"}}
    if thresholds:
        defaults["thresholds"] = thresholds
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "colorMode": "background_solid" if overrides else "value",
        "graphMode": "none",
        "justifyMode": "center",
        "orientation": "auto",
        "textMode": "value_and_name" if overrides or len(queries) > 1 else "value",
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        "wideLayout": True,
    }
    return panel("stat", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, overrides=overrides)


def lines(title, description, unit, *queries, width, height=8, stacked=False, bars=False, overrides=(), thresholds=None, interval=None, decimals=None, steady=False):
    """Curves over time. steady: a value stays until the next one."""
    custom = {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 90 if bars else 70 if stacked else 8,
        "lineWidth": 0 if bars else 1,
        "lineInterpolation": "stepAfter" if steady or stacked else "linear",
        "showPoints": "never" if bars or stacked else "auto",
        "spanNulls": False,
        "stacking": {"mode": "normal" if stacked or bars else "none", "group": "A"},
        "axisSoftMin": 0,
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
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": stacked or bars},
    }
    return panel(
        "timeseries", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, custom=custom, overrides=overrides, interval=interval
    )


def bar_gauge(title, description, unit, *queries, width, height=8, overrides=(), thresholds=None, decimals=None):
    defaults = {"min": 0, "color": {"mode": "thresholds"}}
    if thresholds:
        defaults["thresholds"] = thresholds
    if decimals is not None:
        defaults["decimals"] = decimals
    options = {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "text",
        "namePlacement": "left",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizHeight": 14,
        "maxVizHeight": 40,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return panel("bargauge", title, description, unit, queries, options=options, width=width, height=height, defaults=defaults, overrides=overrides)


def timeline(title, description, *queries, width, mappings, height=8):
    """States over time, each said as a word in its bar."""
    options = {
        "mergeValues": True,
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
    )


def within(title, description, expr, *, width, height=8):
    """How many observations of a histogram lie within each of its bounds."""
    overrides = [override("at most +Inf s", {"displayName": "all"})]
    return bar_gauge(title, description, "none", query(expr, "at most {{le}} s", instant=True), width=width, height=height, overrides=overrides, decimals=0)


def heatmap(title, description, expr, *, width, height=8, interval="1m"):
    """How a histogram's observations are spread over its buckets, over time. The colours are one hue from light to dark."""
    options = {
        "calculate": False,
        "yAxis": {"unit": "s", "axisPlacement": "left"},
        "rowsFrame": {"layout": "auto", "value": "observed"},
        "color": {"mode": "scheme", "scheme": "Oranges", "steps": 32, "fill": "dark-orange", "scale": "exponential", "exponent": 0.5},
        "cellValues": {"unit": "short", "decimals": 1},
        "filterValues": {"le": 1e-9},
        "legend": {"show": True},
        "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": True},
        "cellGap": 1,
    }
    return panel("heatmap", title, description, "s", [query(expr, "{{le}}", heatmap=True)], options=options, width=width, height=height, interval=interval)


def table(title, description, columns, key, *, width, height=9, links=(), overrides=()):
    """
    A row for each set of the labels in key, {label: heading}; a column for each of columns: (heading, expression, unit, properties). A heading is
    that of a value; an expression with a label of its own, named by ("label", expression), shows the label.
    """
    queries, renames, hidden, properties = [], dict(key), {"Time": True}, []
    order = list(key)
    for letter, (heading, expr, unit, more) in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", columns):
        label = None
        if isinstance(expr, tuple):
            label, expr = expr
        queries.append(query(expr, heading, table=True))
        value = f"Value #{letter}"
        if label:
            hidden[value] = True
            renames[label] = heading
            order.append(label)
        else:
            renames[value] = heading
            order.append(value)
        properties.append(override(heading, {"unit": unit, **more}))
    for heading in key.values():
        properties.append(override(heading, {"custom.filterable": True, **({"links": list(links)} if heading == list(key.values())[-1] else {})}))
    options = {"showHeader": True, "cellHeight": "sm", "footer": {"show": False, "reducer": ["sum"], "countRows": False, "fields": ""}}
    return panel(
        "table",
        title,
        description,
        "short",
        queries,
        options=options,
        width=width,
        height=height,
        custom={"align": "auto", "filterable": False, "cellOptions": {"type": "auto"}},
        overrides=properties + list(overrides),
        transformations=[
            {"id": "merge", "options": {}},
            {
                "id": "organize",
                "options": {"excludeByName": hidden, "renameByName": renames, "indexByName": {name: at for at, name in enumerate(order)}},
            },
        ],
    )


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "panels": [], "gridPos": {"w": COLUMNS, "h": 1}}


def source():
    return {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "hide": 0, "refresh": 1, "regex": "", "current": {}, "options": []}


def variable(name, label, description, metric, *, several=True, every=True, sort=1):
    """A variable that holds the values of a label. several: any number may be chosen; every: all is a choice, and the first one."""
    expr = f"label_values({metric}, {name})"
    result = {
        "type": "query",
        "name": name,
        "label": label,
        "description": description,
        "datasource": SOURCE,
        "definition": expr,
        "query": {"query": expr, "refId": "variable", "qryType": 1},
        "refresh": 2,
        "sort": sort,
        "multi": several,
        "includeAll": every,
        "hide": 0,
        "regex": "",
        "options": [],
        "current": {"text": ["All"], "value": ["$__all"]} if every else {},
    }
    if every:
        # Not the list of values: series without the label, such as those of one machine, count as well.
        result["allValue"] = ".*"
    return result


def choice(name, label, description, values):
    options = [{"text": value, "value": value, "selected": at == 0} for at, value in enumerate(values)]
    return {
        "type": "custom",
        "name": name,
        "label": label,
        "description": description,
        "query": ",".join(values),
        "options": options,
        "current": options[0],
        "multi": False,
        "includeAll": False,
        "hide": 0,
    }


def annotation(name, colour, expr, title, text, *, at_value=False):
    """Marks across all panels. at_value: the value is the time of the mark, in milliseconds."""
    return {
        "name": name,
        "datasource": SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": colour,
        "expr": " ".join(expr.split()),
        # Marks that are no farther apart become one region.
        "step": "10s" if at_value else "30s",
        "titleFormat": title,
        "textFormat": text,
        "tagKeys": "",
        "useValueForTime": at_value,
    }


def dashboard(uid, title, description, *, variables, panels, annotations=()):
    """Panels stand in rows from left to right, a row being as high as its highest panel; a heading begins a new one."""
    x = y = tallest = 0
    for number, one in enumerate(panels, 1):
        one["id"] = number
        place = one["gridPos"]
        if one["type"] == "row" or x + place["w"] > COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        place.update(x=x, y=y)
        x += place["w"]
        tallest = max(tallest, place["h"])
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["rebind"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "links": [
            {
                "type": "dashboards",
                "title": "Rebind",
                "tags": ["rebind"],
                "asDropdown": False,
                "includeVars": True,
                "keepTime": True,
                "targetBlank": False,
                "icon": "external link",
                "tooltip": "",
                "url": "",
            }
        ],
        "annotations": {"list": list(annotations)},
        "templating": {"list": [source(), *variables]},
        "panels": list(panels),
    }
