"""Checks against a real Prometheus: targets, rules, alerts, and all that the dashboards ask."""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request

from checks import Check, Failed, Skipped
from cluster import Broken, apply, get, kubectl, proxy, until
from cycles import completed, counted, experiment
from settings import CHART, ROOT

# Everything is scraped and evaluated often, and a port may be without its server for ten seconds only.
VALUES = {
    "nodeAgent.enabled": True,
    "metrics.annotations": {"enabled": True},
    # Of the release's own namespace too: a Prometheus without the operator is there.
    "networkPolicy.metricsFrom": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}, {"podSelector": {}}],
    "metrics.serviceMonitor": {"enabled": True, "interval": "5s"},
    "metrics.podMonitor": {"enabled": True, "interval": "5s"},
    "metrics.rules": {
        "enabled": True,
        "interval": "5s",
        "runbookUrl": "https://example.org/runbooks",
        "portNotBound": {"for": "10s"},
        "clientDowntime": {"seconds": 1},
    },
}
ALERTS = ("RebindExperimentFailed", "RebindClientDowntime")
# What an experiment does on purpose.
SILENT = ("RebindBindFailures", "RebindPortNotBound", "RebindCloseWaitGrowing")
DASHBOARDS = CHART / "dashboards"
FAILS, PASSES = "fails", "passes"

# What Grafana puts in place of its own variables, for half an hour at a resolution of 15 seconds.
SPAN, STEP = 1800, 15
GRAFANA = {
    "__rate_interval": "1m", "__rate_interval_ms": "60000", "__interval": f"{STEP}s", "__interval_ms": f"{STEP}000",
    "__range": f"{SPAN}s", "__range_s": str(SPAN), "__range_ms": f"{SPAN}000",
}  # fmt: skip


class Prometheus:
    def __init__(self, lane, url=None):
        if not lane.settings.prometheus:
            raise Skipped("no PROMETHEUS_URL")
        self.url = (url or lane.settings.prometheus).rstrip("/")

    def ask(self, path, **parameters):
        """The data of an answer; Broken with Prometheus' own words for a query that it does not take."""
        query = urllib.parse.urlencode(parameters, doseq=True)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=30) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as e:
            raise Broken(f"Prometheus says {e.code} to {path} {parameters}: {e.read().decode('utf-8', 'replace')}") from e
        except OSError as e:
            raise Broken(f"Prometheus at {self.url}: {e}") from e

    def now(self, expression):
        data = self.ask("query", query=expression)
        return [{"metric": {}, "value": data["result"]}] if data["resultType"] == "scalar" else data["result"]

    def over_time(self, expression):
        end = time.time()
        return self.ask("query_range", query=expression, start=end - SPAN, end=end, step=STEP)["result"]

    def values(self, label, *matches):
        end = time.time()
        parameters = {"start": end - SPAN, "end": end, **({"match[]": matches} if matches else {})}
        return self.ask(f"label/{label}/values", **parameters)


def shown(series):
    """Those of which a panel shows anything: NaN is not drawn."""
    return [one for one in series if any(value[1] != "NaN" for value in one.get("values", [one.get("value")]))]


def ran(lane, claims):
    """One experiment with a failure that it did not expect, and one that passes; once for all checks of the lane."""
    if not getattr(lane, "ran", False):
        # Nobody expects the failure: the verdict is Fail.
        status, _ = lane.run(FAILS, experiment("process", False, 1, expect={"outcome": "bound"}))
        completed(claims, status, "Fail")
        counted(claims, status, failed=1, verdictFail=1, causes={"time_wait": 1})
        status, _ = lane.run(PASSES, experiment("process", True, 3))
        completed(claims, status)
        lane.ran = True
        # Each of what was counted is scraped twice.
        time.sleep(12)


def targets(lane, claims):
    return up(lane, claims, Prometheus(lane))


def up(lane, claims, prometheus):
    """Each pod of the release is a target, once, by the right address, and says where it is."""
    seen = {}

    def look():
        wanted = {pod["metadata"]["name"] for component in ("controller", "server", "clients", "node-agent") for pod in lane.pods(component)}
        found = [one for one in prometheus.ask("targets", state="active")["activeTargets"] if one["labels"].get("namespace") == lane.namespace]
        seen.update(wanted=sorted(wanted), up=sorted(one["labels"]["pod"] for one in found if one["health"] == "up"),
                    down={one["labels"]["pod"]: one["lastError"] for one in found if one["health"] != "up"}, found=found)  # fmt: skip
        return seen["up"] == seen["wanted"] and not seen["down"]

    try:
        until("all targets are up", 120, look, 2)
    except Broken:
        pass
    claims.equal("targets that are down", {}, seen["down"])
    claims.equal("targets that are up", seen["wanted"], seen["up"])
    server = lane.pod("server")
    [target] = [one for one in seen["found"] if one["labels"]["pod"] == server["metadata"]["name"]]
    claims.equal("address of the server's target, on the host's network", f"{server['status']['hostIP']}:{lane.agent_port()}", target["labels"]["instance"])
    for one in seen["found"]:
        pod = one["labels"]["pod"]
        claims.true(f"labels node and component of {pod}", bool(one["labels"].get("node")) and bool(one["labels"].get("component")), one["labels"])
    return f"{len(seen['up'])} targets up"


PLAIN = "plain-prometheus"


def annotated(lane, claims):
    """A Prometheus without the operator, with the configuration that the documentation has for it."""
    Prometheus(lane)
    text = (ROOT / "docs" / "kubernetes" / "monitoring.md").read_text(encoding="utf-8")
    [configuration] = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if block.startswith("scrape_configs:")]
    everywhere = "[{role: pod}]"
    claims.contains("the documented configuration", everywhere, configuration)
    # Other releases of this test are other lanes' business.
    here = configuration.replace(everywhere, f"[{{role: pod, namespaces: {{names: [{lane.namespace}]}}}}]")
    running = [
        container
        for pod in get("pods", "--all-namespaces", "-l", "app.kubernetes.io/name=prometheus")["items"]
        for container in pod["spec"]["containers"]
        if container["name"] == "prometheus"
    ]
    if not running:
        raise Skipped("no pod is labelled app.kubernetes.io/name=prometheus, whose image could be taken")
    image, policy = running[0]["image"], running[0].get("imagePullPolicy", "IfNotPresent")
    about = {"name": PLAIN}
    apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": about}, lane.namespace)
    reads = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}
    apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": about, "rules": [reads]}, lane.namespace)
    apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": about,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": PLAIN},
            "subjects": [{"kind": "ServiceAccount", "name": PLAIN, "namespace": lane.namespace}],
        },
        lane.namespace,
    )
    data = {"prometheus.yml": "global: {scrape_interval: 5s}\n" + here}
    apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": data}, lane.namespace)
    container = {
        "name": "prometheus", "image": image, "imagePullPolicy": policy,
        "args": ["--config.file=/etc/rebind/prometheus.yml", "--storage.tsdb.path=/data"],
        "volumeMounts": [{"name": "configuration", "mountPath": "/etc/rebind"}, {"name": "data", "mountPath": "/data"}],
        "readinessProbe": {"httpGet": {"path": "/-/ready", "port": 9090}, "periodSeconds": 1, "failureThreshold": 60},
    }  # fmt: skip
    spec = {
        "serviceAccountName": PLAIN,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "fsGroup": 65534},
        "terminationGracePeriodSeconds": 5,
        "containers": [container],
        "volumes": [{"name": "configuration", "configMap": {"name": PLAIN}}, {"name": "data", "emptyDir": {}}],
    }
    apply({"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": spec}, lane.namespace)
    try:
        kubectl("-n", lane.namespace, "wait", f"pod/{PLAIN}", "--for=condition=Ready", "--timeout=120s", timeout=130)
        prometheus = Prometheus(lane, f"http://127.0.0.1:{proxy.started()}/api/v1/namespaces/{lane.namespace}/pods/{PLAIN}:9090/proxy")
        seen = up(lane, claims, prometheus)
        # What the dashboards go by is on the series too.
        listening = f'rebind_tcp_sockets{{state="LISTEN",side="server",namespace="{lane.namespace}",port="{lane.port()}"}} > 0'
        series = until("the server's listener is in the series", 30, lambda: prometheus.now(listening), 1)
        for name in ("pod", "node", "component"):
            claims.true(f"label {name}", all(one["metric"].get(name) for one in series), series)
    finally:
        kubectl("-n", lane.namespace, "delete", "pod", PLAIN, "--wait=false")
    return f"{seen}, found by prometheus.io/* with the configuration of docs/kubernetes/monitoring.md"


def fired(lane, claims):
    prometheus = Prometheus(lane)
    ran(lane, claims)
    seen = set()

    def look():
        seen.update(one["metric"]["alertname"] for one in prometheus.now(f'last_over_time(ALERTS{{alertstate="firing",namespace="{lane.namespace}"}}[15m])'))
        return seen.issuperset(ALERTS)

    try:
        until(f"{', '.join(ALERTS)} have fired", 60, look, 2)
    except Broken:
        pass
    claims.true(f"{', '.join(ALERTS)} have fired", seen.issuperset(ALERTS), sorted(seen))
    # An experiment's own failures are no reason to look.
    for alert in SILENT:
        claims.true(f"{alert} has not, within an experiment", alert not in seen, sorted(seen))
    about = prometheus.now(f'ALERTS{{alertname="RebindExperimentFailed",alertstate="firing",namespace="{lane.namespace}"}}')
    claims.equal("experiments that fire", [FAILS], sorted({one["metric"]["experiment"] for one in about}))
    return f"fired: {', '.join(sorted(seen))}"


def rules(lane, claims):
    prometheus = Prometheus(lane)
    ran(lane, claims)
    groups = [group for group in prometheus.ask("rules")["groups"] if f"/{lane.namespace}-" in group["file"]]
    claims.equal("groups of rules", ["rebind.alerts", "rebind.records"], sorted(group["name"] for group in groups))
    count = {"alerting": 0, "recording": 0}
    for rule in (rule for group in groups for rule in group["rules"]):
        count[rule["type"]] += 1
        claims.equal(f"health of {rule['name']} ({rule.get('lastError', '')})", "ok", rule["health"])
        prometheus.over_time(rule["query"])
        if rule["type"] == "recording":
            series = shown(prometheus.over_time(f'{rule["name"]}{{namespace="{lane.namespace}"}}'))
            claims.true(f"{rule['name']} has series", bool(series))
        else:
            claims.contains(f"runbook of {rule['name']}", f"/{rule['name']}.md", rule["annotations"].get("runbook_url", ""))
    claims.true("there are alerts and recording rules", all(count.values()), count)
    return f"{count['alerting']} alerts and {count['recording']} recording rules evaluate, and those record"


class Dashboard:
    """A dashboard with its variables chosen as a reader would who looks at this lane."""

    def __init__(self, prometheus, lane, path):
        self.prometheus = prometheus
        self.json = json.loads(path.read_text())
        self.name = path.stem
        self.variables = {}
        self.asked = 0
        self.wrong = []
        self.lane = lane
        self.own = {
            "namespace": [lane.namespace], "experiment_namespace": [lane.namespace], "experiment": [FAILS], "port": [str(lane.port())],
            "pod": [pod["metadata"]["name"] for component in ("server", "clients") for pod in lane.pods(component)],
            "node": [lane.pod("server")["spec"]["nodeName"]],
        }  # fmt: skip

    def filled(self, text):
        def value(found):
            name, form = found[1] or found[2] or found[4], found[3]
            if name in GRAFANA:
                return GRAFANA[name]
            if name not in self.variables:
                raise Failed(f"{self.name}: there is no variable {name}, in {text}")
            values = self.variables[name]
            if len(values) == 1:
                return re.escape(values[0]).replace("\\-", "-").replace("\\", "\\\\") if form == "regex" else values[0]
            return "(" + "|".join(values) + ")"

        return re.sub(r"\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]", value, text)

    def query(self, what, expression, instant=False, may_be_empty=False):
        self.asked += 1
        expression = self.filled(expression)
        try:
            series = self.prometheus.now(expression) if instant else self.prometheus.over_time(expression)
        except Broken as e:
            self.wrong.append(f"{self.name}, {what}: {e}")
            return
        if not shown(series) and not may_be_empty:
            self.wrong.append(f"{self.name}, {what}: no series: {expression}")

    def choose(self, variable):
        name, kind = variable["name"], variable["type"]
        if kind == "query":
            values = self.offered(variable)
            self.asked += 1
            if variable.get("regex"):
                found = [re.search(variable["regex"].strip("/"), value) for value in values]
                values = [one[1] if one.groups() else one[0] for one in found if one]
            if not values:
                self.wrong.append(f"{self.name}, variable {name}: no values: {variable['query']}")
            mine = [value for value in self.own.get(name, []) if value in values]
            chosen = values if variable.get("multi") or variable.get("includeAll") else values[:1]
            self.variables[name] = mine or chosen or [".*"]
        elif kind != "datasource":
            current = variable.get("current", {}).get("value") or [option["value"] for option in variable.get("options", [])][:1]
            current = variable.get("query", "").split(",")[:1] if not current else current
            self.variables[name] = [str(value) for value in (current if isinstance(current, list) else [current])]
        else:
            self.variables[name] = ["prometheus"]

    def offered(self, variable):
        """What a variable of kind query offers: label_values(…) or query_result(…)."""
        query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
        query = self.filled(query).strip()
        of_series = re.fullmatch(r"label_values\((.*),\s*(\w+)\s*\)", query, re.S)
        of_label = re.fullmatch(r"label_values\(\s*(\w+)\s*\)", query)
        result = re.fullmatch(r"query_result\((.*)\)", query, re.S)
        try:
            if of_series:
                return self.prometheus.values(of_series[2], of_series[1].strip())
            if of_label:
                return self.prometheus.values(of_label[1])
            if result:
                return [json.dumps(one["metric"]) for one in self.prometheus.now(result[1])]
        except Broken as e:
            self.wrong.append(f"{self.name}, variable {variable['name']}: {e}")
            return []
        self.wrong.append(f"{self.name}, variable {variable['name']}: what is {query}?")
        return []

    def panels(self, panels):
        for panel in panels:
            yield from self.panels(panel.get("panels", []))
            if panel["type"] != "row":
                yield panel

    def tried(self):
        for variable in self.json.get("templating", {}).get("list", []):
            self.choose(variable)
        for panel in self.panels(self.json["panels"]):
            # A panel of what may not have happened says "none" where it has not.
            nothing = panel["fieldConfig"]["defaults"]["noValue"].startswith("none")
            for target in panel.get("targets", []):
                if target.get("expr"):
                    self.query(f"panel {panel.get('title')!r} {target.get('refId', '')}", target["expr"], target.get("instant", False), nothing)
        for annotation in self.json.get("annotations", {}).get("list", []):
            expression = annotation.get("expr") or annotation.get("target", {}).get("expr")
            if expression:
                self.query(f"annotation {annotation['name']!r}", expression, may_be_empty=True)


def dashboards(lane, claims):
    files = sorted(DASHBOARDS.glob("*.json"))
    if not files:
        raise Skipped("the chart has no dashboards")
    prometheus = Prometheus(lane)
    ran(lane, claims)
    wrong, asked = [], 0
    for file in files:
        dashboard = Dashboard(prometheus, lane, file)
        dashboard.tried()
        claims.true(f"{file.name} asks something", dashboard.asked > 0)
        wrong += dashboard.wrong
        asked += dashboard.asked
    if wrong:
        raise Failed(f"{len(wrong)} of {asked} queries show nothing:\n  " + "\n  ".join(wrong))
    return f"{asked} queries of {len(files)} dashboards return series"


CHECKS = [
    Check("monitoring/targets", targets),
    Check("monitoring/annotations", annotated),
    Check("monitoring/alerts", fired),
    Check("monitoring/rules", rules),
    Check("monitoring/dashboards", dashboards),
]
