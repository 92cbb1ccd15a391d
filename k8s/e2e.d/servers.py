"""Checks of servers that know nothing of Rebind, in other languages. Each outcome is compared with what the kernel does with the options of that server.

They are in an image of their own (SERVERS_IMAGE), which k8s/servers/archive makes.
"""

from checks import Check, Skipped
from cluster import get
from cycles import completed, every
from targets import experiment, on_host, theirs

# So few that no request is unread when the server ends: a connection with unread data is reset, and leaves no TIME_WAIT.
HTTP = {"connections": 5, "http": {"path": "/", "requestsPerSecond": 5}}
TCP = {"connections": 5, "protocol": "tcp"}

NGINX = (
    "printf 'error_log stderr; pid /tmp/nginx.pid; events {} http { access_log off; server { listen %s; location / { return 200 ok; } } }' \"$0\""
    " >/tmp/nginx.conf; exec nginx -c /tmp/nginx.conf -g 'daemon off;'"
)
# Name: whether its listener has SO_REUSEADDR, its command on a port, and its clients.
SERVERS = {
    "go": (True, lambda port: ["/servers/go-http", f":{port}"], HTTP),
    "go-off": (False, lambda port: ["/servers/go-http", f":{port}", "off"], HTTP),
    "python": (True, lambda port: ["python3", "/servers/python-http.py", "0.0.0.0", str(port)], HTTP),
    "python-off": (False, lambda port: ["python3", "/servers/python-http.py", "0.0.0.0", str(port), "off"], HTTP),
    "nginx": (True, lambda port: ["sh", "-c", NGINX, str(port)], HTTP),
    "socat": (True, lambda port: ["socat", f"TCP-LISTEN:{port},reuseaddr,fork", "EXEC:cat"], TCP),
    "socat-off": (False, lambda port: ["socat", f"TCP-LISTEN:{port},fork", "EXEC:cat"], TCP),
}
NETWORKS = ("pod", "hostPort", "hostNetwork")
# One server of each kind, and each network; the rest with FULL=1.
FEW = {("go", "pod"), ("go-off", "hostNetwork"), ("python-off", "pod"), ("nginx", "hostNetwork"), ("python", "hostPort"), ("socat-off", "hostPort")}


def workload(lane, command, network):
    port = lane.port()
    container = {
        "name": "web", "image": lane.settings.servers_image, "imagePullPolicy": "IfNotPresent", "command": command,
        "resources": {"requests": {"cpu": "50m", "memory": "32Mi"}},
        "ports": [{"containerPort": port, **({"hostPort": port} if network == "hostPort" else {})}],
        # Ready means that it listens.
        "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1},
        # Its last words say why it ended.
        "terminationMessagePolicy": "FallbackToLogsOnError",
    }  # fmt: skip
    pod = {"terminationGracePeriodSeconds": 10, "enableServiceLinks": False, "containers": [container]}
    if network != "pod":
        pod["nodeSelector"] = {"kubernetes.io/hostname": sorted(node["metadata"]["labels"]["kubernetes.io/hostname"] for node in get("nodes")["items"])[-1]}
    if network == "hostNetwork":
        pod["hostNetwork"] = True
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "theirs"},
        "spec": {
            "replicas": 1,
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": {"app": "theirs"}},
            "template": {"metadata": {"labels": {"app": "theirs"}}, "spec": pod},
        },
    }


def restarted(name, network):
    reuse, command, clients = SERVERS[name]

    def check(lane, claims):
        if not lane.settings.servers_image:
            raise Skipped("no SERVERS_IMAGE; k8s/README.md says how it is made")
        theirs(lane, workload(lane, command(lane.port()), network))
        outcome = {"outcome": "bound"} if reuse else {"outcome": "failed", "cause": "time_wait"}
        spec = on_host(lane, experiment("container", toggle=False, clients=clients, expect=outcome))
        # Nobody says what it sets: that is to be found out.
        del spec["reuseAddress"]
        status, records = lane.run(name, spec)
        [record] = records
        claims.equal(f"outcome ({record['explanation']})", outcome["outcome"], record.get("outcome"))
        claims.equal("cause", outcome.get("cause"), record.get("cause"))
        claims.equal("cluster.network", network, record["cluster"].get("network"))
        claims.equal("cluster.freshNamespace", False, record["cluster"].get("freshNamespace"))
        claims.between("sockets in TIME_WAIT", 1, 1000, record.get("residue", {}).get("TIME_WAIT"))
        # It may not be known, and is never the opposite.
        every(claims, "SO_REUSEADDR, where it is told", records, lambda one: one.get("reuse") in (None, {"old": reuse, "new": reuse}))
        if not reuse:
            claims.equal("errno, by its last words", "EADDRINUSE", record.get("errno"))
            claims.contains("prevention", "SO_REUSEADDR", record.get("prevention", ""))
        claims.between("ms without service, as clients saw it", 20, 300_000, record.get("downtimeMs"))
        completed(claims, status)
        lane.delete(name)
        return f"{record['explanation']} Without service for {record['downtimeMs'] / 1000:.1f} s."

    return check


def checks(full):
    cells = [(name, network) for network in NETWORKS for name in SERVERS if full or (name, network) in FEW]
    return {network: [Check(f"servers/{name}/{network}", restarted(name, network)) for name, of in cells if of == network] for network in NETWORKS}
