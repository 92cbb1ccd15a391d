package dev.rebind.agent.http;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PodPorts;
import dev.rebind.agent.PodPorts.PodView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.audit.PodAudits;
import dev.rebind.agent.audit.PodListenerOptions;
import dev.rebind.agent.wire.WireMessages;
import dev.rebind.agent.wire.WireMessages.About;
import dev.rebind.agent.wire.WireMessages.AuditRequest;
import dev.rebind.agent.wire.WireMessages.ClearRequest;
import dev.rebind.agent.wire.WireMessages.ClientsAnswer;
import dev.rebind.agent.wire.WireMessages.ClientsRequest;
import dev.rebind.agent.wire.WireMessages.Done;
import dev.rebind.agent.wire.WireMessages.ExitRequest;
import dev.rebind.agent.wire.WireMessages.ExplainAnswer;
import dev.rebind.agent.wire.WireMessages.ExplainRequest;
import dev.rebind.agent.wire.WireMessages.HoldRequest;
import dev.rebind.agent.wire.WireMessages.LeaveRequest;
import dev.rebind.agent.wire.WireMessages.LookAnswer;
import dev.rebind.agent.wire.WireMessages.OrderRequest;
import dev.rebind.agent.wire.WireMessages.OwnStarts;
import dev.rebind.agent.wire.WireMessages.PortAnswer;
import dev.rebind.agent.wire.WireMessages.ReleasedRequest;
import dev.rebind.agent.wire.WireMessages.StopRequest;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.proc.Rights;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The requests that an agent serves, by method and path. A request that changes anything needs a hold. */
final class AgentRoutes {
    private static final String EVERYWHERE = "::";

    private final AgentIdentity identity;
    private final BaselineServer baseline;
    private final HoldSession session;
    private final LongSupplier nanoClock;
    private final ExplainedFailures failures = new ExplainedFailures();
    private final Namespace namespace = new Namespace();
    private final WhyPort why = new WhyPort();
    private final PodPorts pods = new PodPorts(Path.of("/proc"));
    private final boolean clear = new Rights().has(Rights.Right.CAP_NET_ADMIN).orElse(false);

    private final @Nullable PodAudits audits;
    private final OptionalInt timeWaitSeconds = new Namespace().timeWaitEverywhere();

    AgentRoutes(
            AgentIdentity identity,
            BaselineServer baseline,
            HoldSession session,
            LongSupplier nanoClock,
            @Nullable PodAudits audits) {
        this.audits = audits;
        this.identity = identity;
        this.baseline = baseline;
        this.session = session;
        this.nanoClock = nanoClock;
    }

    List<AgentRoute> all() {
        return List.of(
                new AgentRoute(HttpMethod.GET, "/v1/agent", _ -> HttpAnswer.of(about())),
                new AgentRoute(HttpMethod.GET, "/v1/starts", _ -> HttpAnswer.of(new OwnStarts(baseline.starts()))),
                new AgentRoute(
                        HttpMethod.PUT, "/v1/hold", call -> HttpAnswer.of(session.hold(call.as(HoldRequest.class)))),
                new AgentRoute(HttpMethod.DELETE, "/v1/hold", this::release),
                new AgentRoute(HttpMethod.POST, "/v1/start", this::start),
                new AgentRoute(HttpMethod.POST, "/v1/stop", this::stop),
                new AgentRoute(HttpMethod.GET, "/v1/look", this::look),
                new AgentRoute(HttpMethod.GET, "/v1/ports/:id", this::port),
                new AgentRoute(HttpMethod.GET, "/v1/listeners/:id", this::listener),
                new AgentRoute(HttpMethod.POST, "/v1/audit", this::audit, false),
                new AgentRoute(HttpMethod.GET, "/v1/why", _ -> HttpAnswer.ofJson(DiagnosisJson.write(why.all()))),
                new AgentRoute(HttpMethod.GET, "/v1/why/:id", this::why),
                new AgentRoute(HttpMethod.POST, "/v1/explain", this::explain),
                new AgentRoute(HttpMethod.POST, "/v1/released", this::released),
                new AgentRoute(HttpMethod.POST, "/v1/clear", this::clear),
                new AgentRoute(HttpMethod.POST, "/v1/clients", this::clients),
                new AgentRoute(HttpMethod.GET, "/v1/clients/:id", this::condition),
                new AgentRoute(HttpMethod.GET, "/v1/clients/:id/report", this::report),
                new AgentRoute(HttpMethod.POST, "/v1/clients/:id/orders", this::order),
                new AgentRoute(HttpMethod.DELETE, "/v1/clients/:id", this::endClients),
                new AgentRoute(HttpMethod.POST, "/v1/leave", this::leave),
                new AgentRoute(HttpMethod.POST, "/v1/exit", this::exit));
    }

    private About about() {
        return new About(
                WireMessages.PROTOCOL,
                identity.instance(),
                identity.version(),
                identity.node(),
                identity.pod(),
                ProcessHandle.current().pid(),
                nanoClock.getAsLong(),
                AgentIdentity.networkNamespace(),
                timeWaitSeconds.isPresent() ? timeWaitSeconds.getAsInt() : null,
                clear,
                session.holder(),
                baseline.state());
    }

    private HttpAnswer release(HttpCall call) {
        session.release(call.hold());
        return HttpAnswer.of(new Done(true));
    }

    private HttpAnswer start(HttpCall call) {
        GenerationSettings settings = call.as(GenerationSettings.class);
        HttpCall.checked(settings.place());
        return HttpAnswer.of(session.of(call.hold()).generations.start(settings));
    }

    private HttpAnswer stop(HttpCall call) {
        StopRequest stop = call.as(StopRequest.class);
        return HttpAnswer.of(
                session.of(call.hold()).generations.stop(stop.generation(), stop.way(), stop.gracePeriod()));
    }

    private static @Nullable String pod(HttpCall call) {
        String pod = call.query().get("pod");
        if (pod != null && !pod.matches("[0-9a-zA-Z-]{1,64}")) {
            throw HttpRefusal.badRequest("pod: " + pod + " is no uid");
        }
        return pod;
    }

    private HttpAnswer look(HttpCall call) {
        String pod = pod(call);
        boolean wantsForecast = Boolean.parseBoolean(call.query().get("forecast"));
        if (pod != null) {
            PodView view = pods.look(pod, call.place(), host(call));
            return look(
                    view.port(),
                    view.containers(),
                    wantsForecast ? view.forecast().releases() : null);
        }
        if (wantsForecast) {
            PortForecast forecast = session.agent().forecast(call.place());
            return look(forecast.view(), null, forecast.releases());
        }
        return look(session.agent().look(call.place()), null, null);
    }

    private static HttpAnswer look(PortView view, @Nullable Set<String> containers, @Nullable Releases releases) {
        return HttpAnswer.of(new LookAnswer(view, containers, releases));
    }

    private static boolean host(HttpCall call) {
        return Boolean.parseBoolean(call.query().get("host"));
    }

    /**
     * Says why a port can or cannot be bound. Binds nothing unless the caller asks for it, because even a short bind could block a server.
     */
    private HttpAnswer why(HttpCall call) throws InterruptedException {
        String address = call.query().get("address");
        Place place = HttpCall.checked(new Place(address == null ? EVERYWHERE : address, number(call)));
        String pod = pod(call);
        boolean probe = Boolean.parseBoolean(call.query().get("probe"));
        if (pod != null) {
            if (probe || address != null) {
                throw HttpRefusal.badRequest("a pod is looked at from outside: its port is asked for at every address,"
                        + " and without probe");
            }
            return HttpAnswer.ofJson(DiagnosisJson.write(pods.why(pod, place.port(), host(call))));
        }
        Question question = address == null
                ? Question.everywhere(place.port())
                : Question.at(place.port(), InetAddress.ofLiteral(address));
        return HttpAnswer.ofJson(
                DiagnosisJson.write(why.diagnose(question, new PortObserver.Manner(probe, true, false))));
    }

    private HttpAnswer listener(HttpCall call) {
        String pod = pod(call);
        if (pod == null) {
            throw HttpRefusal.badRequest("pod: the uid of a pod of this node is missing");
        }
        return HttpAnswer.of(new PodListenerOptions(Path.of("/proc")).of(pod, number(call)));
    }

    private HttpAnswer audit(HttpCall call) {
        PodAudits all = audits;
        if (all == null) {
            throw HttpRefusal.conflict("this agent audits no pods (--audit, nodeAgent.audit.enabled)");
        }
        return HttpAnswer.ofJson(
                AuditJson.write(all.of(call.as(AuditRequest.class).pods())));
    }

    private static int number(HttpCall call) {
        try {
            return Integer.parseInt(call.id());
        } catch (NumberFormatException e) {
            throw HttpRefusal.badRequest("port: " + call.id() + " is no number");
        }
    }

    private HttpAnswer port(HttpCall call) {
        return HttpAnswer.of(new PortAnswer(namespace.ephemeral(number(call))));
    }

    private HttpAnswer explain(HttpCall call) {
        ExplainRequest request = call.as(ExplainRequest.class);
        HttpCall.checked(request.failed().settings().place());
        ExplainedFailure failure = session.agent().explain(request.failed());
        return HttpAnswer.of(new ExplainAnswer(failures.remember(failure), failure.explanation(), failure.view()));
    }

    private HttpAnswer released(HttpCall call) {
        ReleasedRequest request = call.as(ReleasedRequest.class);
        ExplainedFailure failure = failures.of(request.explanation());
        session.of(call.hold()).agent.released(failure, request.releasedNanos(), request.exact());
        return HttpAnswer.of(new Done(true));
    }

    private HttpAnswer clear(HttpCall call) {
        Place place = HttpCall.checked(call.as(ClearRequest.class).place());
        return HttpAnswer.of(session.of(call.hold()).agent.clear(place));
    }

    private HttpAnswer clients(HttpCall call) {
        ClientsRequest request = call.as(ClientsRequest.class);
        Place place = HttpCall.checked(request.place());
        return HttpAnswer.of(new ClientsAnswer(session.of(call.hold()).sessions.start(place, request.wanted())));
    }

    private HttpAnswer condition(HttpCall call) {
        return HttpAnswer.of(session.of(call.hold()).sessions.condition(call.id()));
    }

    private HttpAnswer report(HttpCall call) throws InterruptedException {
        return HttpAnswer.of(session.of(call.hold()).sessions.report(call.id()));
    }

    private HttpAnswer order(HttpCall call) {
        OrderRequest request = call.as(OrderRequest.class);
        session.of(call.hold()).sessions.order(call.id(), request.order());
        return HttpAnswer.of(new Done(true));
    }

    private HttpAnswer endClients(HttpCall call) {
        session.of(call.hold()).sessions.end(call.id());
        return HttpAnswer.of(new Done(true));
    }

    private HttpAnswer leave(HttpCall call) throws InterruptedException {
        session.leave(call.hold(), call.as(LeaveRequest.class).way());
        return HttpAnswer.of(new Done(true));
    }

    private HttpAnswer exit(HttpCall call) {
        ExitRequest request = call.as(ExitRequest.class);
        session.of(call.hold());
        return HttpAnswer.of(new Done(true)).then(() -> baseline.exit(request.code(), request.way()));
    }
}
