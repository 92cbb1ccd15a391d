package dev.rebind.cli;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.OutsideView;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.diagnosis.look.EndingLook;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.SeenHolders;
import dev.rebind.engine.LocalLab;
import dev.rebind.experiment.Sourced;
import dev.rebind.live.Actions;
import dev.rebind.live.ApiJson;
import dev.rebind.live.ChangeSignal;
import dev.rebind.live.Experiments;
import dev.rebind.live.RecordLog;
import dev.rebind.live.SharedLooks;
import dev.rebind.live.SocketList;
import dev.rebind.live.SocketList.End;
import dev.rebind.live.SocketList.PortLook;
import dev.rebind.plan.Plan;
import dev.rebind.report.Machine;
import dev.rebind.report.Run;
import dev.rebind.sockets.Owner;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketQuery;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.release.Forecast;
import dev.rebind.sockets.release.ReleasePredictor;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The run of this process, as the live page shows and controls it. The {@link Recorder} tells it the progress of the run, and asks it
 * before each cycle. It keeps only totals of the records; the records are in their file. Safe for use by several threads.
 */
final class LiveRun implements Experiments, Actions {
    static final String NAMESPACE = "local";

    private final Map<String, LiveExperiment> experiments = new LinkedHashMap<>();
    private final ChangeSignal changes = new ChangeSignal();
    private final SharedLooks<Place> looks = new SharedLooks<>();
    private final Instant startedAt = Instant.now();
    private final String token = token();
    private final SocketReader reader;
    private final ReleasePredictor predictor;
    private final EndingLook endings;
    private final Machine machine;

    /** @param file the file for the records */
    LiveRun(List<Sourced> sourced, List<Plan> plans, Path file, LocalLab lab, Machine machine) {
        this.reader = lab.reader();
        this.predictor = lab.predictor();
        this.endings = new EndingLook(predictor);
        this.machine = machine;
        for (int i = 0; i < plans.size(); i++) {
            var one = new LiveExperiment(sourced.get(i), plans.get(i), file, changes);
            experiments.put(one.name(), one);
        }
    }

    private static String token() {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /** The token that every order from the page must carry. */
    String printedToken() {
        return token;
    }

    /** Returns an experiment of the run by its name. */
    LiveExperiment experiment(String name) {
        LiveExperiment one = experiments.get(name);
        if (one == null) {
            throw new IllegalArgumentException("no experiment " + name);
        }
        return one;
    }

    /** Notes that nothing more will run. */
    void over() {
        experiments.values().forEach(LiveExperiment::neverBegun);
    }

    /** The facts for the report that the records do not have, in the order in which the experiments run. */
    List<Run.Subject> subjects() {
        return experiments.values().stream().map(LiveExperiment::subject).toList();
    }

    /** Whether a user aborted an experiment. */
    boolean anyAborted() {
        return experiments.values().stream().anyMatch(LiveExperiment::aborted);
    }

    @Override
    public ApiJson.About about() {
        return new ApiJson.About(
                "local", Version.rebind(), startedAt, Instant.now(), offered(), "printed-token", machine);
    }

    @Override
    public List<ApiJson.Overview> list() {
        return experiments.values().stream().map(LiveExperiment::overview).toList();
    }

    @Override
    public Optional<One> find(String namespace, String name) {
        return namespace.equals(NAMESPACE)
                ? Optional.ofNullable(experiments.get(name)).map(Seen::new)
                : Optional.empty();
    }

    @Override
    public ChangeSignal changes() {
        return changes;
    }

    private final class Seen implements One {
        private final LiveExperiment experiment;

        private Seen(LiveExperiment experiment) {
            this.experiment = experiment;
        }

        @Override
        public ApiJson.Overview overview() {
            return experiment.overview();
        }

        @Override
        public ApiJson.Detail detail() {
            return experiment.detail();
        }

        @Override
        public List<ApiJson.Step> steps() {
            return experiment.steps();
        }

        @Override
        public RecordLog records() {
            return experiment.records();
        }

        @Override
        public Look look() {
            Place place = experiment.lastPlace();
            return place == null ? new Look.Nothing(experiment.whyNoPort()) : look(place);
        }

        @Override
        public Why why() {
            Place place = experiment.lastPlace();
            return place == null
                    ? new Why.Nothing(experiment.whyNoPort())
                    : looks.why(place, () -> new Why.Told(place.port(), List.of(diagnosis(place))));
        }

        /** Does not try to bind the port, because even a short bind could get in the way of a server. */
        private PortDiagnosis diagnosis(Place place) {
            return new PortDiagnosis(
                    null,
                    new AnsweredBy.Machine(),
                    DiagnosisJson.write(new WhyPort(predictor)
                            .diagnose(
                                    Question.at(place.port(), InetAddress.ofLiteral(place.address())),
                                    new PortObserver.Manner(false, true, false))));
        }

        private Look look(Place place) {
            return looks.sockets(place, () -> fresh(place));
        }

        private Look fresh(Place place) {
            int port = place.port();
            Reading around = reader.read(SocketQuery.around(port));
            Reading local = part(around, socket -> socket.local().port() == port);
            Reading remote = part(around, socket -> socket.local().port() != port && socket.state() != TcpState.LISTEN);
            return SocketList.of(port, experiment.places(), List.of(portLook(around, local, remote)));
        }

        private PortLook portLook(Reading around, Reading local, Reading remote) {
            return switch (around) {
                case Reading.Unreadable unseen -> {
                    var none = new End(unseen, OutsideView.endings(new Forecast(unseen, List.of())));
                    yield new PortLook(null, none, none, Map.of());
                }
                case Reading.Snapshot snapshot -> {
                    EndingLook.Seen seen = endings.at(snapshot, snapshot.sockets(), Set.of());
                    yield new PortLook(
                            null,
                            new End(local, seen.endings()),
                            new End(remote, seen.endings()),
                            owners(seen.holdings(), snapshot));
                }
            };
        }

        @Override
        public Run run() {
            return experiment.run(machine);
        }
    }

    private static Reading part(Reading whole, Predicate<TcpSocket> which) {
        return switch (whole) {
            case Reading.Unreadable unreadable -> unreadable;
            case Reading.Snapshot snapshot ->
                new Reading.Snapshot(
                        snapshot.takenAt(),
                        snapshot.takenNanos(),
                        snapshot.source(),
                        snapshot.sockets().stream().filter(which).toList(),
                        snapshot.halfNanos());
        };
    }

    /** The owner of each socket. If several processes have it, the one with the lowest pid counts. */
    private static Map<Long, Owner> owners(SeenHolders holdings, Reading.Snapshot snapshot) {
        var holders = new SocketHolders(holdings);
        var owners = new HashMap<Long, Owner>();
        for (TcpSocket socket : snapshot.sockets()) {
            holders.of(socket.inode()).stream()
                    .findFirst()
                    .ifPresent(process -> owners.put(
                            socket.inode(),
                            new Owner(process.pid(), process.name().orElse("?"))));
        }
        return owners;
    }

    @Override
    public Set<String> offered() {
        return Set.of("pause", "resume", "abort");
    }

    @Override
    public Answer order(Order order, String namespace, String name, @Nullable String shown) {
        if (!mayAct(shown)) {
            return Actions.noToken("that ./rebind run --ui printed with its address");
        }
        LiveExperiment one = namespace.equals(NAMESPACE) ? experiments.get(name) : null;
        if (one == null) {
            return new Answer.Refused(404, "there is no experiment " + namespace + "/" + name);
        }
        String refused = switch (order) {
            case pause -> one.pause();
            case resume -> one.resume();
            case abort -> one.abort();
        };
        return refused == null
                ? new Answer.Asked(new ApiJson.Named(namespace, name))
                : new Answer.Refused(409, refused);
    }

    @Override
    public Answer.Refused refusesStart(@Nullable String shown) {
        return new Answer.Refused(
                405, "the experiments of a run are those that it was given: start this one with ./rebind run FILE");
    }

    @Override
    public Answer start(String document, @Nullable String shown) {
        return refusesStart(shown);
    }

    private boolean mayAct(@Nullable String shown) {
        return shown != null
                && MessageDigest.isEqual(
                        token.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }
}
