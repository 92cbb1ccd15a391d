"""Checks of what a platform does to a running experiment. With FULL=1 only, as each takes minutes."""

import json
import os
import subprocess
import time

from checks import Skipped
from cluster import apply, get, kubectl, must, until
from cycles import completed, counted, experiment, numbered
from lane import OVER, RELEASE, holds_restored
from operation import Watched, done, holder_of_lease, slow
from settings import CHART



def autoscaled(lane, claims):
    """An autoscaler adds a pod to the target: the experiment goes on with the pod that it holds, and its end takes nothing from the new one."""
    lane.start("scaled", slow(60))
    lane.wait("scaled", "3 cycles", done(3))
    scaler = {
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "scaler"},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"{RELEASE}-server"}, "minReplicas": 2, "maxReplicas": 2,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 90}}}],
        },
    }  # fmt: skip
    apply(scaler, lane.namespace)
    try:
        until("there are two pods", 120, lambda: len(lane.pods("server")) == 2)
        before = lane.status("scaled")["cycles"]["done"]
        status = lane.wait("scaled", "5 cycles more", lambda s: done(before + 5)(s) or s.get("phase") in OVER)
        claims.true("it goes on with its pod", status["phase"] in ("Running", "Completed"), status["phase"])
        status = lane.over("scaled")
        completed(claims, status)
        counted(claims, status, bound=60)
    finally:
        kubectl("-n", lane.namespace, "delete", "hpa", "scaler")
        kubectl("-n", lane.namespace, "scale", f"deployment/{RELEASE}-server", "--replicas=1")
        until("there is one pod", 120, lambda: len(lane.pods("server")) == 1)
    lane.delete("scaled")
    return "a second pod came during the run; 60 cycles on the first"


def carried_on(lane, claims, status, watched):
    """It came to its end although its target went meanwhile."""
    claims.equal("phase", "Completed", status["phase"])
    claims.equal("cycles that were counted twice", [], watched.twice)
    # The cycle in which the pod went has no outcome: it is told, and is no failed bind.
    claims.equal("failed binds", 0, status["cycles"]["failed"])
    claims.between("cycles without an outcome", 0, 2, status["cycles"]["error"] + status["cycles"]["inconclusive"])
    holds_restored(lane, claims, status)


def drained(lane, claims):
    """The node of the target's pod is drained during a run. Its Deployment brings it back elsewhere, and the experiment goes on there."""
    if len([node for node in get("nodes")["items"] if not node["spec"].get("unschedulable")]) < 2:
        raise Skipped("a drained pod needs a second node")
    watched = Watched()
    lane.start("drained", slow(40))
    lane.wait("drained", "5 cycles", done(5))
    pod = lane.pod("server")
    node = pod["spec"]["nodeName"]
    try:
        kubectl(
            "drain", node, f"--pod-selector=app.kubernetes.io/instance={RELEASE},app.kubernetes.io/component=server",
            "--ignore-daemonsets", "--delete-emptydir-data", "--timeout=120s", timeout=130,
        )  # fmt: skip
        status = lane.over("drained", watched.see)
        elsewhere = lane.pod("server")
        claims.true("the pod is on another node", elsewhere["spec"]["nodeName"] != node, elsewhere["spec"]["nodeName"])
    finally:
        kubectl("uncordon", node)
    numbered(claims, status, lane.records("drained"), 40)
    carried_on(lane, claims, status, watched)
    lane.delete("drained")
    return f"{node} drained: {status['cycles']['bound']} of 40 bound, {status['cycles']['error']} without an outcome, verdict {status['verdict']}"


def kubelet_frozen(lane, claims):
    """The kubelet of the target's node stands still for a while: no container is restarted meanwhile, which delays a cycle and decides nothing."""
    settings = lane.settings
    if not settings.freeze_kubelet or not settings.thaw_kubelet:
        raise Skipped("no FREEZE_KUBELET_COMMAND and THAW_KUBELET_COMMAND: the kubelet's process is not known")
    node = lane.pod("server")["spec"]["nodeName"]
    environment = {**os.environ, "NODE": node}
    lane.start("kubelet", experiment("container", True, 3))
    lane.wait("kubelet", "a cycle", done(1))
    try:
        subprocess.run(["bash", "-c", settings.freeze_kubelet], env=environment, check=True)
        # Shorter than the 40 s after which a node that is not heard of is taken for dead.
        time.sleep(30)
    finally:
        subprocess.run(["bash", "-c", settings.thaw_kubelet], env=environment, check=True)
    status = lane.over("kubelet")
    completed(claims, status)
    numbered(claims, status, lane.records("kubelet"), 3)
    counted(claims, status, bound=3)
    holds_restored(lane, claims, status)
    lane.delete("kubelet")
    return f"the kubelet of {node} stood still for 30 s: 3 of 3 bound"


def upgraded(lane, claims):
    """An upgrade of the controller, and the rollback of it, during a run: other controllers go on with it."""
    watched = Watched()
    server = lane.pod("server")["metadata"]["uid"]
    lane.start("upgraded", slow(60))
    lane.wait("upgraded", "5 cycles", done(5))
    first = holder_of_lease(lane)
    revision = json.loads(must(["helm", "history", RELEASE, "-n", lane.namespace, "-o", "json"]))[-1]["revision"]
    must(["helm", "upgrade", RELEASE, str(CHART), "-n", lane.namespace, *lane.flags(), "--set", "controller.resources.requests.cpu=51m"])
    status = lane.wait("upgraded", "a cycle of the new controller", lambda s: watched.see(s) or (s["controller"] != first and done(10)(s)) or s["phase"] in OVER)
    second = status["controller"]
    claims.true("it runs under the new controller", status["phase"] == "Running" and second != first, f"{status['phase']} {second}")
    must(["helm", "rollback", RELEASE, str(revision), "-n", lane.namespace])
    at = status["cycles"]["done"]
    status = lane.wait("upgraded", "a cycle of the third", lambda s: watched.see(s) or (s["controller"] != second and done(at + 3)(s)) or s["phase"] in OVER)
    claims.true("it runs under the third controller", status["phase"] == "Running" and status["controller"] != second, f"{status['phase']} {status['controller']}")
    status = lane.over("upgraded", watched.see)
    completed(claims, status)
    counted(claims, status, bound=60)
    claims.equal("cycles that were counted twice", [], watched.twice)
    claims.equal("cycles that the status ever showed, from the last 20 on", list(range(41, 61)), sorted(watched.records)[-20:])
    claims.equal("the server's pod", server, lane.pod("server")["metadata"]["uid"])
    holds_restored(lane, claims, status)
    lane.delete("upgraded")
    return "three controllers, 60 cycles, none lost, none twice"


def server_upgraded(lane, claims):
    """An upgrade that replaces the target's own pod during a run."""
    watched = Watched()
    server = lane.pod("server")["metadata"]["uid"]
    lane.start("replaced", slow(40))
    lane.wait("replaced", "5 cycles", done(5))
    lane.upgrade({"server.resources.requests.cpu": "51m"})
    status = lane.over("replaced", watched.see)
    claims.true("the server's pod is another", lane.pod("server")["metadata"]["uid"] != server)
    numbered(claims, status, lane.records("replaced"), 40)
    carried_on(lane, claims, status, watched)
    lane.delete("replaced")
    return f"{status['cycles']['bound']} of 40 bound, {status['cycles']['error']} without an outcome, verdict {status['verdict']}"


def uninstalled(lane, claims):
    """The release is uninstalled during a run, and installed again: nothing hangs meanwhile, and the experiment comes to an end."""
    watched = Watched()
    lane.start("orphaned", slow(40))
    lane.start("forgotten", {**slow(40), "suspend": True})
    lane.wait("orphaned", "5 cycles", lambda s: watched.see(s) or done(5)(s))
    must(["helm", "uninstall", RELEASE, "-n", lane.namespace, "--wait"], timeout=150)
    claims.equal("its phase without a controller", "Running", lane.status("orphaned")["phase"])
    # Nobody is there who could remove a finalizer.
    kubectl("-n", lane.namespace, "delete", "rbx", "forgotten", "--timeout=20s", timeout=30)
    must(["helm", "install", RELEASE, str(CHART), "-n", lane.namespace, *lane.flags()])
    lane.ready()
    status = lane.over("orphaned", watched.see)
    claims.equal("status.cycles.done", 40, status["cycles"]["done"])
    carried_on(lane, claims, status, watched)
    lane.delete("orphaned")
    return f"{status['cycles']['bound']} of 40 bound, {status['cycles']['error']} without an outcome, verdict {status['verdict']}"


CHECKS = {
    "hardship/autoscaled": autoscaled,
    "hardship/kubelet-frozen": kubelet_frozen,
    "hardship/upgraded": upgraded,
    "hardship/server-upgraded": server_upgraded,
    "hardship/drained": drained,
    "hardship/uninstalled": uninstalled,
}
