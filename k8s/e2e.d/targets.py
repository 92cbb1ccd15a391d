"""Checks of targets that are not ours: a workload without an agent, toggled by its ConfigMap, seen by the node's agent; and the blast radius."""

import json
import time

from checks import Skipped
from cluster import apply, get, instant, kubectl, look_at, try_kubectl, until
from cycles import completed, counted, every
from lane import RELEASE, condition

# What is given to the API server as the workload's labels, and to it alone.
LABELS = {"app": "theirs"}
KEY = {"name": "theirs", "key": "reuse", "on": "true", "off": "false"}


def server(lane, name="theirs", kind="Deployment", **pod):
    """Our image run as a plain server, which is nobody's agent: a workload like any other."""
    container = {
        "name": "web",
        "image": lane.settings.image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["server", "--port", str(lane.port())],
        "env": [
            {"name": "REBIND_SERVER_REUSE_ADDRESS", "valueFrom": {"configMapKeyRef": {"name": KEY["name"], "key": KEY["key"]}}},
        ],
        # A JVM without a share of its own takes longer to bind, on a busy machine, than a TIME_WAIT lasts.
        "resources": {"requests": {"cpu": "200m", "memory": "128Mi"}},
        "ports": [{"containerPort": lane.port()}],
        # Its last words say why it ended.
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [{"name": "sh", "mountPath": "/bin/sh"}, {"name": "tmp", "mountPath": "/tmp"}],
    }
    spec = {
        "terminationGracePeriodSeconds": 10,
        "enableServiceLinks": False,
        "containers": [container],
        # The image has no shell. The node has one, which the command that ends a container's main process is run by.
        "volumes": [{"name": "sh", "hostPath": {"path": "/bin/sh"}}, {"name": "tmp", "emptyDir": {}}],
        **pod,
    }
    workload = {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": spec},
        },
    }
    if kind == "Deployment":
        workload["spec"].update(replicas=1, strategy={"type": "Recreate"})
    return workload


def on_node(lane, rolling=None):
    """On the network of one node, and always there. With a rolling update no port is declared: the scheduler would keep two of them apart."""
    node = sorted(node["metadata"]["labels"]["kubernetes.io/hostname"] for node in get("nodes")["items"])[-1]
    workload = server(lane, hostNetwork=True, nodeSelector={"kubernetes.io/hostname": node})
    if rolling is not None:
        workload["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": rolling}
        # Ready is not enough: without a probe that is so before it has tried to bind.
        workload["spec"]["minReadySeconds"] = 30
        del workload["spec"]["template"]["spec"]["containers"][0]["ports"]
    return workload


def theirs(lane, workload=None):
    """The workload with its ConfigMap and Service, and nothing left of an earlier check."""
    kubectl("-n", lane.namespace, "delete", "deployment", "theirs", "--ignore-not-found", "--timeout=60s")
    until("its pods are gone", 60, lambda: not pods(lane))
    apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": KEY["name"]}, "data": {KEY["key"]: "true", "other": "stays"}}, lane.namespace)
    apply(
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "theirs"}, "spec": {"selector": LABELS, "ports": [{"port": lane.port()}]}},
        lane.namespace,
    )
    apply(workload or server(lane), lane.namespace)
    kubectl("-n", lane.namespace, "rollout", "status", "deployment/theirs", "--timeout=90s")
    kubectl("-n", lane.namespace, "rollout", "status", f"daemonset/{RELEASE}-node-agent", f"--timeout={lane.settings.patience}s", timeout=lane.settings.patience + 10)


def pods(lane, app="theirs"):
    found = look_at(f"/api/v1/namespaces/{lane.namespace}/pods?labelSelector=app%3D{app}")
    return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]


def value(lane):
    return get("-n", lane.namespace, "configmap", KEY["name"])["data"]


def experiment(mode, cycles=1, reuse=None, toggle=True, connections=5, **more):
    spec = {
        "target": {"workloadRef": {"kind": "Deployment", "name": "theirs"}},
        "restart": {"mode": mode},
        "reuseAddress": reuse or {"value": False},
        "cycles": cycles,
        "clients": {"connections": connections},
        # The kubelet waits 10 s, 20 s and 40 s before it starts one anew that fails.
        "retry": {"timeout": "200s"},
        **more,
    }
    if toggle:
        spec["toggle"] = {"configMapKeyRef": KEY}
    return spec


def own(claims, lane, before):
    """The key has its own value, and no other was touched."""
    claims.equal("the ConfigMap after", before, value(lane))


def container_off(lane, claims):
    """A container of others, restarted by a signal, cannot bind over what it has left; and is toggled by its ConfigMap."""
    theirs(lane)
    before = value(lane)
    status, records = lane.run("container-off", experiment("container", expect={"outcome": "failed", "cause": "time_wait"}))
    [record] = records
    claims.equal(f"outcome ({record['explanation']})", "failed", record.get("outcome"))
    claims.equal("errno, by its last words", "EADDRINUSE", record.get("errno"))
    claims.equal("cause, by the node's agent", "time_wait", record.get("cause"))
    claims.equal("reuse", {"old": False, "new": False}, record.get("reuse"))
    claims.between("sockets in TIME_WAIT", 5, 1000, record.get("residue", {}).get("TIME_WAIT"))
    claims.equal("cluster.freshNamespace", False, record["cluster"].get("freshNamespace"))
    # As a rule more than a minute; clients that come back may end what is left before that (RFC 1337).
    claims.between("ms without service, as clients saw it", 10_000, 300_000, record.get("downtimeMs"))
    completed(claims, status)
    own(claims, lane, before)
    claims.equal("status.toggled", None, status.get("toggled"))
    claims.equal("condition Restored", "True", condition(status, "Restored")[0])
    lane.delete("container-off")
    return f"failed with time_wait over {record['residue']}, without service for {record['downtimeMs'] / 1000:.0f} s; the key was given back"


def container_on(lane, claims):
    theirs(lane)
    before = value(lane)
    status, records = lane.run("container-on", experiment("container", reuse={"value": True}))
    every(claims, "bound over TIME_WAIT", records, lambda one: one.get("outcome") == "bound" and one.get("residue", {}).get("TIME_WAIT", 0) >= 5)
    completed(claims, status)
    own(claims, lane, before)
    lane.delete("container-on")
    return records[0]["explanation"]


def untold(lane, claims):
    """Nobody says what the workload sets: it is inferred from what it survives."""
    theirs(lane)
    status, records = lane.run("untold", experiment("container", toggle=False))
    [record] = records
    claims.equal(f"outcome ({record['explanation']})", "bound", record.get("outcome"))
    claims.equal("reuse, inferred", {"old": True, "new": True}, record.get("reuse"))
    completed(claims, status)
    lane.delete("untold")
    return record["explanation"]


def replaced(mode):
    def check(lane, claims):
        theirs(lane)
        before = value(lane)
        [old] = pods(lane)
        status, records = lane.run(mode, experiment(mode, expect={"outcome": "bound"}))
        [record] = records
        claims.equal(f"outcome ({record['explanation']})", "bound", record.get("outcome"))
        claims.equal("cluster.freshNamespace", True, record["cluster"].get("freshNamespace"))
        claims.true("the pod is another", record["cluster"]["pod"] != old["metadata"]["name"])
        completed(claims, status)
        own(claims, lane, before)
        lane.delete(mode)
        return record["explanation"]

    return check


def on_host(lane, spec):
    """The port is the node's, and not to be read from the workload where it declares none."""
    spec["target"]["workloadRef"]["port"] = lane.port()
    return spec


def host_pod(lane, claims):
    """On the network of its node what a pod leaves is there for the next one."""
    theirs(lane, on_node(lane))
    before = value(lane)
    status, records = lane.run("host-pod", on_host(lane, experiment("pod", expect={"outcome": "failed", "cause": "time_wait"})))
    [record] = records
    claims.equal(f"outcome ({record['explanation']})", "failed", record.get("outcome"))
    claims.equal("cause", "time_wait", record.get("cause"))
    claims.equal("cluster.network", "hostNetwork", record["cluster"].get("network"))
    claims.equal("cluster.freshNamespace", False, record["cluster"].get("freshNamespace"))
    completed(claims, status)
    own(claims, lane, before)
    lane.delete("host-pod")
    return record["explanation"]


def overlap(lane, claims):
    """A rolling update on the network of the node starts the new pod beside the old one, which has the port and is kept until the new one is ready."""
    theirs(lane, on_node(lane, {"maxSurge": 1, "maxUnavailable": 0}))
    before = value(lane)
    spec = on_host(lane, experiment("rollout", reuse={"value": True}, expect={"outcome": "failed", "cause": "listener_old"}))
    spec["retry"] = {"timeout": "30s"}
    status, records = lane.run("overlap", spec)
    [record] = records
    claims.equal(f"outcome ({record['explanation']})", "failed", record.get("outcome"))
    claims.equal("cause", "listener_old", record.get("cause"))
    own(claims, lane, before)
    lane.delete("overlap")
    return record["explanation"]


def http(lane, claims):
    """A server that knows nothing of Rebind, the JDK's own for files, under clients that speak HTTP: what they lost is counted, by how it failed."""
    workload = server(lane)
    [container] = workload["spec"]["template"]["spec"]["containers"]
    container["command"] = ["java", "-m", "jdk.httpserver", "-b", "0.0.0.0", "-p", str(lane.port()), "-d", "/tmp"]
    del container["args"]
    theirs(lane, workload)
    spec = experiment("container", toggle=False, cycles=2, clients={"connections": 4, "http": {"path": "/", "requestsPerSecond": 50}})
    del spec["reuseAddress"]
    status, records = lane.run("http", spec)
    completed(claims, status)
    for record in records:
        requests = record["clients"].get("requests", {})
        claims.equal(f"outcome ({record['explanation']})", "bound", record.get("outcome"))
        claims.between("requests sent", 50, 1_000_000, requests.get("sent"))
        claims.between("requests answered", 1, 1_000_000, requests.get("answered"))
        # While nobody listens, and there is a moment of that in each restart of a container.
        claims.between("requests refused", 1, 1_000_000, requests.get("failed", {}).get("refused"))
        claims.equal("every request answered or failed, but for those that were under way", True, requests["answered"] + sum(requests["failed"].values()) >= requests["sent"] - 50)
        claims.between("ms at the median before the stop", 0, 60_000, requests.get("before", {}).get("p50"))
        claims.between("ms without service, as clients saw it", 20, 300_000, record.get("downtimeMs"))
    lane.delete("http")
    return f"{records[-1]['clients']['requests']['failed']} of {records[-1]['clients']['requests']['sent']} requests failed, without service for {records[-1]['downtimeMs'] / 1000:.1f} s"


def budget(lane, claims):
    """An eviction that a PodDisruptionBudget forbids is not carried out."""
    theirs(lane)
    [old] = pods(lane)
    apply(
        {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "theirs"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": LABELS}}},
        lane.namespace,
    )
    try:
        until("the budget is in force", 30, lambda: get("-n", lane.namespace, "pdb", "theirs").get("status", {}).get("expectedPods") == 1)
        lane.start("kept", experiment("pod", toggle=False, connections=0))
        lane.wait("kept", "Running", lambda status: status.get("phase") == "Running")
        code, _, _ = try_kubectl("-n", lane.namespace, "wait", "--for=delete", f"pod/{old['metadata']['name']}", "--timeout=10s")
        claims.true("the pod stays", code != 0)
        lane.delete("kept")
        spec = experiment("pod", toggle=False, connections=0)
        spec["restart"]["ignoreDisruptionBudget"] = True
        status, _ = lane.run("told", spec)
        completed(claims, status)
        claims.true("the pod is another", pods(lane)[0]["metadata"]["name"] != old["metadata"]["name"])
        lane.delete("told")
    finally:
        kubectl("-n", lane.namespace, "delete", "pdb", "theirs")
    return "respected, and ignored when told to"


def deleted(lane, claims):
    """Deleted in the middle of a cycle: the key has its own value again."""
    theirs(lane)
    before = value(lane)
    lane.start("doomed", experiment("container"))
    lane.wait("doomed", "the key is changed", lambda status: status.get("toggled") is not None)
    until("the key has another value", 30, lambda: value(lane) != before)
    lane.delete("doomed")
    # The deletion waits for nobody.
    until("the key has its own value", 60, lambda: value(lane) == before)
    claims.equal("the key", before, value(lane))
    return "the key was given back"


def controller_killed(lane, claims):
    """A controller that dies while the key is changed: the next one gives it back."""
    theirs(lane)
    before = value(lane)
    lane.start("orphan", experiment("container", connections=0))
    lane.wait("orphan", "the key is changed", lambda status: status.get("toggled") is not None)
    until("the key has another value", 30, lambda: value(lane) != before)
    kubectl("-n", lane.namespace, "delete", "pod", lane.pod("controller")["metadata"]["name"], "--grace-period=0", "--force", "--wait=false")
    kubectl("-n", lane.namespace, "patch", "rbx", "orphan", "--type=merge", "-p", json.dumps({"spec": {"terminate": True}}))
    status = lane.over("orphan")
    claims.equal("phase", "Aborted", status["phase"])
    own(claims, lane, before)
    claims.equal("status.toggled", None, status.get("toggled"))
    lane.delete("orphan")
    return "another controller gave the key back"


def dry_run(lane, claims):
    theirs(lane)
    before, [pod] = value(lane), pods(lane)
    status, _ = None, lane.start("dry", experiment("container", dryRun=True))
    status = lane.over("dry")
    claims.equal("phase", "Completed", status["phase"])
    claims.equal("verdict", None, status.get("verdict"))
    claims.contains("plan", "Would restart Deployment/theirs", status["plan"])
    claims.contains("plan", "key reuse of ConfigMap theirs", status["plan"])
    own(claims, lane, before)
    [after] = pods(lane)
    claims.equal("the pod and its restarts", (pod["metadata"]["uid"], 0), (after["metadata"]["uid"], after["status"]["containerStatuses"][0]["restartCount"]))
    lane.delete("dry")
    return status["plan"]


def gone_too_long(lane, claims):
    """The server is gone for longer than is allowed: the experiment ends, and the key is given back."""
    theirs(lane)
    before = value(lane)
    lane.start("long", experiment("container", maxUnavailableSeconds=15))
    status = lane.over("long")
    claims.equal("phase", "Aborted", status["phase"])
    claims.contains("why", "gone for more than 15 s", condition(status, "Passed")[2])
    own(claims, lane, before)
    until("the workload is ready again", 200, lambda: get("-n", lane.namespace, "deployment", "theirs")["status"].get("readyReplicas") == 1)
    lane.delete("long")
    return condition(status, "Passed")[2]


def held(lane, claims):
    """A workload without an agent is held as well."""
    theirs(lane)
    lane.start("first", experiment("container", connections=0))
    lane.wait("first", "Running", lambda status: status.get("phase") == "Running")
    lane.start("second", experiment("container", connections=0))
    status = lane.wait("second", "refused", lambda status: condition(status, "Accepted")[1] == "TargetHeld")
    claims.contains("who", f"{lane.namespace}/first", condition(status, "Accepted")[2])
    lane.delete("second", "first")
    return condition(status, "Accepted")[2]


def two_nodes(lane, claims):
    """A DaemonSet, one pod on each node: both are restarted at once, and each record says where."""
    nodes = sorted(node["metadata"]["name"] for node in get("nodes")["items"])
    if len(nodes) < 2:
        raise Skipped("the cluster has one node")
    theirs(lane)
    before = value(lane)
    apply(server(lane, "everywhere", "DaemonSet"), lane.namespace)
    kubectl("-n", lane.namespace, "rollout", "status", "daemonset/everywhere", "--timeout=90s")
    old = {pod["spec"]["nodeName"]: pod["metadata"]["name"] for pod in pods(lane, "everywhere")}
    spec = experiment("pod", connections=0, reuse={"value": True}, cycles=2)
    spec["target"] = {"workloadRef": {"kind": "DaemonSet", "name": "everywhere"}}
    lane.start("refused", spec)
    status = lane.wait("refused", "refused", lambda status: condition(status, "Accepted")[1] == "SeveralTargets")
    lane.delete("refused")
    status, records = lane.run("nodes", {**spec, "selection": {"mode": "all"}, "concurrency": len(nodes)})
    completed(claims, status)
    counted(claims, status, bound=2 * len(nodes))
    claims.equal("cycles", list(range(1, 2 * len(nodes) + 1)), [record["cycle"] for record in records])
    for first in (0, len(nodes)):
        round_of = records[first : first + len(nodes)]
        claims.equal("nodes of a round", nodes, sorted(record["cluster"]["node"] for record in round_of))
        stops = [instant(record["stoppedAt"]) for record in round_of]
        ends = [instant(record["boundAt"]) for record in round_of]
        claims.true("they were restarted side by side", max(stops) < min(ends), (stops, ends))
    claims.true("each pod is another", all(record["cluster"]["pod"] != old[record["cluster"]["node"]] for record in records))
    own(claims, lane, before)
    kubectl("-n", lane.namespace, "delete", "daemonset", "everywhere", "--timeout=60s")
    lane.delete("nodes")
    return f"{len(records)} cycles on {', '.join(nodes)}, two rounds"


def given_back(lane, claims):
    """Its own setting is off: the container that reads it again cannot bind over what the last cycle has left. Restored is said once it listens."""
    theirs(lane)
    kubectl("-n", lane.namespace, "patch", "configmap", KEY["name"], "--type=merge", "-p", json.dumps({"data": {KEY["key"]: "false"}}))
    kubectl("-n", lane.namespace, "rollout", "restart", "deployment/theirs")
    kubectl("-n", lane.namespace, "rollout", "status", "deployment/theirs", "--timeout=90s")
    before = value(lane)
    status, _ = lane.run("given-back", experiment("container", reuse={"value": True}, restore="now"))
    [then] = pods(lane)
    completed(claims, status)
    own(claims, lane, before)
    claims.equal("condition Restored", ("True", "Restored"), condition(status, "Restored")[:2])
    claims.between("ms until it listened again (status.restoringMs)", 1, 480_000, status.get("restoringMs", 0))
    # A container that cannot bind ends: the one that was there then is still there.
    time.sleep(20)
    [now] = pods(lane)
    for what in ("containerID", "restartCount"):
        claims.equal(f"{what} after 20 s", then["status"]["containerStatuses"][0][what], now["status"]["containerStatuses"][0][what])
    claims.true("it runs", "running" in now["status"]["containerStatuses"][0]["state"], now["status"]["containerStatuses"][0]["state"])
    lane.delete("given-back")
    return f"{condition(status, 'Restored')[2]}"


def next_start(lane, claims):
    """Nothing is restarted to restore. The container that was left is known to have another setting than the key: the next experiment does not believe the key."""
    theirs(lane)
    before = value(lane)
    status, _ = lane.run("left-off", experiment("container", expect={"outcome": "failed", "cause": "time_wait"}))
    [then] = pods(lane)
    completed(claims, status)
    own(claims, lane, before)
    claims.equal("condition Restored", ("True", "AtNextStart"), condition(status, "Restored")[:2])
    time.sleep(5)
    [now] = pods(lane)
    for what in ("containerID", "restartCount"):
        claims.equal(f"{what} after 5 s", then["status"]["containerStatuses"][0][what], now["status"]["containerStatuses"][0][what])
    lane.delete("left-off")
    # The key says on, and the container runs with off: taken for on, its leftovers would keep the new one from binding.
    status, [record] = lane.run("left-on", experiment("container", reuse={"value": True}), patience=900)
    completed(claims, status)
    claims.equal(f"outcome ({record.get('explanation')})", "bound", record.get("outcome"))
    claims.equal("reuse", {"old": True, "new": True}, record.get("reuse"))
    own(claims, lane, before)
    claims.equal("condition Restored", ("True", "Restored"), condition(status, "Restored")[:2])
    lane.delete("left-on")
    return "no restart to restore; the next experiment replaced the container that still ran with the setting of the one before"


def namespace_deleted(lane, claims):
    """A watched namespace is deleted under a running experiment that has changed a key: its Role goes first, and nothing waits for the controller."""
    doomed = lane.others[0]
    kubectl("label", "namespace", doomed, "rebind.dev/experiments=allowed", "--overwrite")
    apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": KEY["name"]}, "data": {KEY["key"]: "true"}}, doomed)
    apply(server(lane), doomed)
    kubectl("-n", doomed, "rollout", "status", "deployment/theirs", "--timeout=90s", timeout=100)
    lane.start("doomed", experiment("container", cycles=100, connections=0), doomed)
    lane.wait("doomed", "the key is changed", lambda status: status.get("toggled") is not None, namespace=doomed)
    claims.equal("finalizers", [], lane.experiment("doomed", doomed)["metadata"].get("finalizers", []))
    journal = f"/api/v1/namespaces/{lane.namespace}/configmaps/{RELEASE}-controller-toggles"
    claims.equal("entries of the journal", 1, len(look_at(journal).get("data") or {}))
    kubectl("delete", "namespace", doomed, "--wait=false")
    until("the namespace is gone", 180, lambda: look_at(f"/api/v1/namespaces/{doomed}") is None)
    # The others do not notice: experiments are run before and after the controller begins anew.
    theirs(lane)
    for name in ("after", "begun-anew"):
        status, _ = lane.run(name, experiment("pod", toggle=False, connections=0))
        completed(claims, status)
        lane.delete(name)
        if name == "after":
            kubectl("-n", lane.namespace, "rollout", "restart", f"deployment/{RELEASE}-controller")
            kubectl("-n", lane.namespace, "rollout", "status", f"deployment/{RELEASE}-controller", "--timeout=120s", timeout=130)
    return "gone with its experiment; experiments elsewhere went on, with a controller that began anew too"


def events(lane, claims):
    """What happens to a target is told where its owners look."""
    theirs(lane)
    status, _ = lane.run("told-of", experiment("pod", toggle=False, connections=0))
    found = until(
        "events on the workload", 30,
        lambda: [one for one in get("-n", lane.namespace, "events")["items"] if one["involvedObject"].get("name") == "theirs" and one.get("reportingComponent") == "rebind"],
    )  # fmt: skip
    reasons = {one["reason"] for one in found}
    claims.true("Running and Completed are told", {"Running", "Completed"} <= reasons, reasons)
    claims.true("by the experiment's name", any("told-of" in one["message"] for one in found))
    lane.delete("told-of")
    return f"{', '.join(sorted(reasons))} on Deployment/theirs"


def asked(lane, pod, name, *more):
    """The answer of rebind why in an ephemeral container of the pod, by its JSON and its exit code. It stays in the pod, and has ended."""
    kubectl(
        *("-n", lane.namespace, "debug", pod, "--container", name, "--image", lane.settings.image, "--image-pull-policy", "IfNotPresent"),
        *("--profile", "general", "--arguments-only", "--attach=false", *more, "--", "why", str(lane.port()), "--json"),
    )

    def ended():
        seen = look_at(f"/api/v1/namespaces/{lane.namespace}/pods/{pod}")["status"].get("ephemeralContainerStatuses", [])
        return next((one["state"]["terminated"] for one in seen if one["name"] == name and "terminated" in one["state"]), None)

    exit_code = until(f"ephemeral container {name} has ended", lane.settings.patience, ended)["exitCode"]
    return json.loads(kubectl("-n", lane.namespace, "logs", pod, "--container", name).splitlines()[-1]), exit_code


def why_in_a_debug_container(lane, claims):
    """An ephemeral container has the network of its pod, and the processes of a container only where it is told of which."""
    theirs(lane)
    pod = pods(lane)[0]["metadata"]["name"]
    alone, code = asked(lane, pod, "why-alone")
    claims.equal("exit code, without --target", 1, code)
    claims.equal("cause, without --target", "listener_unseen", alone["cause"])
    [holder] = [one["holder"] for one in alone["blocking"] if one["cause"] == "listener_unseen"]
    claims.equal("holder, without --target", ("unseen", "not_here"), (holder["kind"], holder.get("why")))
    claims.true("no advice to run it as root", all(one["kind"] != "find_as_root" for one in alone["remedies"]), str(alone["remedies"]))
    targeted, code = asked(lane, pod, "why-targeted", "--target", "web")
    claims.equal("exit code, with --target", 1, code)
    claims.equal(f"cause, with --target ({targeted['summary']})", "listener_other", targeted["cause"])
    [holder] = [one["holder"] for one in targeted["blocking"] if one["cause"] == "listener_other"]
    [process] = holder["processes"]
    claims.contains("the command of the holder", f"server --port {lane.port()}", " ".join(process.get("command", [])))
    return f"alone: {alone['summary']} With --target: {targeted['summary']}"


CHECKS = {
    "why/debug-container": why_in_a_debug_container,
    "container/off": container_off,
    "container/on": container_on,
    "container/untold": untold,
    "container/given-back": given_back,
    "http": http,
    "pod": replaced("pod"),
    "rollout": replaced("rollout"),
    "budget": budget,
    "two-nodes": two_nodes,
    "held": held,
    "dry-run": dry_run,
    "events": events,
    "restored/deleted": deleted,
    "restored/controller-killed": controller_killed,
    "restored/gone-too-long": gone_too_long,
}

# With FULL=1 only: the kubelet waits for up to 5 minutes before it starts a container again that has ended several times.
FULL_CHECKS = {
    "container/next-start": next_start,
}

# On the network of a node.
HOST_CHECKS = {
    "host-network/pod": host_pod,
    "host-network/overlap": overlap,
}

# With a second namespace, which does not outlive them.
LAST_CHECKS = {
    "namespace-deleted": namespace_deleted,
}

VALUES = {"nodeAgent.enabled": True, "restartModes.exec.enabled": True}
