"""Checks of the live page's HTTP API in a cluster: orders by the caller's own token, and the page in a real browser."""

import json
import os
import re
import subprocess

from checks import Failed, Skipped
from cluster import apply, find, forward, http_call, kubectl
from cycles import completed, counted, experiment
from lane import RELEASE, holds_restored
from operation import done, slow
from settings import ROOT

STEERS, LOOKS_ON = "steers", "looks-on"


def accounts(lane):
    """One with the rights that the documentation names for the page, and one without any."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    [role] = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.S) if "name: rebind-user" in block]
    kubectl("-n", lane.namespace, "apply", "-f", "-", given=role)
    for account in (STEERS, LOOKS_ON):
        apply({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": account}}, lane.namespace)
    apply(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": STEERS},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "rebind-user"},
            "subjects": [{"kind": "ServiceAccount", "name": STEERS, "namespace": lane.namespace}],
        },
        lane.namespace,
    )


def token(lane, account):
    return kubectl("-n", lane.namespace, "create", "token", account).strip()


def page(lane):
    return forward(lane.namespace, f"service/{RELEASE}-controller", "http")


def document(lane, name, spec):
    metadata = {"name": name, "namespace": lane.namespace}
    return json.dumps({"apiVersion": "rebind.dev/v1alpha1", "kind": "RebindExperiment", "metadata": metadata, "spec": spec})


def over_http(lane, claims):
    accounts(lane)
    steers, looks_on = token(lane, STEERS), token(lane, LOOKS_ON)
    lane.start("steered", slow(1000))
    lane.wait("steered", "2 cycles", done(2))
    generation = lane.experiment("steered")["metadata"]["generation"]
    asked = 0

    with page(lane) as port:

        def order(what, given, body=None):
            path = "/v1/experiments" + (f"/{lane.namespace}/steered/{what}" if what != "start" else "")
            headers = {"Authorization": "Bearer " + given} if given else {}
            return http_call(port, "POST", path, body, {**headers, "Content-Type": "application/yaml"})

        wanted = document(lane, "from-page", experiment("process", True, 1))
        for who, given, expected, words in (
            ("nobody", None, 401, "token"),
            ("a word", "nonsense", 401, "token"),
            ("an agent's token", lane.token(), 401, "token"),
            ("an account without rights", looks_on, 403, "forbidden"),
        ):
            for what in ("pause", "resume", "abort", "start"):
                status, answer = order(what, given, wanted if what == "start" else None)
                claims.equal(f"{what} by {who}", expected, status)
                claims.contains(f"the answer to {what} by {who}", words, answer)
                asked += 1
        claims.equal("generation of the experiment after refusals", generation, lane.experiment("steered")["metadata"]["generation"])
        claims.true("nothing was started", find("-n", lane.namespace, "rbx", "from-page") is None)

        claims.equal("pause", 202, order("pause", steers)[0])
        paused = lane.wait("steered", "Paused", lambda status: status.get("phase") == "Paused")
        claims.equal("resume", 202, order("resume", steers)[0])
        lane.wait("steered", "2 cycles more", done(paused["cycles"]["done"] + 2))
        claims.equal("abort", 202, order("abort", steers)[0])
        ended = lane.over("steered")
        claims.equal("phase", "Aborted", ended["phase"])
        holds_restored(lane, claims, ended)
        claims.equal("pause of what is over", 409, order("pause", steers)[0])

        claims.equal("start", 201, order("start", steers, wanted)[0])
        claims.equal("start of the same", 409, order("start", steers, wanted)[0])
        status, answer = order("start", steers, wanted.replace('"cycles"', '"cycels"'))
        claims.equal("start of a misspelt one", 400, status)
        claims.contains("the answer to it", "cycels", answer)
        status = lane.over("from-page")
        completed(claims, status)
        counted(claims, status, bound=1)
    log = kubectl("-n", lane.namespace, "logs", f"deployment/{RELEASE}-controller")
    for given in (steers, looks_on, "nonsense"):
        claims.true("no token is in the controller's log", given.rsplit(".", 1)[-1] not in log)
    lane.delete("steered", "from-page")
    return f"{asked} orders refused with 401 and 403, nothing changed; paused, resumed, aborted and started with the rights of docs/security.md"


def in_a_browser(lane, claims):
    walk = lane.settings.walk
    if not walk:
        raise Skipped("no WALK_COMMAND: a browser is not at hand")
    accounts(lane)
    lane.start("walked", slow(1000))
    lane.wait("walked", "2 cycles", done(2))
    with page(lane) as port:
        environment = {
            **os.environ,
            "REBIND_PAGE": f"http://127.0.0.1:{port}/",
            "REBIND_NAMESPACE": lane.namespace,
            "REBIND_EXPERIMENT": "walked",
            "REBIND_TOKEN": token(lane, STEERS),
            "REBIND_TOKEN_WITHOUT_RIGHTS": token(lane, LOOKS_ON),
        }
        done_walk = subprocess.run(["bash", "-c", walk], env=environment, capture_output=True, text=True, timeout=900, cwd=ROOT)
    if done_walk.returncode != 0:
        raise Failed(f"exit code {done_walk.returncode} of {walk}:\n{done_walk.stdout[-6000:]}{done_walk.stderr[-2000:]}")
    # The page says that it aborted the one and started the other: so do the resources.
    claims.equal("phase of what was aborted", "Aborted", lane.status("walked")["phase"])
    claims.equal("phase of what was started", "Completed", lane.status("from-browser")["phase"])
    counted(claims, lane.status("from-browser"), failed=1, causes={"time_wait": 1})
    lane.delete("walked", "from-browser")
    return "a token used, paused, resumed, aborted, another started, its failure opened, all in Chromium"
