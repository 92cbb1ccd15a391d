package dev.rebind.agent.http;

import dev.rebind.agent.LocalAgent;
import dev.rebind.agent.RecordingAgent;
import dev.rebind.agent.audit.PodAudits;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.clients.ChildClients;
import dev.rebind.agent.clients.ClientGroup;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import dev.rebind.agent.wire.WireMessages.OwnStart;
import dev.rebind.child.Scrape;
import dev.rebind.child.protocol.StopWay;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An agent over HTTP in this process, on a port of loopback. */
public final class Served implements AutoCloseable {
    public static final String TOKEN = "a-token-for-tests";
    /** Knows one token and one user. */
    public static final Authorizer GATE = bearer -> TOKEN.equals(bearer)
            ? new Authorizer.Decision.Allowed("test")
            : new Authorizer.Decision.Unauthenticated("not the token");

    /** The agents made so far: the own one, and one for each holder. */
    public final List<RecordingAgent> agents = new CopyOnWriteArrayList<>();

    public final List<ClientGroup> clients = new CopyOnWriteArrayList<>();
    public final RecordedBaseline baseline = new RecordedBaseline();
    final AgentApi api;
    private final Scrape scrape = new Scrape();
    private final URI base;
    private final RecordingAgent own = agent();

    /** A server that is there and does nothing. */
    public static final class RecordedBaseline implements BaselineServer {
        public final List<String> orders = new CopyOnWriteArrayList<>();

        @Override
        public WireMessages.Baseline state() {
            return new WireMessages.Baseline(BaselineState.bound, 1, true);
        }

        @Override
        public List<OwnStart> starts() {
            return List.of();
        }

        @Override
        public void hold(StopWay way) {
            orders.add("hold " + way);
        }

        @Override
        public void release() {
            orders.add("release");
        }

        @Override
        public void exit(int code, @Nullable StopWay way) {
            orders.add("exit " + code + " " + way);
        }
    }

    public Served() throws Exception {
        this(GATE, 0, Duration.ofMinutes(1));
    }

    public Served(Authorizer authorizer, int port, Duration clientsIdle) throws Exception {
        this(authorizer, port, clientsIdle, PodAudits.ofNode(Path.of("/proc")));
    }

    Served(Authorizer authorizer, int port, Duration clientsIdle, @Nullable PodAudits audits) throws Exception {
        api = new AgentApi(
                authorizer,
                new AgentApi.Backing(
                        AgentIdentity.of("node-1", null),
                        baseline,
                        own,
                        this::agent,
                        (place, wanted) -> {
                            ClientGroup started = ChildClients.start(ChildJvm.likeThis(), place, wanted);
                            clients.add(started);
                            return started;
                        },
                        clientsIdle,
                        System::nanoTime,
                        scrape,
                        audits));
        base = URI.create("http://127.0.0.1:" + api.open(InetAddress.ofLiteral("127.0.0.1"), port));
    }

    private RecordingAgent agent() {
        var agent = new RecordingAgent(new LocalAgent());
        agents.add(agent);
        return agent;
    }

    public URI base() {
        return base;
    }

    /** As when the lease had run out. */
    public void tenantForgets(String uid) {
        api.tenant().release(uid);
    }

    @Override
    public void close() {
        api.close();
        scrape.close();
        agents.forEach(RecordingAgent::close);
    }
}
