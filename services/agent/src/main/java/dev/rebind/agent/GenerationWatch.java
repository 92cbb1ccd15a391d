package dev.rebind.agent;

import dev.rebind.agent.Agent.Beside;
import dev.rebind.agent.Agent.Clearing;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.diagnosis.Question;
import dev.rebind.diagnosis.decide.Restarts;
import dev.rebind.diagnosis.finding.AuditedListener;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.sockets.SocketReader;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.diag.Destroyer;
import dev.rebind.sockets.owners.Owners;
import dev.rebind.sockets.posix.Errno;
import dev.rebind.sockets.release.ReleasePredictor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The ports of an agent's generations: it looks at them, remembers whose each connection was, and explains failed binds by that.
 * Calls block for milliseconds; safe for several threads.
 */
public final class GenerationWatch implements AutoCloseable {
    /** How old a look may be that tells what was on a port before a generation. */
    private static final long KNOWN_NANOS = 1_000_000_000L;

    private final PortViews views;
    private final ReleasePredictor predictor;
    private final PortObserver observer;
    private final Diagnoses diagnoses;
    private final ReleaseWatch releases = new ReleaseWatch();
    private final ConnectionHistory history =
            new ConnectionHistory(ProcessHandle.current().pid());

    /**
     * @param own pids of the agent and its servers, which hold most sockets that are looked at
     * @param myself whether the servers are this process, or of its own making; else they are strangers' programs
     */
    public GenerationWatch(SocketReader reader, ReleasePredictor predictor, Supplier<Set<Long>> own, boolean myself) {
        this.views = new PortViews(reader, new Owners(), own);
        this.predictor = predictor;
        this.observer = new PortObserver(predictor);
        this.diagnoses = new Diagnoses(observer, predictor, history, myself);
    }

    /** Looks at the whole port, and remembers what it sees. */
    public PortView look(int port) {
        PortView view = views.quick(port);
        history.saw(port, view, Ancestors::of);
        return view;
    }

    /** As {@link Agent#look}. */
    public PortView look(Place place) {
        return look(place.port()).at(place);
    }

    /** As {@link Agent#lookAgain}. History takes in whole looks only: a socket that is missing here may be new. */
    public PortView lookAgain(Place place) {
        PortViews.Again again = views.again(place.port());
        if (again.whole()) {
            history.saw(place.port(), again.view(), Ancestors::of);
        }
        return again.view().at(place);
    }

    /** As {@link Agent#forecast}. */
    public PortForecast forecast(Place place) {
        return PortForecast.of(look(place), predictor);
    }

    /** Before a generation starts: what is on the port by then is not of its making. */
    public void beforeStart(Place place) {
        if (!history.sawLately(place.port(), KNOWN_NANOS)) {
            look(place);
        }
    }

    /**
     * A listener of a generation.
     *
     * @param place its address and port
     * @param inodes of its sockets, as far as they are known
     */
    public record Listening(Place place, Flag reuseAddress, Flag reusePort, Set<Long> inodes) {
        public Listening {
            inodes = Set.copyOf(inodes);
        }
    }

    /**
     * A generation is bound.
     *
     * @param listeners at least one; several where it listens on several addresses
     * @param pids its processes
     * @param sinceNanos when it was bound, {@link System#nanoTime()}
     * @param server what it asked the kernel for
     * @return who else listens on the port
     */
    public List<Beside> began(
            int generation, List<Listening> listeners, Set<Long> pids, long sinceNanos, Question server) {
        int port = server.port();
        listeners.forEach(one -> history.begins(new GenerationLifetime(
                generation,
                one.place(),
                one.reuseAddress(),
                one.reusePort(),
                pids,
                sinceNanos,
                Long.MAX_VALUE,
                one.inodes())));
        // A fresh server has no connections: its listener, and those of others, are all that is to be seen.
        PortView view = views.listeners(port);
        history.sawListeners(port, view, Ancestors::of);
        Set<Long> own = history.lives(port).stream()
                .filter(life -> life.generation() == generation)
                .flatMap(life -> life.listeners().stream())
                .collect(Collectors.toSet());
        return OtherListeners.mayBe(port, own, view) ? new OtherListeners(observer).of(server, own) : List.of();
    }

    /** More processes that serve connections of a generation. */
    public void joins(int port, int generation, Set<Long> pids) {
        history.joins(port, generation, pids);
    }

    /** A generation is gone. */
    public void ended(int port, int generation) {
        views.forgetOwners();
        history.ends(port, generation, System.nanoTime());
    }

    /** Every process that a generation had, this one left out. */
    Set<Long> handlers() {
        return history.handlers();
    }

    /** As {@link Agent#explain}. */
    ExplainedFailure explain(Start.Failed failed) {
        return explain(failed, look -> look.explain(failed, Explainer.question(failed)));
    }

    /**
     * As {@link Agent#explain}, for a server of which it is known otherwise what it asked the kernel for.
     *
     * @param why says why it failed, by the one look
     */
    public ExplainedFailure explain(Start.Failed failed, Function<FailureLook, Explanation> why) {
        Place place = failed.settings().place();
        PortViews.Full look = views.full(place.port());
        history.saw(place.port(), look.view(), Ancestors::of);
        var failure = new ExplainedFailure(
                failed,
                why.apply(new FailureLook(diagnoses, look.around())),
                look.view().at(place));
        releases.begin(failure);
        return failure;
    }

    /**
     * What came of a start, with the release of the port as far as it was seen ({@link Start.Bound#freeNanos}).
     *
     * @param begunNanos when the start was begun, {@link System#nanoTime()}
     */
    public Start came(Place place, Start start, long begunNanos) {
        return releases.came(place, start, begunNanos);
    }

    /**
     * Whether a bind must fail now, by the kernel's rule and by what is known of the sockets on the port. False where one of
     * them is not known well enough.
     */
    public boolean isBlocked(Question question) {
        return diagnoses.isBlocked(question, PortObserver.sockets(question.port()));
    }

    /** Whether a bind must fail now with this errno: by {@link #isBlocked} where it is EADDRINUSE, else for another reason. */
    public boolean isRefused(Question question, Errno errno) {
        return errno == Errno.EADDRINUSE
                ? isBlocked(question)
                : diagnoses.isRefused(question, errno, PortObserver.sockets(question.port()));
    }

    /** Who listens on a port, and with which options, as {@code rebind audit} has it. */
    public List<AuditedListener> listening(int port) {
        return Restarts.of(observer.of(
                Question.everywhere(port),
                PortObserver.sockets(port),
                OptionalInt.empty(),
                new PortObserver.Manner(false, false, false)));
    }

    /** As {@link Agent#released}. */
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        diagnoses.learn(failure, releasedNanos, exact);
    }

    /** Kernel ticks a second, where known. */
    OptionalLong hz() {
        return predictor.hz();
    }

    /** As {@link Agent#clear}. */
    public Clearing clear(Place place) {
        Optional<List<TcpSocket>> leftovers = diagnoses.leftovers(place);
        if (leftovers.isEmpty()) {
            return new Clearing.Refused("the sockets on " + place + " cannot be read");
        }
        return switch (Destroyer.destroy(leftovers.get())) {
            case Destroyer.Result.Destroyed(int sockets) -> new Clearing.Cleared(sockets);
            case Destroyer.Result.Refused(String why) -> new Clearing.Refused(why);
        };
    }

    /** Ends the watching of releases; looks go on. */
    void endReleases() {
        releases.close();
    }

    @Override
    public void close() {
        releases.close();
        views.close();
    }
}
