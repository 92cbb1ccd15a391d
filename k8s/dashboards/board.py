"""A whole dashboard of Grafana: variables, marks, and where the panels stand."""

import re

from grafana import COLUMNS, SOURCE


def source():
    return {"type": "datasource", "name": "datasource", "label": "Data source", "query": "prometheus", "hide": 0, "refresh": 1, "regex": "", "current": {}, "options": []}


def variable(name, label, description, metric, *, of=None, several=True, every=True, sort=1):
    """A variable that holds the values of a label, by default of the label of its name. several: any number may be chosen; every: all is a choice, and the first one."""
    expr = f"label_values({metric}, {of or name})"
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


def annotation(name, colour, expr, title, text, *, at_value=False, shown=True):
    """Marks across all panels. at_value: the value is the time of the mark, in milliseconds. shown: from the start, or only when somebody switches them on."""
    # Marks that are no farther apart become one region.
    step = 10 if at_value else 30
    expr = expr.replace("$__interval_ms / 1000", str(step)).replace("$__interval", f"{step}s")
    return {
        "name": name,
        "datasource": SOURCE,
        "enable": shown,
        "hide": False,
        "iconColor": colour,
        "expr": " ".join(expr.split()),
        "step": f"{step}s",
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
    ids = {one["title"]: one["id"] for one in panels if one["type"] != "row"}
    for one in panels:
        for link in one.get("fieldConfig", {}).get("defaults", {}).get("links", []):
            if aim := re.fullmatch(r"\{panel (.*)\}", link["url"]):
                link["url"] = f"/d/{uid}?${{__all_variables}}&${{__url_time_range}}&viewPanel={ids[aim[1]]}"
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
        "refresh": "30s",
        "time": {"from": "now-1h", "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "links": [
            {
                "type": "dashboards",
                "title": "Rebind",
                "tags": ["rebind"],
                "asDropdown": False,
                # Variables of one name mean the same in each dashboard.
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
