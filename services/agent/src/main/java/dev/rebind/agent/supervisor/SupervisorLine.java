package dev.rebind.agent.supervisor;

import dev.rebind.agent.Agent.Beside;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.Explanation.Blocker;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.text.Clauses;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Release;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The lines that a supervisor writes: one JSON object for each event. Facts that are not known are left out. Pure. */
final class SupervisorLine {
    private SupervisorLine() {}

    /**
     * @param ephemeral whether the kernel may give the port to an outgoing connection
     * @param nat the rules that redirect clients to another place
     */
    static JsonObject bound(Start.Bound bound, boolean ephemeral, Nat nat) {
        JsonObject json = event("bound", bound.generation(), bound.at())
                .put("address", bound.place().address())
                .put("port", bound.place().port())
                .put("pids", new JsonArray(bound.pids()));
        if (!bound.beside().isEmpty()) {
            json.put(
                    "beside",
                    new JsonArray(
                            bound.beside().stream().map(SupervisorLine::beside).toList()));
        }
        switch (nat) {
            case Nat.Read read -> {
                if (!read.rules().isEmpty()) {
                    json.put("nat", new JsonArray(Clauses.nat(read)));
                }
                if (!read.unread().isEmpty()) {
                    json.put("natUnread", String.join("; ", read.unread()));
                }
            }
            case Nat.Unread(String why) -> json.put("natUnread", why);
            case Nat.NotAsked _ -> {}
        }
        return ephemeral
                ? json.put(
                        "warning",
                        "The port lies in net.ipv4.ip_local_port_range: an outgoing connection may be given it while"
                                + " nobody listens, and a client that tries it then may connect to itself. List it in"
                                + " net.ipv4.ip_local_reserved_ports.")
                : json;
    }

    private static JsonObject beside(Beside one) {
        JsonObject json = new JsonObject()
                .put("local", one.local())
                .put("gets", one.gets())
                .put("text", one.text());
        if (!one.pids().isEmpty()) {
            json.put("pids", new JsonArray(one.pids()));
        }
        known(json, "process", one.process());
        return json;
    }

    static JsonObject failed(Start.Failed failed, Explanation explanation, String sentence) {
        JsonObject json = event("failed", failed.generation(), failed.at())
                .put("address", failed.settings().place().address())
                .put("port", failed.settings().place().port());
        known(json, "errno", failed.errno());
        known(json, "errnoNumber", failed.errnoNumber());
        known(json, "call", failed.call());
        var blocking = new JsonArray();
        explanation.blocking().forEach(blocker -> blocking.add(blocker(blocker)));
        json.put("cause", explanation.cause().name())
                .put("confident", explanation.confident())
                .put("blocking", blocking)
                .put("release", release(explanation.release(), failed.atNanos()));
        known(json, "prevention", explanation.prevention());
        var remedies = new JsonArray();
        explanation
                .told()
                .remedies()
                .forEach(remedy -> remedies.add(new JsonObject()
                        .put("kind", remedy.kind())
                        .put("when", remedy.now() ? "now" : "later")
                        .put("text", remedy.text())));
        if (!remedies.isEmpty()) {
            json.put("remedies", remedies);
        }
        return json.put("explanation", sentence);
    }

    private static JsonObject listener(TcpSocket socket, @Nullable Owner owner) {
        JsonObject json = new JsonObject().put("local", socket.local().toString());
        if (owner != null) {
            json.put("pid", owner.pid()).put("process", owner.name());
        }
        return json;
    }

    private static JsonObject blocker(Blocker blocker) {
        JsonObject json = new JsonObject()
                .put("state", blocker.socket().state().name())
                .put("local", blocker.socket().local().toString())
                .put("remote", blocker.socket().remote().toString())
                .put("cause", blocker.cause().name());
        SocketTimer timer = blocker.socket().timer();
        if (timer.kind() == SocketTimer.Kind.TIME_WAIT) {
            json.put("expiresMs", timer.remaining().toMillis());
        }
        Owner owner = blocker.owner();
        if (owner != null) {
            json.put("pid", owner.pid()).put("program", owner.name());
            Explanation.HolderProcess process = blocker.all().getFirst();
            known(json, "command", process.command());
            known(json, "user", process.user());
            known(
                    json,
                    "since",
                    process.since() == null ? null : process.since().toString());
        }
        if (blocker.all().size() > 1) {
            json.put(
                    "pids",
                    new JsonArray(blocker.all().stream()
                            .map(Explanation.HolderProcess::pid)
                            .toList()));
        }
        known(json, "generation", blocker.generation());
        return json;
    }

    /** Returns the release, in milliseconds after the failed bind. */
    private static JsonObject release(Release release, long failedNanos) {
        var json = new JsonObject();
        switch (release) {
            case Release.Free _ -> json.put("earliestMs", 0.0).put("latestMs", 0.0);
            case Release.Held held -> json.put("unknown", held.why());
            case Release.Unbounded unbounded -> json.put("unknown", unbounded.why());
            case Release.Window window -> {
                json.put("earliestMs", millis(window.earliestNanos() - failedNanos))
                        .put("latestMs", millis(window.latestNanos() - failedNanos));
                window.predictedNanos().ifPresent(at -> json.put("predictedMs", millis(at - failedNanos)));
            }
        }
        return json;
    }

    static JsonObject stopped(int generation, StopWay way, Stop stop, PortView left, Instant at) {
        JsonObject json = event("stopped", generation, at).put("way", way.name());
        switch (stop) {
            case Stop.Stopped(Duration took, Integer exitCode) -> {
                json.put("killed", way == StopWay.kill).put("tookMs", millis(took.toNanos()));
                known(json, "exitCode", exitCode);
            }
            case Stop.Killed(Duration took) -> json.put("killed", true).put("tookMs", millis(took.toNanos()));
            case Stop.Broken(String why) -> json.put("why", why);
        }
        switch (left.local()) {
            case Reading.Snapshot snapshot -> {
                var residue = new JsonObject();
                var listeners = new JsonArray();
                for (TcpSocket socket : snapshot.sockets()) {
                    // The server is gone. A listener is now another server, or a child of the server that still holds
                    // its socket.
                    if (socket.state() == TcpState.LISTEN) {
                        listeners.add(listener(socket, left.owners().get(socket.inode())));
                    } else {
                        residue.put(
                                socket.state().name(),
                                residue.getInteger(socket.state().name(), 0) + 1);
                    }
                }
                json.put("residue", residue);
                if (!listeners.isEmpty()) {
                    json.put("listeners", listeners);
                }
            }
            case Reading.Unreadable unreadable -> json.put("unreadable", unreadable.what() + ": " + unreadable.why());
        }
        return json;
    }

    static JsonObject broken(int generation, String why, Instant at) {
        return event("broken", generation, at).put("why", why);
    }

    /** Returns the line that says that the HTTP API is being served. */
    static JsonObject serving(String address, int port, String instance, Instant at) {
        return new JsonObject()
                .put("event", "serving")
                .put("at", at.toString())
                .put("address", address)
                .put("port", port)
                .put("instance", instance);
    }

    static JsonObject misunderstood(String line, Instant at) {
        return new JsonObject()
                .put("event", "misunderstood")
                .put("at", at.toString())
                .put("line", line);
    }

    private static JsonObject event(String name, int generation, Instant at) {
        return new JsonObject().put("event", name).put("at", at.toString()).put("generation", generation);
    }

    private static void known(JsonObject json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }
}
