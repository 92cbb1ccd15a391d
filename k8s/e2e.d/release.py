"""Checks of the chart's life, and the figures."""

import json
import re
import statistics
import time

from checks import Skipped
from cluster import CRD, Broken, find, get, instant, kubectl, look_at, metrics, must, try_kubectl, until
from cycles import completed, counted, experiment
from lane import RELEASE, is_ready
from operation import holder_of_lease
from settings import CHART

# What Kubernetes itself makes in a namespace, or keeps for a while.
KUBERNETES = re.compile(r"^(configmap/kube-root-ca\.crt|serviceaccount/default|event/|event\.events\.k8s\.io/|podmetrics)")


def leftovers(namespace):
    """Names of all that is in a namespace, but for what Kubernetes puts there."""
    kinds = kubectl("api-resources", "--namespaced", "--verbs=list", "-o", "name").split()
    out = kubectl("get", ",".join(kinds), "-n", namespace, "-o", "name", "--ignore-not-found")
    return sorted(name for name in out.split() if not re.match(KUBERNETES, re.sub(r"^([a-z]+)s?(\.[a-z0-9.]+)?/", r"\1\2/", name)))


def cluster_wide(namespace):
    found = []
    for kind in ("clusterroles", "clusterrolebindings"):
        found += [f"{kind}/{one['metadata']['name']}" for one in get(kind)["items"] if one["metadata"]["name"].startswith(namespace)]
    return found


def installs(lane, claims):
    """In a namespace of its own, from nothing to nothing."""
    crd = find("crd", CRD)
    own_crd = crd is None
    crds = ["--set", f"crds.install={'true' if own_crd else 'false'}"]
    lane.make_namespaces()
    command = [str(CHART), "-n", lane.namespace, *lane.flags(), *crds]
    must(["helm", "install", RELEASE, *command])
    lane.ready()
    if own_crd:
        kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=30s")
    status, _ = lane.run("first", experiment("process", True, 1))
    completed(claims, status)
    tested = must(["helm", "test", RELEASE, "-n", lane.namespace, "--timeout", "5m"], timeout=330)
    claims.contains("helm test", "Succeeded", tested)
    claims.true("its experiment is deleted", find("-n", lane.namespace, "rbx", f"{RELEASE}-test") is None)
    pods = {component: lane.pod(component)["metadata"]["uid"] for component in ("server", "clients", "controller")}
    must(["helm", "upgrade", RELEASE, *command])
    lane.ready()
    claims.equal("pods after an upgrade that changes nothing", pods, {component: lane.pod(component)["metadata"]["uid"] for component in pods})
    claims.equal("restarts of the controller after it", 0, lane.pod("controller")["status"]["containerStatuses"][0]["restartCount"])
    claims.equal("the Lease's holder after it", lane.pod("controller")["metadata"]["name"], holder_of_lease(lane))
    must(["helm", "upgrade", RELEASE, *command, "--set", "controller.resources.requests.cpu=51m"])
    lane.ready()
    until("the new controller alone", 60, lambda: len(lane.pods("controller")) == 1)
    claims.true("the controller is another after an upgrade of it", lane.pod("controller")["metadata"]["uid"] != pods["controller"])
    claims.equal("the server after an upgrade of the controller", pods["server"], lane.pod("server")["metadata"]["uid"])
    # A controller that waits for the Lease takes the new experiment late.
    status, _ = lane.run("second", experiment("process", True, 1))
    completed(claims, status)
    counted(claims, status, bound=1)
    claims.equal("phase of the first after the upgrade", "Completed", lane.status("first")["phase"])
    lane.delete("first", "second")
    must(["helm", "uninstall", RELEASE, "-n", lane.namespace, "--wait"])
    try:
        until("nothing", 60, lambda: not leftovers(lane.namespace))
    except Broken:
        pass
    claims.equal("what is left in the namespace", [], leftovers(lane.namespace))
    claims.equal("what is left of cluster roles", [], cluster_wide(lane.namespace))
    kept = find("crd", CRD)
    claims.true("the CustomResourceDefinition is kept", kept is not None)
    if own_crd:
        claims.equal("by the annotation", "keep", kept["metadata"]["annotations"].get("helm.sh/resource-policy"))
    note = "" if own_crd else "; the CustomResourceDefinition was there before and was not installed"
    return f"installed, tested, upgraded twice, uninstalled: nothing left but the CustomResourceDefinition{note}"


# Figures


def writes():
    """Requests so far that changed experiments and events."""
    found = {}
    for labels, value in metrics("apiserver_request_total"):
        if labels.get("verb") in ("PUT", "POST", "PATCH", "APPLY") and labels.get("resource") in ("rebindexperiments", "events"):
            found[labels["resource"]] = found.get(labels["resource"], 0) + value
    return found


def figures(lane, claims):
    cycles = 50
    before = lane.start("idle-1", experiment("process", True, 1))
    status = lane.over("idle-1")
    completed(claims, status)
    first = instant(status["records"][0]["stoppedAt"]) - before
    lane.kept["seconds from apply to the first cycle"] = f"{first:.1f}"
    old = writes()
    lane.start("writes", experiment("process", True, cycles))
    status = lane.over("writes")
    new = writes()
    completed(claims, status)
    counted(claims, status, bound=cycles)
    spent = {name: new.get(name, 0) - old.get(name, 0) for name in ("rebindexperiments", "events")}
    each = sum(spent.values()) / cycles
    lane.kept["API writes a cycle (experiments and events, of the whole cluster)"] = f"{each:.2f} ({spent['rebindexperiments']:.0f} and {spent['events']:.0f} in {cycles} cycles)"
    claims.between("API writes a cycle", 0.5, 3, each)
    records = lane.records("writes")
    rate = 60 * (cycles - 1) / (instant(records[-1]["stoppedAt"]) - instant(records[0]["stoppedAt"]))
    lane.kept[f"process cycles a minute, nothing beside ({cycles} cycles, 5 clients)"] = f"{rate:.0f}"
    lane.delete("idle-1", "writes")
    return f"first cycle after {first:.1f} s, {each:.2f} writes a cycle, {rate:.0f} cycles a minute"


def bare_restart(lane):
    """Seconds from the order to delete the server's pod until another one is Ready."""
    old = lane.pod("server")
    began = time.monotonic()
    kubectl("-n", lane.namespace, "delete", "pod", old["metadata"]["name"], "--wait=false")

    def another():
        return any(pod["metadata"]["uid"] != old["metadata"]["uid"] and is_ready(pod) for pod in lane.pods("server"))

    until("another pod is ready", lane.settings.patience, another, 0.1)
    return time.monotonic() - began


def pods_beside_the_bare(lane, claims, each=3):
    """In turn, so that both meet the same machine."""
    if "pod" not in lane.settings.modes:
        raise Skipped(f"restart mode pod is not in MODES ({' '.join(lane.settings.modes)})")
    bare, restarts, periods = [], [], []
    for turn in range(2):
        bare += [bare_restart(lane) for _ in range(each)]
        lane.ready()
        status, records = lane.run(f"pods-{turn}", experiment("pod", True, each + 1))
        completed(claims, status)
        counted(claims, status, bound=each + 1)
        restarts += [instant(record["boundAt"]) - instant(record["stoppedAt"]) for record in records]
        periods += [instant(new["stoppedAt"]) - instant(old["stoppedAt"]) for old, new in zip(records, records[1:])]
        lane.delete(f"pods-{turn}")
    one, whole, plain = (statistics.median(values) for values in (restarts, periods, bare))
    lane.kept["seconds of a restart in mode pod, from the order until bound"] = f"{one:.2f} (median of {len(restarts)})"
    lane.kept["seconds of a whole cycle in mode pod, with clients and looks"] = f"{whole:.2f} (median of {len(periods)})"
    lane.kept["seconds of kubectl delete pod until another is Ready"] = f"{plain:.2f} (median of {len(bare)})"
    lane.kept["mode pod against kubectl delete pod"] = f"{one / plain:.2f} for the restart, {whole / plain:.2f} for the cycle"
    return f"restart {one:.2f} s, cycle {whole:.2f} s; kubectl delete pod until Ready {plain:.2f} s"


def memory(lane):
    """Bytes of the controller's container that cannot be taken back, as the kubelet has it, or None."""
    pod = lane.pod("controller")
    code, out, _ = try_kubectl("get", "--raw", f"/api/v1/nodes/{pod['spec']['nodeName']}/proxy/stats/summary")
    if code != 0:
        return None
    for one in json.loads(out).get("pods", []):
        if one["podRef"]["uid"] == pod["metadata"]["uid"]:
            for container in one.get("containers", []):
                return (container.get("memory") or {}).get("workingSetBytes")
    return None


def memory_of_many(lane, claims, count=200):
    spec = {**experiment("listener", True, 1), "suspend": True}
    small = memory(lane)
    if small is None:
        raise Skipped("the kubelet's stats/summary does not have the container's memory")
    resources = [
        {"apiVersion": "rebind.dev/v1alpha1", "kind": "RebindExperiment", "metadata": {"name": f"many-{n}"}, "spec": spec} for n in range(count)
    ]
    kubectl("-n", lane.namespace, "apply", "-f", "-", given=json.dumps({"apiVersion": "v1", "kind": "List", "items": resources}), timeout=180)

    def paused():
        return sum(one.get("status", {}).get("phase") == "Paused" for one in look_at(f"/apis/rebind.dev/v1alpha1/namespaces/{lane.namespace}/rebindexperiments")["items"])

    try:
        until("all are paused", 180, lambda: paused() == count, 2)
    except Broken:
        pass
    claims.equal("experiments that are paused", count, paused())
    # The kubelet looks every ten seconds or some.
    time.sleep(25)
    large = memory(lane)
    lane.kept["controller's memory with 1 experiment, MiB"] = f"{small / 2**20:.0f}"
    lane.kept[f"controller's memory with {count} paused experiments, MiB"] = f"{large / 2**20:.0f}"
    claims.between("MiB", 10, 256, large / 2**20)
    restarts = lane.pod("controller")["status"]["containerStatuses"][0]["restartCount"]
    claims.equal("restarts of the controller", 0, restarts)
    began = time.monotonic()
    kubectl("-n", lane.namespace, "delete", "rbx", "--all", "--timeout=180s", timeout=200)
    return f"{small / 2**20:.0f} MiB with none, {large / 2**20:.0f} MiB with {count}; all deleted within {time.monotonic() - began:.0f} s"
