package dev.rebind.agent.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SupervisorLineTest {
    private static final Instant NOW = Instant.parse("2026-11-27T10:00:00Z");

    @Test
    @DisplayName("When another program listens on the port of a stopped server, then it is named and is no residue")
    void anotherListener() {
        JsonObject stopped = stopped(
                List.of(socket(TcpState.LISTEN, 0, 7), socket(TcpState.TIME_WAIT, 40_000, 0)),
                Map.of(7L, new Owner(4711, "nginx")));

        assertThat(stopped.getJsonObject("residue")).isEqualTo(new JsonObject().put("TIME_WAIT", 1));
        assertThat(stopped.getJsonArray("listeners"))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject()
                                .put("local", "127.0.0.1:8080")
                                .put("pid", 4711L)
                                .put("process", "nginx")));
    }

    @Test
    @DisplayName("When the owner of a listener cannot be seen, then no process is named")
    void unseenOwner() {
        JsonObject stopped = stopped(List.of(socket(TcpState.LISTEN, 0, 7)), Map.of());

        assertThat(stopped.getJsonObject("residue")).isEmpty();
        assertThat(stopped.getJsonArray("listeners"))
                .isEqualTo(new JsonArray().add(new JsonObject().put("local", "127.0.0.1:8080")));
    }

    @Test
    @DisplayName("When nobody listens, then no listeners are told")
    void nobody() {
        assertThat(stopped(List.of(), Map.of()).containsKey("listeners")).isFalse();
    }

    @Test
    @DisplayName("When a server is bound beside others, then they are named with the clients that they get")
    void beside() {
        var other = new Agent.Beside("0.0.0.0:8080", List.of(7L, 8L), "old", "all_ipv4", "Old gets all.");
        var bound = new Start.Bound(1, new Place("::", 8080), List.of(9L), NOW, 0, 0, null, List.of(other));
        var rule = new Nat.Rule(
                "-A PREROUTING -j DNAT",
                "10.0.0.5:80",
                "PREROUTING",
                Nat.Clients.OTHER_MACHINES,
                Optional.empty(),
                Nat.Takes.ALL);

        JsonObject json = SupervisorLine.bound(bound, false, new Nat.Read(List.of(rule), List.of()));

        assertThat(json.getJsonArray("beside"))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject()
                                .put("local", "0.0.0.0:8080")
                                .put("gets", "all_ipv4")
                                .put("text", "Old gets all.")
                                .put("pids", new JsonArray(List.of(7L, 8L)))
                                .put("process", "old")));
        assertThat(json.getJsonArray("nat").getString(0))
                .contains("10.0.0.5:80")
                .contains("from other machines");
    }

    @Test
    @DisplayName("When a server is alone and no rule takes its port, then nothing is said of others")
    void alone() {
        var bound = new Start.Bound(1, new Place("::", 8080), List.of(9L), NOW, 0);

        assertThat(SupervisorLine.bound(bound, false, new Nat.Read(List.of(), List.of()))
                        .fieldNames())
                .doesNotContain("beside", "nat", "natUnread");
        assertThat(SupervisorLine.bound(bound, false, new Nat.Read(List.of(), List.of("nft is missing")))
                        .getString("natUnread"))
                .isEqualTo("nft is missing");
        assertThat(SupervisorLine.bound(bound, false, new Nat.Unread("nft is missing"))
                        .getString("natUnread"))
                .isEqualTo("nft is missing");
    }

    private static JsonObject stopped(List<TcpSocket> sockets, Map<Long, Owner> owners) {
        var left = new Reading.Snapshot(NOW, 0, "test", sockets);
        var none = new Reading.Snapshot(NOW, 0, "test", List.of());
        return SupervisorLine.stopped(
                1,
                StopWay.close,
                new Stop.Stopped(Duration.ofMillis(5), 0),
                new PortView(left, none, none, owners),
                NOW);
    }

    private static TcpSocket socket(TcpState state, int remotePort, long inode) {
        var address = InetAddress.ofLiteral("127.0.0.1");
        return TcpSocket.of(
                        state,
                        new Endpoint(address, 8080),
                        new Endpoint(remotePort == 0 ? InetAddress.ofLiteral("0.0.0.0") : address, remotePort))
                .withInode(inode);
    }
}
