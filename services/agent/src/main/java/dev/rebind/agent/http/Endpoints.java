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
import dev.rebind.agent.wire.Messages;
import dev.rebind.agent.wire.Messages.About;
import dev.rebind.agent.wire.Messages.AuditRequest;
import dev.rebind.agent.wire.Messages.ClearRequest;
import dev.rebind.agent.wire.Messages.ClientsAnswer;
import dev.rebind.agent.wire.Messages.ClientsRequest;
import dev.rebind.agent.wire.Messages.Done;
import dev.rebind.agent.wire.Messages.ExitRequest;
import dev.rebind.agent.wire.Messages.ExplainAnswer;
import dev.rebind.agent.wire.Messages.ExplainRequest;
import dev.rebind.agent.wire.Messages.HoldRequest;
import dev.rebind.agent.wire.Messages.LeaveRequest;
import dev.rebind.agent.wire.Messages.LookAnswer;
import dev.rebind.agent.wire.Messages.OrderRequest;
import dev.rebind.agent.wire.Messages.OwnStarts;
import dev.rebind.agent.wire.Messages.PortAnswer;
import dev.rebind.agent.wire.Messages.ReleasedRequest;
import dev.rebind.agent.wire.Messages.StopRequest;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.Observer;
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

/** What can be asked of an agent, by method and path. What changes anything needs a hold. */
final class Endpoints {
    private static final String EVERYWHERE = "::";

    private final Identity identity;
    private final Baseline baseline;
    private final HoldSession session;
    private final LongSupplier nanoClock;
    private final ExplainedFailures failures = new ExplainedFailures();
    private final Namespace namespace = new Namespace();
    private final WhyPort why = new WhyPort();
    private final PodPorts pods = new PodPorts(Path.of("/proc"));
    private final boolean clear = new Rights().has(Rights.Right.CAP_NET_ADMIN).orElse(false);

    private final @Nullable PodAudits audits;
    private final OptionalInt timeWaitSeconds = new Namespace().timeWaitEverywhere();

    Endpoints(
            Identity identity,
            Baseline baseline,
            HoldSession session,
            LongSupplier nanoClock,
            @Nullable PodAudits audits) {
        this.audits = audits;
        this.identity = identity;
        this.baseline = baseline;
        this.session = session;
        this.nanoClock = nanoClock;
    }

    List<Endpoint> all() {
        return List.of(
                new Endpoint(HttpMethod.GET, "/v1/agent", _ -> Answer.of(about())),
                new Endpoint(HttpMethod.GET, "/v1/starts", _ -> Answer.of(new OwnStarts(baseline.starts()))),
                new Endpoint(HttpMethod.PUT, "/v1/hold", call -> Answer.of(session.hold(call.as(HoldRequest.class)))),
                new Endpoint(HttpMethod.DELETE, "/v1/hold", this::release),
                new Endpoint(HttpMethod.POST, "/v1/start", this::start),
                new Endpoint(HttpMethod.POST, "/v1/stop", this::stop),
                new Endpoint(HttpMethod.GET, "/v1/look", this::look),
                new Endpoint(HttpMethod.GET, "/v1/ports/:id", this::port),
                new Endpoint(HttpMethod.GET, "/v1/listeners/:id", this::listener),
                new Endpoint(HttpMethod.POST, "/v1/audit", this::audit, false),
                new Endpoint(HttpMethod.GET, "/v1/why", _ -> Answer.ofJson(DiagnosisJson.write(why.all()))),
                new Endpoint(HttpMethod.GET, "/v1/why/:id", this::why),
                new Endpoint(HttpMethod.POST, "/v1/explain", this::explain),
                new Endpoint(HttpMethod.POST, "/v1/released", this::released),
                new Endpoint(HttpMethod.POST, "/v1/clear", this::clear),
                new Endpoint(HttpMethod.POST, "/v1/clients", this::clients),
                new Endpoint(HttpMethod.GET, "/v1/clients/:id", this::condition),
                new Endpoint(HttpMethod.GET, "/v1/clients/:id/report", this::report),
                new Endpoint(HttpMethod.POST, "/v1/clients/:id/orders", this::order),
                new Endpoint(HttpMethod.DELETE, "/v1/clients/:id", this::endClients),
                new Endpoint(HttpMethod.POST, "/v1/leave", this::leave),
                new Endpoint(HttpMethod.POST, "/v1/exit", this::exit));
    }

    private About about() {
        return new About(
                Messages.PROTOCOL,
                identity.instance(),
                identity.version(),
                identity.node(),
                identity.pod(),
                ProcessHandle.current().pid(),
                nanoClock.getAsLong(),
                Identity.networkNamespace(),
                timeWaitSeconds.isPresent() ? timeWaitSeconds.getAsInt() : null,
                clear,
                session.holder(),
                baseline.state());
    }

    private Answer release(Call call) {
        session.release(call.hold());
        return Answer.of(new Done(true));
    }

    private Answer start(Call call) {
        GenerationSettings settings = call.as(GenerationSettings.class);
        Call.checked(settings.place());
        return Answer.of(session.of(call.hold()).generations.start(settings));
    }

    private Answer stop(Call call) {
        StopRequest stop = call.as(StopRequest.class);
        return Answer.of(session.of(call.hold()).generations.stop(stop.generation(), stop.way(), stop.gracePeriod()));
    }

    private static @Nullable String pod(Call call) {
        String pod = call.query().get("pod");
        if (pod != null && !pod.matches("[0-9a-zA-Z-]{1,64}")) {
            throw Refusal.badRequest("pod: " + pod + " is no uid");
        }
        return pod;
    }

    private Answer look(Call call) {
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

    private static Answer look(PortView view, @Nullable Set<String> containers, @Nullable Releases releases) {
        return Answer.of(new LookAnswer(view, containers, releases));
    }

    private static boolean host(Call call) {
        return Boolean.parseBoolean(call.query().get("host"));
    }

    /** Nothing is bound unless that was asked for: the bind of a moment could be in the way of a server. */
    private Answer why(Call call) throws InterruptedException {
        String address = call.query().get("address");
        Place place = Call.checked(new Place(address == null ? EVERYWHERE : address, number(call)));
        String pod = pod(call);
        boolean probe = Boolean.parseBoolean(call.query().get("probe"));
        if (pod != null) {
            if (probe || address != null) {
                throw Refusal.badRequest("a pod is looked at from outside: its port is asked for at every address,"
                        + " and without probe");
            }
            return Answer.ofJson(DiagnosisJson.write(pods.why(pod, place.port(), host(call))));
        }
        Question question = address == null
                ? Question.everywhere(place.port())
                : Question.at(place.port(), InetAddress.ofLiteral(address));
        return Answer.ofJson(DiagnosisJson.write(why.diagnose(question, new Observer.Manner(probe, true, false))));
    }

    private Answer listener(Call call) {
        String pod = pod(call);
        if (pod == null) {
            throw Refusal.badRequest("pod: the uid of a pod of this node is missing");
        }
        return Answer.of(new PodListenerOptions(Path.of("/proc")).of(pod, number(call)));
    }

    private Answer audit(Call call) {
        PodAudits all = audits;
        if (all == null) {
            throw Refusal.conflict("this agent audits no pods (--audit, nodeAgent.audit.enabled)");
        }
        return Answer.ofJson(AuditJson.write(all.of(call.as(AuditRequest.class).pods())));
    }

    private static int number(Call call) {
        try {
            return Integer.parseInt(call.id());
        } catch (NumberFormatException e) {
            throw Refusal.badRequest("port: " + call.id() + " is no number");
        }
    }

    private Answer port(Call call) {
        return Answer.of(new PortAnswer(namespace.ephemeral(number(call))));
    }

    private Answer explain(Call call) {
        ExplainRequest request = call.as(ExplainRequest.class);
        Call.checked(request.failed().settings().place());
        ExplainedFailure failure = session.agent().explain(request.failed());
        return Answer.of(new ExplainAnswer(failures.remember(failure), failure.explanation(), failure.view()));
    }

    private Answer released(Call call) {
        ReleasedRequest request = call.as(ReleasedRequest.class);
        ExplainedFailure failure = failures.of(request.explanation());
        session.of(call.hold()).agent.released(failure, request.releasedNanos(), request.exact());
        return Answer.of(new Done(true));
    }

    private Answer clear(Call call) {
        Place place = Call.checked(call.as(ClearRequest.class).place());
        return Answer.of(session.of(call.hold()).agent.clear(place));
    }

    private Answer clients(Call call) {
        ClientsRequest request = call.as(ClientsRequest.class);
        Place place = Call.checked(request.place());
        return Answer.of(new ClientsAnswer(session.of(call.hold()).sessions.start(place, request.wanted())));
    }

    private Answer condition(Call call) {
        return Answer.of(session.of(call.hold()).sessions.condition(call.id()));
    }

    private Answer report(Call call) throws InterruptedException {
        return Answer.of(session.of(call.hold()).sessions.report(call.id()));
    }

    private Answer order(Call call) {
        OrderRequest request = call.as(OrderRequest.class);
        session.of(call.hold()).sessions.order(call.id(), request.order());
        return Answer.of(new Done(true));
    }

    private Answer endClients(Call call) {
        session.of(call.hold()).sessions.end(call.id());
        return Answer.of(new Done(true));
    }

    private Answer leave(Call call) throws InterruptedException {
        session.leave(call.hold(), call.as(LeaveRequest.class).way());
        return Answer.of(new Done(true));
    }

    private Answer exit(Call call) {
        ExitRequest request = call.as(ExitRequest.class);
        session.of(call.hold());
        return Answer.of(new Done(true)).then(() -> baseline.exit(request.code(), request.way()));
    }
}
