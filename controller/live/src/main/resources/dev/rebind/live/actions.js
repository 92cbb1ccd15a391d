// Pause, resume, abort, start: with the caller's own token. Without one the page only reads.
import { byId, setText } from "./dom.js";
import { path, Refused, request } from "./connection.js";
import { isOver } from "./experiments.js";

const KEY = "rebind-token";

/** The token of this page. Locally it outlives a reload of the tab; in a cluster it lives as long as the page. */
export class Credential {
  constructor() {
    this.token = null;
    this.kind = null;
    // It came in the fragment, which no server sees; out of the address bar it goes, so that a copied address is only an address.
    const given = new URLSearchParams(location.hash.slice(1)).get("token");
    if (given && !location.hash.startsWith("#/")) {
      sessionStorage.setItem(KEY, given);
      history.replaceState(null, "", location.pathname + location.search + "#/");
    }
  }

  /** @param kind "printed-token" or "kubernetes-token", as /v1/about says */
  of(kind) {
    this.kind = kind;
    if (kind === "printed-token") this.token = sessionStorage.getItem(KEY);
    else sessionStorage.removeItem(KEY);
  }

  set(token) {
    this.token = token || null;
    if (this.kind === "printed-token") {
      if (this.token) sessionStorage.setItem(KEY, this.token);
      else sessionStorage.removeItem(KEY);
    }
  }

  headers() {
    return { Authorization: "Bearer " + this.token };
  }
}

const HELP = {
  "printed-token": "What stands after #token= in the address that ./rebind run --ui printed, or what is in the file that it named. It is kept in this tab only.",
  "kubernetes-token": "Such as kubectl create token ACCOUNT prints. What it may do is up to your cluster's RBAC. It is kept in this page's memory, sent with "
    + "what you ask for and with nothing else, and gone when the page is closed or loaded again.",
};
const UNKNOWN = {
  "printed-token": "The token is not known here. A run that was started again has a new one.",
  "kubernetes-token": "The cluster does not know this token, or not any more: kubectl create token ACCOUNT prints another.",
};
const DONE = { pause: "Asked to pause: it does after the cycle under way.", resume: "Asked to go on.", abort: "Asked to end." };

export class Actions {
  /** @param changed called when the token came or went */
  constructor(credential, changed) {
    this.credential = credential;
    this.changed = changed;
    this.experiment = null;
    this.may = [];
    this.busy = false;
    for (const action of ["pause", "resume"]) byId(action).addEventListener("click", () => this.ask(action));
    byId("abort").addEventListener("click", () => this.confirmAbort());
    byId("abort-dialog").addEventListener("close", () => {
      if (byId("abort-dialog").returnValue === "abort") this.ask("abort");
    });
    byId("token-button").addEventListener("click", () => this.openToken());
    byId("token-dialog").addEventListener("close", () => this.tokenGiven());
    byId("start-button").addEventListener("click", () => {
      setText(byId("start-result"), "");
      byId("start-dialog").showModal();
    });
    byId("start-go").addEventListener("click", () => this.start());
  }

  /** @param about what the server can be asked for */
  about(about) {
    this.may = about.actions;
    this.backend = about.backend;
    this.credential.of(about.credential);
    byId("token-button").hidden = this.may.length === 0;
    setText(byId("token-help"), HELP[about.credential] ?? "");
    this.show();
  }

  show(experiment = this.experiment) {
    if (experiment !== this.experiment && experiment?.name !== this.experiment?.name) setText(byId("action-result"), "");
    // What was asked for has happened.
    if (experiment?.phase !== this.experiment?.phase && !byId("action-result").classList.contains("bad")) this.say("");
    this.experiment = experiment;
    const token = this.credential.token !== null;
    setText(byId("token-button"), token ? "Token in use" : "Use a token");
    byId("start-button").hidden = !(token && this.may.includes("start"));
    const over = !experiment || isOver(experiment);
    const paused = experiment?.phase === "Paused" || experiment?.asked === "pause";
    const show = (action, when) => {
      const button = byId(action);
      const hidden = !(token && when && this.may.includes(action));
      if (hidden && document.activeElement === button) byId("actions").querySelector("button:not([hidden])")?.focus();
      button.hidden = hidden;
      button.disabled = this.busy;
    };
    const focused = ["pause", "resume", "abort"].includes(document.activeElement?.id);
    show("pause", !over && !paused && experiment?.asked !== "abort");
    show("resume", !over && paused);
    show("abort", !over && experiment?.asked !== "abort");
    // Who pressed Pause is on Resume then, and not lost at the top of the page.
    if (focused && document.activeElement === document.body) byId(paused ? "resume" : "pause").focus();
    setText(byId("read-only"), over || this.may.length === 0 ? "" : token ? "" : this.backend === "local"
      ? "Read-only: open the address that ./rebind run --ui printed, with its token, to pause or abort."
      : "Read-only: use a token of yours to pause or abort.");
  }

  async ask(action) {
    if (!this.experiment || this.busy) return;
    this.busy = true;
    this.show();
    this.say("");
    try {
      await request(path(this.experiment.namespace, this.experiment.name, "/" + action), { method: "POST", headers: this.credential.headers() });
      this.say(DONE[action]);
    } catch (e) {
      this.say(sentence(e, this.credential.kind), true);
    } finally {
      this.busy = false;
      this.show();
    }
  }

  say(text, failed = false) {
    const place = byId("action-result");
    place.classList.toggle("bad", failed);
    setText(place, text);
  }

  confirmAbort() {
    const name = this.experiment?.name;
    setText(byId("abort-help"), this.backend === "local"
      ? `${name} ends at once; the cycle under way leaves no record, and the run goes on with the next experiment. What was recorded stays.`
      : `${name} ends after the cycle under way, and its target gets its own server back. What was recorded stays.`);
    byId("abort-dialog").returnValue = "cancel";
    byId("abort-dialog").showModal();
  }

  openToken() {
    byId("token-input").value = "";
    byId("token-forget").hidden = this.credential.token === null;
    byId("token-dialog").returnValue = "cancel";
    byId("token-dialog").showModal();
    byId("token-input").focus();
  }

  tokenGiven() {
    const answer = byId("token-dialog").returnValue;
    const given = byId("token-input").value.trim();
    byId("token-input").value = "";
    if (answer === "forget") this.credential.set(null);
    else if (answer === "use" && given) this.credential.set(given);
    else return;
    this.say("");
    this.show();
    this.changed();
  }

  async start() {
    const result = byId("start-result");
    result.classList.remove("bad");
    setText(result, "");
    byId("start-go").disabled = true;
    try {
      const response = await request("v1/experiments", {
        method: "POST", headers: { ...this.credential.headers(), "Content-Type": "application/yaml" }, body: byId("start-yaml").value,
      });
      const { namespace, name } = await response.json();
      byId("start-dialog").close("cancel");
      location.hash = "#/" + encodeURIComponent(namespace) + "/" + encodeURIComponent(name);
    } catch (e) {
      result.classList.add("bad");
      setText(result, sentence(e, this.credential.kind));
    } finally {
      byId("start-go").disabled = false;
    }
  }
}

function sentence(e, kind) {
  if (!(e instanceof Refused)) return "The server did not answer: " + e.message + ".";
  if (e.status === 401) return UNKNOWN[kind] + " (" + e.message + ")";
  if (e.status === 403) return "Not allowed with this token: " + e.message;
  return e.message;
}
