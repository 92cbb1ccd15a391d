"""The audit of pods: what it says of two servers before a restart, and what a restart of them then meets."""

import json
import re

import targets
from cluster import apply, forward, http_call, kubectl, until
from lane import RELEASE

VALUES = {
    **targets.VALUES,
    "nodeAgent.audit.enabled": True,
    "nodeAgent.audit.interval": "10s",
    "nodeAgent.readSocketOptions": True,
}


def server(lane, name, reuse):
    """A workload like any other, with a Service, and a client that is connected to it."""
    workload = targets.server(lane, name)
    [container] = workload["spec"]["template"]["spec"]["containers"]
    container["env"] = [{"name": "REBIND_SERVER_REUSE_ADDRESS", "value": str(reuse).lower()}]
    apply(workload, lane.namespace)
    service = {"selector": {"app": name}, "ports": [{"port": lane.port()}], "publishNotReadyAddresses": True}
    apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": service}, lane.namespace)
    kubectl("-n", lane.namespace, "rollout", "status", f"deployment/{name}", "--timeout=90s", timeout=100)
    kubectl(
        "-n", lane.namespace, "run", f"{name}-client", f"--image={lane.settings.image}", "--image-pull-policy=IfNotPresent", "--restart=Never",
        "--", "client", "--host", name, "--port", str(lane.port()),
    )  # fmt: skip


def audit(port, lane):
    """The listeners of the servers' port, by the names of their pods; None before the first audit."""
    status, body = http_call(port, "GET", f"/v1/audit?namespace={lane.namespace}")
    if status != 200:
        return None
    return {one["pod"]["name"]: one for one in json.loads(body)["listeners"] if one["port"] == lane.port()}


def status(lane, name):
    [pod] = targets.pods(lane, name)
    return pod["status"]["containerStatuses"][0]


def last_words(lane, name):
    """Of a container that could not bind; empty where none has ended so."""
    seen = status(lane, name)
    told = [state.get("terminated", {}).get("message", "") for state in (seen["state"], seen["lastState"])]
    return next((one for one in told if "EADDRINUSE" in one), "")


def told(lane, claims):
    kubectl("-n", lane.namespace, "rollout", "status", f"daemonset/{RELEASE}-node-agent", f"--timeout={lane.settings.patience}s", timeout=lane.settings.patience + 10)
    for name, reuse in (("with-reuse", True), ("without-reuse", False)):
        server(lane, name, reuse)
    names = {name: targets.pods(lane, name)[0]["metadata"]["name"] for name in ("with-reuse", "without-reuse")}
    with forward(lane.namespace, f"service/{RELEASE}-controller", "http") as port:

        def connected():
            seen = audit(port, lane) or {}
            there = all(name in seen and seen[name]["connections"].get("ESTABLISHED") for name in names.values())
            return seen if there else None

        seen = until("both servers and their connections are audited", 120, connected)
        binds, blocked = seen[names["with-reuse"]], seen[names["without-reuse"]]
        _, scrape = http_call(port, "GET", "/metrics")
    claims.equal("SO_REUSEADDR of the one", True, binds["options"]["reuse_address"])
    claims.equal("SO_REUSEADDR of the other", False, blocked["options"]["reuse_address"])
    claims.equal("container", "web", blocked["pod"]["container"])
    claims.equal(f"verdict of the one ({binds['restart']['text']})", "binds_at_once", binds["restart"]["kind"])
    claims.equal(f"verdict of the other ({blocked['restart']['text']})", "blocked_by_its_connections", blocked["restart"]["kind"])
    claims.true("no arguments of a process are told", "command" not in json.dumps(seen))
    for name, risk in (("with-reuse", 0), ("without-reuse", 2)):
        found = re.search(rf'rebind_listener_restart_risk{{[^}}]*pod="{names[name]}"[^}}]*}} (\S+)', scrape)
        claims.equal(f"rebind_listener_restart_risk of {name}", risk, float(found[1]) if found else None)
    # The truth: both servers close their connections, and start again in the network namespace that they had.
    for name in names:
        kubectl("-n", lane.namespace, "exec", names[name], "-c", "web", "--", "sh", "-c", "kill 1")
    words = until("the one that was said to be blocked cannot bind", 90, lambda: last_words(lane, "without-reuse"))
    until("the other has been started again", 90, lambda: status(lane, "with-reuse")["restartCount"] == 1)
    until("the other runs", 90, lambda: "running" in status(lane, "with-reuse")["state"])
    claims.equal("last words of the other", "", last_words(lane, "with-reuse"))
    claims.equal("restarts of the other", 1, status(lane, "with-reuse")["restartCount"])
    for name in names:
        kubectl("-n", lane.namespace, "delete", f"deployment/{name}", f"service/{name}", f"pod/{name}-client", "--timeout=90s", timeout=100)
    return f"without SO_REUSEADDR {blocked['restart']['text']}: {words.strip().splitlines()[-1][:80]}; with it {binds['restart']['text']}"


CHECKS = {"audit": told}
