"""A lane: a namespace with a release of its own, in which checks run one after the other."""

import json
import os
import pathlib
import subprocess
import time

from checks import Failed
from cluster import Broken, apply, find, forward, get, http_call, kubectl, look_at, must, proxy, run, try_kubectl, until
from settings import CHART

RELEASE = "rebind"
OVER = ("Completed", "Aborted", "Error")
AUDIENCE = "rebind.dev/agent"
OWNER = "rebind.dev/e2e"


class Lane:
    def __init__(self, settings, name, values=None, namespaces=()):
        """
        values: of the chart, by dotted name
        namespaces: further ones, by the end of their names, without the label that allows experiments
        """
        self.settings = settings
        self.name = name
        self.values = values or {}
        self.namespace = f"{settings.prefix}-{name}"
        self.others = [f"{self.namespace}-{end}" for end in namespaces]
        self.checks = []
        self.kept = {}
        self.probes = 0

    def port(self):
        return self.values.get("server.port", 8080)

    def agent_port(self):
        return self.values.get("agent.port", 7070)

    # The release

    def flags(self, values=None):
        flags = [*self.settings.image_values(), "--set", "crds.install=false"]
        if self.others:
            flags += ["--set-json", "controller.watchNamespaces=" + json.dumps([self.namespace, *self.others])]
        for name, value in {**self.pinned(), **self.values, **(values or {})}.items():
            flags += ["--set-json", f"{name}={json.dumps(value)}"]
        return flags

    def pinned(self):
        """A port of the node is the same port only on the same node; lanes are spread over them."""
        if self.values.get("server.network", "pod") == "pod":
            return {}
        nodes = [node for node in get("nodes")["items"] if not node["spec"].get("unschedulable") and not node["spec"].get("taints")]
        if not nodes:
            return {}
        node = nodes[sum(map(ord, self.name)) % len(nodes)]
        return {"server.nodeSelector": {"kubernetes.io/hostname": node["metadata"]["labels"]["kubernetes.io/hostname"]}}

    def make_namespaces(self):
        for namespace in [self.namespace, *self.others]:
            old = find("namespace", namespace)
            if old is not None:
                if old["metadata"].get("labels", {}).get(OWNER) != "true":
                    raise Broken(f"namespace {namespace} is there and not of an earlier run; write another PREFIX")
                self.remove(namespace)
            labels = {OWNER: "true"}
            if namespace == self.namespace:
                labels["rebind.dev/experiments"] = "allowed"
            apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace, "labels": labels}})

    def install(self, values=None):
        self.make_namespaces()
        must(["helm", "install", RELEASE, str(CHART), "-n", self.namespace, *self.flags(values)])
        self.ready()

    def upgrade(self, values=None):
        must(["helm", "upgrade", RELEASE, str(CHART), "-n", self.namespace, *self.flags(values)])
        self.ready()

    def ready(self):
        for component in ("controller", "server", "clients"):
            kubectl(
                "-n", self.namespace, "rollout", "status", f"deployment/{RELEASE}-{component}", f"--timeout={self.settings.patience}s",
                timeout=self.settings.patience + 10,
            )  # fmt: skip
        # The clients' agent and the server's are asked by their addresses: endpoints are behind a Ready by a moment.
        until("the server is bound", 60, lambda: self.readyz() == "bound")

    def clear(self):
        for namespace in [self.namespace, *self.others]:
            self.remove(namespace)

    def remove(self, namespace):
        """Experiments first: the controller gives their targets back."""
        code, _, err = try_kubectl("-n", namespace, "delete", "rbx", "--all", "--timeout=60s", timeout=70)
        if code != 0 and "doesn't have a resource type" not in err:
            # Of a controller of an earlier version, which set a finalizer and has gone.
            for one in (look_at(f"/apis/rebind.dev/v1alpha1/namespaces/{namespace}/rebindexperiments") or {"items": []})["items"]:
                try_kubectl("-n", namespace, "patch", "rbx", one["metadata"]["name"], "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
        run(["helm", "uninstall", RELEASE, "-n", namespace, "--ignore-not-found", "--wait"], timeout=90)
        try_kubectl("delete", "namespace", namespace, "--timeout=120s", timeout=130)

    # What is there

    def pods(self, component):
        wanted = f"app.kubernetes.io/instance%3D{RELEASE},app.kubernetes.io/component%3D{component}"
        found = look_at(f"/api/v1/namespaces/{self.namespace}/pods?labelSelector={wanted}")
        return [pod for pod in found["items"] if "deletionTimestamp" not in pod["metadata"]]

    def pod(self, component):
        pods = self.pods(component)
        if len(pods) != 1:
            raise Broken(f"{len(pods)} pods of {component} in {self.namespace}, and not one")
        return pods[0]

    def readyz(self):
        """What the server's agent says of its own server: bound, held, …; empty when it does not answer."""
        status, body = proxy.read(f"{self.proxied(self.pod('server'), self.agent_port())}/readyz")
        return body.strip() if status == 200 else ""

    def proxied(self, pod, port):
        return f"/api/v1/namespaces/{self.namespace}/pods/{pod['metadata']['name']}:{port}/proxy"

    def token(self, account=f"{RELEASE}-controller", audience=AUDIENCE):
        return kubectl("-n", self.namespace, "create", "token", account, "--audience", audience).strip()

    def about_agent(self):
        """What the agent in the server's pod says of itself. Not for the host's network, where it is not on loopback."""
        with forward(self.namespace, f"pod/{self.pod('server')['metadata']['name']}", self.agent_port()) as port:
            status, body = http_call(port, "GET", "/v1/agent", headers={"Authorization": "Bearer " + self.token()})
        if status != 200:
            raise Broken(f"GET /v1/agent: {status} {body}")
        return json.loads(body)

    def answers(self, seconds=60):
        """Whether a client in a pod of its own is answered by the server, through its Service."""
        self.probes += 1
        name = f"probe-{self.probes}"
        try:
            kubectl(
                "-n", self.namespace, "run", name, f"--image={self.settings.image}", "--image-pull-policy=IfNotPresent", "--restart=Never",
                "--", "client", "--host", f"{RELEASE}-server", "--port", str(self.port()),
            )  # fmt: skip

            def connected():
                _, out, _ = try_kubectl("-n", self.namespace, "logs", name)
                return '"event":"connected"' in out

            try:
                until("a client is answered", seconds, connected)
                return True
            except Broken:
                return False
        finally:
            try_kubectl("-n", self.namespace, "delete", "pod", name, "--grace-period=0", "--force", "--wait=false")

    # Experiments

    def start(self, name, spec, namespace=None):
        """Applies it; gives the moment before."""
        before = time.time()
        apply(
            {"apiVersion": "rebind.dev/v1alpha1", "kind": "RebindExperiment", "metadata": {"name": name}, "spec": spec},
            namespace or self.namespace,
        )
        return before

    def experiment(self, name, namespace=None):
        found = look_at(f"/apis/rebind.dev/v1alpha1/namespaces/{namespace or self.namespace}/rebindexperiments/{name}")
        if found is None:
            raise Broken(f"there is no experiment {name} in {namespace or self.namespace}")
        return found

    def status(self, name, namespace=None):
        return self.experiment(name, namespace).get("status") or {}

    def wait(self, name, what, holds, seconds=None, pause=0.5, namespace=None):
        """The status, as soon as holds says yes of it."""
        seen = {"status": {}}

        def look():
            try:
                status = self.status(name, namespace)
            except Broken as e:
                seen.update(status={"unreadable": str(e)})
                return None
            seen.update(status=status)
            return status if holds(status) else None

        try:
            return until(what, seconds or self.settings.patience, look, pause)
        except Broken as e:
            status = {key: value for key, value in seen["status"].items() if key != "records"}
            raise Failed(f"{name}: {e}; its status is {json.dumps(status)}") from e

    def over(self, name, see=lambda status: None, patience=None):
        """
        The status of an experiment that is over. However slow the machine is: it is given up when nothing is counted for PATIENCE seconds.

        see: is shown every status on the way
        patience: in place of PATIENCE
        """
        count = -1
        while True:

            def on(status, count=count):
                see(status)
                return status.get("phase") in OVER or status.get("cycles", {}).get("done", 0) > count

            status = self.wait(name, f"more than {count} cycles, or its end", on, patience or self.settings.patience)
            if status.get("phase") in OVER:
                return status
            count = status["cycles"]["done"]

    def run(self, name, spec, patience=None):
        """Applies, waits for the end, gives status and all records of the controller's API."""
        self.start(name, spec)
        status = self.over(name, patience=patience)
        return status, self.records(name)

    def records(self, name):
        status, text = proxy.read(
            f"/api/v1/namespaces/{self.namespace}/services/{RELEASE}-controller:http/proxy/v1/experiments/{self.namespace}/{name}/records"
        )
        if status != 200:
            raise Broken(f"the records of {name}: {status} {text.strip()}")
        return [json.loads(line) for line in text.splitlines()]

    def delete(self, *names, namespace=None):
        kubectl("-n", namespace or self.namespace, "delete", "rbx", *names, "--timeout=60s", timeout=70)

    # For a failure

    def keep(self, folder):
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for namespace in [self.namespace, *self.others]:
            for kind in ("rbx", "pods", "deployments,configmaps,services,leases", "events"):
                _, out, err = try_kubectl("get", kind, "-n", namespace, "-o", "yaml")
                (folder / f"{namespace}-{kind.split(',')[0]}.yaml").write_text(out or err)
            code, out, _ = try_kubectl("get", "pods", "-n", namespace, "-o", "name")
            for pod in out.split():
                for previous in ([], ["--previous"]):
                    code, text, _ = try_kubectl("-n", namespace, "logs", pod, "--all-containers", *previous)
                    if code == 0:
                        (folder / f"{namespace}-{pod.replace('/', '-')}{'-previous' if previous else ''}.log").write_text(text)


def condition(status, kind):
    """(status, reason, message) of a condition; Nones where it is absent."""
    for one in status.get("conditions", []):
        if one["type"] == kind:
            return one["status"], one["reason"], one["message"]
    return None, None, None


def is_ready(pod):
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))


def holds_restored(lane, claims, status):
    """The target was given back: the resource says so, and so does the agent."""
    claims.equal("condition Restored", "True", condition(status, "Restored")[0])
    try:
        until("bound", 60, lambda: lane.readyz() == "bound")
    except Broken:
        pass
    claims.equal("the agent's own server", "bound", lane.readyz())


def kill_container(settings, pod):
    """SIGKILL for the main process of a pod's container, from outside. None, or why that cannot be had."""
    uid, state = pod["metadata"]["uid"], pod["status"]["containerStatuses"][0]
    identifier = state["containerID"].split("//", 1)[1]
    if settings.kill:
        environment = {**os.environ, "POD_UID": uid, "CONTAINER_ID": identifier, "NODE": pod["spec"]["nodeName"]}
        done = subprocess.run(["bash", "-c", settings.kill], env=environment, capture_output=True, text=True)
        return None if done.returncode == 0 else f"KILL_COMMAND ended with {done.returncode}: {done.stderr.strip()}"
    mark = uid.replace("-", "_"), uid, identifier
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if any(part in (process / "cgroup").read_text() for part in mark) and b"\0controller\0" in (process / "cmdline").read_bytes():
                os.kill(int(process.name), 9)
                return None
        except OSError:
            continue
    return "the node's processes are not to be seen from here, and there is no KILL_COMMAND"
