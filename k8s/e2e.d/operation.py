"""Checks of what operators do, and of what happens to them: suspending, deleting, kills, a frozen API server, refusals."""

import json
import random
import re
import subprocess
import time

from checks import Failed, Skipped
from cluster import Broken, apply, forward, get, http_call, kubectl, look_at, try_kubectl, until
from cycles import completed, counted, experiment
from invalid import INVALID
from lane import AUDIENCE, OVER, RELEASE, condition, holds_restored, is_ready, kill_container

# Longest that a deletion waits for its target, and a margin for the API server.
DELETION = 30 + 10


def slow(cycles, interval="500ms"):
    """Many short cycles, so that something can happen in between."""
    spec = experiment("listener", True, cycles)
    spec["restart"]["interval"] = interval
    return spec


def done(count):
    return lambda status: status.get("cycles", {}).get("done", 0) >= count


def patch(lane, name, spec):
    kubectl("-n", lane.namespace, "patch", "rbx", name, "--type=merge", "-p", json.dumps({"spec": spec}))


def suspend_resume_terminate(lane, claims):
    lane.start("orders", slow(1000))
    lane.wait("orders", "2 cycles", done(2))
    patch(lane, "orders", {"suspend": True})
    paused = lane.wait("orders", "Paused", lambda status: status.get("phase") == "Paused")
    claims.equal("condition Paused", "True", condition(paused, "Paused")[0])
    holds_restored(lane, claims, paused)
    claims.true("the server answers through its Service while paused", lane.answers())
    still = lane.status("orders")
    claims.equal("cycles while paused", paused["cycles"]["done"], still["cycles"]["done"])
    patch(lane, "orders", {"suspend": False})
    resumed = lane.wait("orders", "2 cycles more", done(still["cycles"]["done"] + 2))
    claims.equal("phase", "Running", resumed["phase"])
    claims.equal("condition Paused after", "False", condition(resumed, "Paused")[0])
    code, out, err = try_kubectl("-n", lane.namespace, "patch", "rbx", "orders", "--type=merge", "-p", '{"spec":{"cycles":7}}')
    claims.true("the spec of a running experiment cannot be changed", code != 0, out)
    claims.contains("the refusal", "an experiment that has begun", err)
    patch(lane, "orders", {"terminate": True})
    ended = lane.over("orders")
    claims.equal("phase", "Aborted", ended["phase"])
    claims.equal("condition Passed", "False", condition(ended, "Passed")[0])
    holds_restored(lane, claims, ended)
    claims.true("the server answers through its Service after", lane.answers())
    numbers = [record["cycle"] for record in lane.records("orders")]
    claims.equal("records", list(range(1, ended["cycles"]["done"] + 1)), numbers)
    lane.delete("orders")
    return f"paused at {paused['cycles']['done']}, ended at {ended['cycles']['done']} cycles, answered each time"


def terminate_paused(lane, claims):
    """An order to end a paused experiment is no contradiction: it is over, and not refused."""
    lane.start("paused-and-ended", slow(1000))
    lane.wait("paused-and-ended", "2 cycles", done(2))
    patch(lane, "paused-and-ended", {"suspend": True})
    lane.wait("paused-and-ended", "Paused", lambda status: status.get("phase") == "Paused")
    patch(lane, "paused-and-ended", {"terminate": True})
    status = lane.over("paused-and-ended")
    claims.equal("phase", "Aborted", status["phase"])
    claims.equal("verdict", "Inconclusive", status["verdict"])
    holds_restored(lane, claims, status)
    lane.delete("paused-and-ended")
    return f"{status['phase']}, {status['verdict']}, after {status['cycles']['done']} cycles"


def cleared_away(lane, claims):
    """ttlSecondsAfterFinished."""
    lane.start("short-lived", {**slow(2), "ttlSecondsAfterFinished": 15})
    status = lane.over("short-lived")
    completed(claims, status)
    path = f"/apis/rebind.dev/v1alpha1/namespaces/{lane.namespace}/rebindexperiments/short-lived"
    claims.true("it is there at its end", look_at(path) is not None)
    began = time.monotonic()
    until("it is deleted", 60, lambda: look_at(path) is None)
    return f"deleted {time.monotonic() - began:.0f} s after its end was seen"


def selected(lane, claims):
    """By a field of the status, as the CustomResourceDefinition offers it."""
    if int(re.sub(r"[^0-9]", "", get_version()["minor"])) < 31:
        raise Skipped("selectableFields are in Kubernetes 1.31 and later")
    lane.run("selected", slow(1))

    def names(phase):
        return kubectl("-n", lane.namespace, "get", "rbx", "--field-selector", f"status.phase={phase}", "-o", "name").split()

    claims.true("it is among the completed ones", "rebindexperiment.rebind.dev/selected" in names("Completed"), names("Completed"))
    claims.true("and not among those that run", "rebindexperiment.rebind.dev/selected" not in names("Running"), names("Running"))
    lane.delete("selected")
    return "kubectl get rbx --field-selector status.phase=Completed"


def get_version():
    return json.loads(kubectl("get", "--raw", "/version"))


def two_managers(lane, claims):
    """Two that apply: each keeps what it set, a conflict is told, and a diff of what is applied already is empty."""
    path = ["-n", lane.namespace]
    spec = slow(1000)

    def resource(spec):
        return json.dumps({"apiVersion": "rebind.dev/v1alpha1", "kind": "RebindExperiment", "metadata": {"name": "shared"}, "spec": spec})

    one, two = ["apply", "--server-side", "--field-manager=one", "-f", "-"], ["apply", "--server-side", "--field-manager=two", "-f", "-"]
    kubectl(*path, *one, given=resource(spec))
    lane.wait("shared", "2 cycles", done(2))
    code, out, err = try_kubectl(*path, "diff", "--server-side", "--field-manager=one", "-f", "-", given=resource(spec))
    claims.equal(f"exit code of kubectl diff of what is there ({out.strip()} {err.strip()})", 0, code)
    kubectl(*path, *two, given=resource({"suspend": True}))
    paused = lane.wait("shared", "Paused", lambda status: status.get("phase") == "Paused")
    holds_restored(lane, claims, paused)
    code, out, err = try_kubectl(*path, *one, given=resource({**spec, "suspend": False}))
    claims.true("what the other manager set is a conflict", code != 0, out)
    claims.contains("the conflict", '"two"', err)
    kubectl(*path, *one, given=resource(spec))
    claims.equal("suspend, which only the other one manages", True, lane.experiment("shared")["spec"].get("suspend"))
    kubectl(*path, *two, given=resource({"suspend": True, "terminate": True}))
    status = lane.over("shared")
    claims.equal("phase", "Aborted", status["phase"])
    managers = {one["manager"] for one in json.loads(kubectl(*path, "get", "rbx", "shared", "-o", "json", "--show-managed-fields"))["metadata"]["managedFields"]}
    claims.true("both managers are known", {"one", "two"} <= managers, managers)
    lane.delete("shared")
    return f"{', '.join(sorted(managers))}: no field lost, the conflict told, no difference where nothing changed"


def delete_mid_run(lane, claims):
    lane.start("doomed", slow(1000))
    lane.wait("doomed", "2 cycles", done(2))
    claims.equal("finalizers while it runs", [], lane.experiment("doomed")["metadata"].get("finalizers", []))
    doomed = f"/apis/rebind.dev/v1alpha1/namespaces/{lane.namespace}/rebindexperiments/doomed"
    before = time.monotonic()
    kubectl("-n", lane.namespace, "delete", "rbx", "doomed", "--wait=false")
    until("it is gone", 120, lambda: look_at(doomed) is None, 0.2)
    took = time.monotonic() - before
    claims.between("seconds until it is gone", 0, 10, took)
    try:
        until("bound", DELETION, lambda: lane.readyz() == "bound")
    except Broken:
        pass
    claims.equal("the agent's own server", "bound", lane.readyz())
    claims.true("the server answers through its Service", lane.answers())
    holder = lane.about_agent().get("holder")
    claims.equal("holder", None, holder)
    return f"gone after {took:.1f} s, the server answers"


class Watched:
    """All records that a status ever showed, by cycle: a cycle that is counted twice has two of them."""

    def __init__(self):
        self.records = {}
        self.twice = []
        self.most = 0

    def see(self, status):
        count = status.get("cycles", {}).get("done", 0)
        if count < self.most:
            self.twice.append(f"status.cycles.done went from {self.most} to {count}")
        self.most = max(self.most, count)
        for record in status.get("records", []):
            known = self.records.setdefault(record["cycle"], record)
            if (known.get("stoppedAt"), known["explanation"]) != (record.get("stoppedAt"), record["explanation"]):
                self.twice.append(f"cycle {record['cycle']} began at {known.get('stoppedAt')} and at {record.get('stoppedAt')}")


def kills(lane, claims):
    cycles, wanted = 50, lane.settings.kills
    # A kill takes effect over some cycles: the last of them is before the end.
    each = (cycles - 5) / wanted
    watched, killed, deleted, unreachable = Watched(), 0, 0, ""
    chance = random.Random()
    lane.start("killed", slow(cycles, "800ms"))
    for number in range(wanted):
        at = int(number * each) + 1

        def progress(status, at=at):
            watched.see(status)
            return status.get("phase") in OVER or done(at)(status)

        status = lane.wait("killed", f"{at} cycles", progress, pause=0.3)
        claims.true("it still runs at the kill", status["phase"] not in OVER, status["phase"])
        time.sleep(chance.uniform(0, 1.5))
        leader = holder_of_lease(lane)
        pod = next((pod for pod in lane.pods("controller") if pod["metadata"]["name"] == leader), None)
        if pod is None:
            raise Failed(f"the Lease names {leader}, which is no pod")
        # In turn, so that the kubelet restarts no container twice, and waits with none.
        why = kill_container(lane.settings, pod) if number % 2 == 1 else "its turn is to be deleted"
        if why is None:
            killed += 1
        else:
            unreachable = why if number % 2 == 1 else unreachable
            kubectl("-n", lane.namespace, "delete", "pod", leader, "--grace-period=0", "--force", "--wait=false")
            deleted += 1
        until("another holder, or the same anew", 120, lambda: back(lane), 0.3)

    status = lane.over("killed", watched.see)
    completed(claims, status)
    claims.equal("status.cycles.done", cycles, status["cycles"]["done"])
    counted(claims, status, bound=cycles)
    claims.equal("cycles that were counted twice", [], watched.twice)
    claims.equal("cycles that the status ever showed", list(range(1, cycles + 1)), sorted(watched.records))
    claims.equal("cycles of status.records", list(range(cycles - 19, cycles + 1)), [record["cycle"] for record in status["records"]])
    records = lane.records("killed")
    numbers = [record["cycle"] for record in records]
    # What a deleted pod had is gone with its emptyDir; what came after is whole.
    claims.equal("cycles in the records API", list(range(numbers[0], cycles + 1)), numbers)
    for record in records:
        claims.equal(f"stoppedAt of cycle {record['cycle']}", watched.records[record["cycle"]].get("stoppedAt"), record.get("stoppedAt"))
    holds_restored(lane, claims, status)
    claims.equal("kills", wanted, killed + deleted)
    note = f"; no SIGKILL in place: {unreachable}" if unreachable else ""
    return f"{killed} times SIGKILL, {deleted} times its pod deleted: {cycles} cycles, none lost, none twice (records from {numbers[0]} on){note}"


def holder_of_lease(lane):
    lease = look_at(f"/apis/coordination.k8s.io/v1/namespaces/{lane.namespace}/leases/{RELEASE}-controller")
    return lease["spec"].get("holderIdentity", "") if lease else ""


def back(lane):
    pods = lane.pods("controller")
    ready = [pod for pod in pods if is_ready(pod)]
    return holder_of_lease(lane) in [pod["metadata"]["name"] for pod in ready]


def two_replicas(lane, claims):
    lane.start("handed-over", slow(30, "500ms"))
    lane.wait("handed-over", "5 cycles", done(5))
    first = holder_of_lease(lane)
    claims.equal("controllers", 2, len(lane.pods("controller")))
    claims.equal("status.controller", first, lane.status("handed-over")["controller"])
    began = time.monotonic()
    kubectl("-n", lane.namespace, "delete", "pod", first, "--grace-period=0", "--force", "--wait=false")
    before = lane.status("handed-over")["cycles"]["done"]
    after = lane.wait("handed-over", "a cycle of another", lambda s: done(before + 2)(s) and s["controller"] != first)
    took = time.monotonic() - began
    claims.true("another controller goes on", after["controller"] != first)
    status = lane.over("handed-over")
    completed(claims, status)
    counted(claims, status, bound=30)
    claims.equal("cycles of status.records", list(range(11, 31)), [record["cycle"] for record in status["records"]])
    claims.equal("the Lease's holder", status["controller"], holder_of_lease(lane))
    holds_restored(lane, claims, status)
    return f"another controller's cycle after {took:.1f} s, 30 cycles in all"


def frozen(lane, claims):
    settings = lane.settings
    if not settings.freeze or not settings.thaw:
        raise Skipped("no FREEZE_COMMAND and THAW_COMMAND: the API server's process is not known")
    lane.start("frozen", slow(80, "500ms"))
    status = lane.wait("frozen", "5 cycles", done(5))
    began = time.strftime("%H:%M:%S", time.gmtime())
    try:
        subprocess.run(["bash", "-c", settings.freeze], check=True)
        code, _, _ = try_kubectl("get", "--raw", "/livez", "--request-timeout=3s", timeout=10)
        silent = code != 0
        time.sleep(settings.frozen_seconds)
    finally:
        subprocess.run(["bash", "-c", settings.thaw], check=True)
    until("the API server answers", 120, lambda: try_kubectl("get", "--raw", "/livez", timeout=10)[0] == 0)
    claims.true("the API server was silent", silent)
    watched = Watched()

    status = lane.over("frozen", watched.see)
    completed(claims, status)
    counted(claims, status, bound=80)
    claims.equal("cycles that were counted twice", [], watched.twice)
    claims.equal("cycles of status.records", list(range(61, 81)), [record["cycle"] for record in status["records"]])
    numbers = [record["cycle"] for record in lane.records("frozen")]
    claims.equal("cycles in the records API", list(range(1, 81)), numbers)
    holds_restored(lane, claims, status)
    restarts = sum(one["restartCount"] for one in lane.pod("controller")["status"]["containerStatuses"])
    return f"frozen at {began} UTC for {settings.frozen_seconds} s: 80 cycles, none lost, none twice; the controller restarted {restarts} times"


# Refusals


def untouched(lane):
    """What must stay as it is: pods by id and restarts, workloads, and the agent's own server."""
    agent = lane.about_agent()
    facts = {}
    for namespace in [lane.namespace, *lane.others]:
        for pod in get("pods", "-n", namespace)["items"]:
            if "deletionTimestamp" in pod["metadata"]:
                continue
            restarts = [one["restartCount"] for one in pod["status"].get("containerStatuses", [])]
            facts[namespace, pod["metadata"]["name"]] = (pod["metadata"]["uid"], restarts)
        for kind in ("deployments", "configmaps"):
            for one in get(kind, "-n", namespace)["items"]:
                facts[namespace, kind, one["metadata"]["name"]] = one.get("spec") or one.get("data")
    return {**facts, "agent": (agent["instance"], agent["baseline"])}


def workload(lane, name, replicas):
    labels = {"app": name}
    container = {
        "name": "other", "image": lane.settings.image, "imagePullPolicy": "IfNotPresent",
        "args": ["server"], "resources": {"requests": {"cpu": "10m"}},
    }  # fmt: skip
    apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": name},
            "spec": {
                "replicas": replicas,
                "selector": {"matchLabels": labels},
                "template": {"metadata": {"labels": labels}, "spec": {"enableServiceLinks": False, "containers": [container]}},
            },
        },
        lane.namespace,
    )
    kubectl("-n", lane.namespace, "rollout", "status", f"deployment/{name}", "--timeout=90s")


def refused(reason, message, arrange):
    """A check that an experiment is refused for a reason, and that nothing was touched."""

    def check(lane, claims):
        namespace, spec, after = arrange(lane)
        try:
            before = untouched(lane)
            name = "refused"
            lane.start(name, spec, namespace)
            try:
                status = lane.wait(
                    name, "Accepted is False", lambda status: condition(status, "Accepted")[0] == "False", namespace=namespace
                )
                _, seen, text = condition(status, "Accepted")
                claims.equal("reason in Accepted", reason, seen)
                claims.contains("message in Accepted", message, text)
                claims.equal("cycles", 0, status["cycles"]["done"])
                claims.equal("startedAt", None, status.get("startedAt"))
                claims.true("it is Pending or Error", status["phase"] in ("Pending", "Error"), status["phase"])
                claims.equal("what is there", before, untouched(lane))
            finally:
                lane.delete(name, namespace=namespace)
        finally:
            if after:
                after()
        return f"{seen}: {text}"

    return check


def target(kind, name, **more):
    return {**slow(5), "target": {"workloadRef": {"kind": kind, "name": name}}, **more}


def without_label(lane):
    return lane.others[0], slow(5), None


def without_target(lane):
    kubectl("label", "namespace", lane.others[0], "rebind.dev/experiments=allowed", "--overwrite")
    return lane.others[0], slow(5), lambda: kubectl("label", "namespace", lane.others[0], "rebind.dev/experiments-")


def two_pods(lane):
    workload(lane, "two", 2)
    return lane.namespace, target("Deployment", "two"), lambda: kubectl("-n", lane.namespace, "delete", "deployment", "two", "--cascade=foreground")


def no_workload(lane):
    return lane.namespace, target("Deployment", "nowhere"), None


def no_agent(lane):
    workload(lane, "bare", 1)
    return lane.namespace, target("Deployment", "bare"), lambda: kubectl("-n", lane.namespace, "delete", "deployment", "bare", "--cascade=foreground")


REFUSALS = {
    "namespace-without-label": refused("NamespaceNotAllowed", "rebind.dev/experiments=allowed", without_label),
    "no-target": refused("NoTarget", "has no server of Rebind's chart", without_target),
    "two-pods": refused("SeveralTargets", "has 2 pods", two_pods),
    "no-workload": refused("NoTarget", "has no Deployment nowhere", no_workload),
    "no-agent": refused("NoAgent", "no container with a port named agent", no_agent),
}


def held_by_another(lane, claims):
    lane.start("first", slow(1000))
    before = lane.wait("first", "2 cycles", done(2))
    lane.start("second", slow(5))
    status = lane.wait("second", "Accepted is False", lambda status: condition(status, "Accepted")[0] == "False")
    _, reason, message = condition(status, "Accepted")
    claims.equal("reason in Accepted", "TargetHeld", reason)
    claims.contains("message in Accepted", f"{lane.namespace}/first", message)
    claims.equal("cycles", 0, status["cycles"]["done"])
    after = lane.wait("first", "2 cycles more", done(before["cycles"]["done"] + 2))
    claims.equal("phase of the first", "Running", after["phase"])
    claims.equal("controller of the first", before["controller"], after["controller"])
    numbers = [record["cycle"] for record in lane.records("first")]
    claims.equal("records of the first", list(range(1, len(numbers) + 1)), numbers)
    lane.delete("first")
    second = lane.over("second")
    completed(claims, second)
    counted(claims, second, bound=5)
    lane.delete("second")
    return f"{reason}: {message}; it ran once the first was deleted"


def starting_deadline(lane, claims):
    lane.start("too-late", target("Deployment", "nowhere", startingDeadlineSeconds=3))
    status = lane.over("too-late")
    claims.equal("phase", "Error", status["phase"])
    claims.equal("verdict", "Error", status["verdict"])
    claims.equal("condition Passed", "False", condition(status, "Passed")[0])
    claims.equal("cycles", 0, status["cycles"]["done"])
    lane.delete("too-late")
    return condition(status, "Passed")[2]


def invalid(lane, claims):
    claims.true("30 resources or more", len(INVALID) >= 30, len(INVALID))
    for number, (spec, field) in enumerate(INVALID, 1):
        resource = {"apiVersion": "rebind.dev/v1alpha1", "kind": "RebindExperiment", "metadata": {"name": f"invalid-{number}"}, "spec": spec}
        code, out, err = try_kubectl("-n", lane.namespace, "apply", "-f", "-", given=json.dumps(resource))
        if code == 0:
            lane.delete(f"invalid-{number}")
        claims.true(f"{json.dumps(spec)} is refused", code != 0, out.strip())
        claims.contains(f"the refusal of {json.dumps(spec)}", field, err)
    # The test's own resource is right but for the spec.
    kubectl("-n", lane.namespace, "apply", "--dry-run=server", "-f", "-", given=json.dumps({**resource, "spec": {}}))
    return f"{len(INVALID)} resources refused, each with the field's name"


# Who may

HOLD = {"holder": {"namespace": "nowhere", "name": "intruder", "uid": "intruder"}, "leaseSeconds": 60}
PLACE = {"address": "0.0.0.0", "port": 8080}
CHANGING = [
    ("PUT", "/v1/hold", HOLD),
    ("DELETE", "/v1/hold", None),
    ("POST", "/v1/start", {"generation": 1, "place": PLACE, "mode": "process", "reuseAddress": True}),
    ("POST", "/v1/stop", {"generation": 1, "way": "kill", "gracePeriod": "PT1S"}),
    ("POST", "/v1/explain", {"failed": {}}),
    ("POST", "/v1/released", {"explanation": 1, "releasedNanos": 1, "exact": True}),
    ("POST", "/v1/clear", {"place": PLACE}),
    ("POST", "/v1/clients", {"place": PLACE, "wanted": {"connections": 1}}),
    ("POST", "/v1/clients/1/orders", {"order": "close"}),
    ("DELETE", "/v1/clients/1", None),
    ("POST", "/v1/leave", {"way": "reset"}),
    ("POST", "/v1/exit", {"code": 7}),
]
# Nobody's business either.
READING = [
    (method, path, None)
    for method, path in [
        ("GET", "/v1/agent"),
        ("GET", "/v1/starts"),
        ("GET", "/v1/look?address=0.0.0.0&port=8080"),
        ("GET", "/v1/ports/8080"),
        ("GET", "/v1/clients/1"),
        ("GET", "/v1/clients/1/report"),
    ]
]


def unauthorised(lane, claims):
    pod = lane.pod("server")
    kubectl("-n", lane.namespace, "create", "serviceaccount", "stranger")
    tokens = {
        "no token": (None, (401,)),
        "a word": ("nonsense", (401,)),
        "another account's token": (lane.token("stranger"), (403,)),
        "the agents' own account": (lane.token(f"{RELEASE}-agent"), (403,)),
        "the controller's, for the API server": (kubectl("-n", lane.namespace, "create", "token", f"{RELEASE}-controller").strip(), (401, 403)),
        "the controller's, for another audience": (lane.token(audience="somebody.else/agent"), (401, 403)),
    }
    calls = 0
    try:
        with forward(lane.namespace, f"pod/{pod['metadata']['name']}", lane.agent_port()) as port:
            right = {"Authorization": "Bearer " + lane.token(audience=AUDIENCE)}

            def about():
                status, body = http_call(port, "GET", "/v1/agent", headers=right)
                claims.equal("the controller's token may ask", 200, status)
                agent = json.loads(body)
                return {key: agent.get(key) for key in ("instance", "pid", "holder", "baseline")}

            before = about()
            claims.equal("baseline", "bound", before["baseline"]["state"])
            for who, (token, allowed) in tokens.items():
                for method, path, body in CHANGING + READING:
                    headers = {"Authorization": "Bearer " + token} if token else {}
                    status, answer = http_call(port, method, path, json.dumps(body) if body else None, {**headers, "Rebind-Hold": "intruder"})
                    claims.true(f"{who}: {method} {path} is refused", status in allowed, f"{status} {answer}")
                    calls += 1
                claims.equal(f"the agent after calls with {who}", before, about())
    finally:
        kubectl("-n", lane.namespace, "delete", "serviceaccount", "stranger")
    after = lane.pod("server")
    claims.equal("the server's pod", pod["metadata"]["uid"], after["metadata"]["uid"])
    claims.equal("its restarts", pod["status"]["containerStatuses"][0]["restartCount"], after["status"]["containerStatuses"][0]["restartCount"])
    claims.true("the server answers through its Service", lane.answers())
    return f"{calls} calls to {len(CHANGING)} changing and {len(READING)} reading endpoints refused, nothing changed"


def kubectl_wait(lane, claims):
    lane.start("passes", experiment("process", True, 2))
    kubectl("-n", lane.namespace, "wait", "rbx/passes", "--for=condition=Passed", "--timeout=120s", timeout=130)
    status = lane.status("passes")
    completed(claims, status)
    claims.equal("phase by jsonpath", "rebindexperiment.rebind.dev/passes condition met", kubectl(
        "-n", lane.namespace, "wait", "rbx/passes", "--for=jsonpath={.status.phase}=Completed", "--timeout=10s").strip())  # fmt: skip
    claims.equal("condition Passed is about", lane.experiment("passes")["metadata"]["generation"], next(
        one for one in status["conditions"] if one["type"] == "Passed")["observedGeneration"])  # fmt: skip
    lane.start("fails", experiment("process", True, 1, expect={"outcome": "failed", "cause": "time_wait"}))
    kubectl("-n", lane.namespace, "wait", "rbx/fails", "--for=condition=Passed=false", "--timeout=120s", timeout=130)
    status = lane.status("fails")
    completed(claims, status, "Fail")
    counted(claims, status, bound=1, verdictFail=1)
    code, _, err = try_kubectl("-n", lane.namespace, "wait", "rbx/fails", "--for=condition=Passed", "--timeout=2s")
    claims.true("a wait for Passed on it ends in an error", code != 0)
    claims.contains("the error", "timed out", err)
    columns = kubectl("-n", lane.namespace, "get", "rbx", "passes", "--no-headers").split()
    claims.equal("columns", ["passes", "Completed", "Pass", "process", "2", "0"], columns[:6])
    lane.delete("passes", "fails")
    return "Passed, Passed=false and the phase can be waited for"
