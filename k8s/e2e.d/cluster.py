"""The cluster through kubectl and helm."""

import atexit
import contextlib
import datetime
import http.client
import json
import re
import socket
import subprocess
import threading
import time

CRD = "rebindexperiments.rebind.dev"


class Broken(Exception):
    """A command did not do what it must for the test to go on."""


def run(command, given=None, timeout=120):
    """Exit code, standard output, standard error."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return 124, "", f"no end within {timeout} s"


def must(command, given=None, timeout=120):
    code, out, err = run(command, given, timeout)
    if code != 0:
        raise Broken(f"$ {' '.join(map(str, command))}\n  exit code {code}: {err.strip() or out.strip()}")
    return out


def kubectl(*arguments, given=None, timeout=120):
    return must(["kubectl", *arguments], given, timeout)


def try_kubectl(*arguments, given=None, timeout=120):
    return run(["kubectl", *arguments], given, timeout)


def get(*arguments):
    """A resource or a list as JSON."""
    return json.loads(kubectl("get", *arguments, "-o", "json"))


def find(*arguments):
    """A resource, or None when there is none."""
    code, out, err = try_kubectl("get", *arguments, "-o", "json")
    if code == 0:
        return json.loads(out)
    if "NotFound" in err:
        return None
    raise Broken(f"kubectl get {' '.join(arguments)}: {err.strip()}")


class Proxy:
    """One "kubectl proxy" for all that is read again and again: a process for each look would cost more than what is looked at."""

    def __init__(self):
        self.lock = threading.Lock()
        self.process = None
        self.port = 0

    def started(self):
        with self.lock:
            if self.process is None or self.process.poll() is not None:
                self.process = subprocess.Popen(["kubectl", "proxy", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                line = self.process.stdout.readline()
                found = re.search(r"127\.0\.0\.1:(\d+)", line)
                if not found:
                    raise Broken(f"kubectl proxy: {line.strip()}")
                self.port = int(found[1])
                atexit.register(self.process.kill)
            return self.port

    def read(self, path):
        """Status and body."""
        return http_call(self.started(), "GET", path)


proxy = Proxy()


def look_at(path):
    """JSON of what the API server has there; None where there is nothing."""
    status, body = proxy.read(path)
    if status == 404:
        return None
    if status != 200:
        raise Broken(f"GET {path}: {status} {body.strip()}")
    return json.loads(body)


def apply(resource, namespace=None):
    where = ["-n", namespace] if namespace else []
    kubectl("apply", *where, "-f", "-", given=json.dumps(resource))


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def metrics(name):
    """The API server's counters of that name: (labels, value)."""
    found = []
    for line in kubectl("get", "--raw", "/metrics").splitlines():
        if line.startswith(name + "{"):
            labels, value = line[len(name) + 1 :].rsplit("} ", 1)
            found.append((dict(re.findall(r'(\w+)="([^"]*)"', labels)), float(value)))
    return found


@contextlib.contextmanager
def forward(namespace, target, port):
    """A port-forward; gives the local port."""
    process = subprocess.Popen(
        ["kubectl", "-n", namespace, "port-forward", target, f":{port}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            found = re.search(r"127\.0\.0\.1:(\d+) ->", line)
            if found:
                break
        else:
            raise Broken(f"kubectl port-forward {target} {port}: {''.join(lines)}")
        # What it says of every connection must go somewhere.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield int(found[1])
    finally:
        process.kill()
        process.wait()


def http_call(port, method, path, body=None, headers=None):
    """Status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException, socket.timeout) as e:
        raise Broken(f"{method} {path}: {e}") from e
    finally:
        connection.close()


def until(what, seconds, look, pause=0.5):
    """Waits for a condition; gives the first answer of look that is neither None nor false."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > end:
            raise Broken(f"not within {seconds} s: {what}")
        time.sleep(pause)
