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
 * Watches the ports of an agent's generations: looks at them, remembers which generation accepted each connection, and uses that to explain
 * failed binds. Calls block for milliseconds; safe for several threads.
 */
public final class GenerationWatch implements AutoCloseable {
    /** The maximum age of a look that shows what was on a port before a generation started. */
    private static final long KNOWN_NANOS = 1_000_000_000L;

    private final PortViews views;
    private final ReleasePredictor predictor;
    private final PortObserver observer;
    private final Diagnoses diagnoses;
    private final ReleaseWatch releases = new ReleaseWatch();
    private final ConnectionHistory history =
            new ConnectionHistory(ProcessHandle.current().pid());

    /**
     * @param own pids of the agent and its servers, which hold most of the sockets that are looked at
     * @param myself whether the servers are this process or its children; otherwise they are other people's programs
     */
    public GenerationWatch(SocketReader reader, ReleasePredictor predictor, Supplier<Set<Long>> own, boolean myself) {
        this.views = new PortViews(reader, new Owners(), own);
        this.predictor = predictor;
        this.observer = new PortObserver(predictor);
        this.diagnoses = new Diagnoses(observer, predictor, history, myself);
    }

    /** Looks at the whole port, and remembers the sockets. */
    public PortView look(int port) {
        PortView view = views.quick(port);
        history.saw(port, view, Ancestors::of);
        return view;
    }

    /** Implements {@link Agent#look}. */
    public PortView look(Place place) {
        return look(place.port()).at(place);
    }

    /** Implements {@link Agent#lookAgain}. The history records whole looks only, because other looks do not show new sockets. */
    public PortView lookAgain(Place place) {
        PortViews.Again again = views.again(place.port());
        if (again.whole()) {
            history.saw(place.port(), again.view(), Ancestors::of);
        }
        return again.view().at(place);
    }

    /** Implements {@link Agent#forecast}. */
    public PortForecast forecast(Place place) {
        return PortForecast.of(look(place), predictor);
    }

    /** Looks at the port before a generation starts, so that the sockets already there are not taken for the generation's. */
    public void beforeStart(Place place) {
        if (!history.sawLately(place.port(), KNOWN_NANOS)) {
            look(place);
        }
    }

    /**
     * A listener of a generation.
     *
     * @param place its address and port
     * @param inodes inodes of its sockets, as far as they are known
     */
    public record Listening(Place place, Flag reuseAddress, Flag reusePort, Set<Long> inodes) {
        public Listening {
            inodes = Set.copyOf(inodes);
        }
    }

    /**
     * Records that a generation is bound.
     *
     * @param listeners at least one; several where the generation listens on several addresses
     * @param pids its processes
     * @param sinceNanos when it was bound, {@link System#nanoTime()}
     * @param server what it asked the kernel for
     * @return the other listeners on the port
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
        // A new server has no connections yet, so a look at the listeners is enough.
        PortView view = views.listeners(port);
        history.sawListeners(port, view, Ancestors::of);
        Set<Long> own = history.lives(port).stream()
                .filter(life -> life.generation() == generation)
                .flatMap(life -> life.listeners().stream())
                .collect(Collectors.toSet());
        return OtherListeners.mayBe(port, own, view) ? new OtherListeners(observer).of(server, own) : List.of();
    }

    /** Adds processes that serve connections of a generation. */
    public void joins(int port, int generation, Set<Long> pids) {
        history.joins(port, generation, pids);
    }

    /** Records that a generation is gone. */
    public void ended(int port, int generation) {
        views.forgetOwners();
        history.ends(port, generation, System.nanoTime());
    }

    /** Returns every process that any generation had, without this process. */
    Set<Long> handlers() {
        return history.handlers();
    }

    /** Implements {@link Agent#explain}. */
    ExplainedFailure explain(Start.Failed failed) {
        return explain(failed, look -> look.explain(failed, Explainer.question(failed)));
    }

    /**
     * Explains a failed bind like {@link Agent#explain}, where the settings do not tell what the server asked the kernel for.
     *
     * @param why returns the explanation; it uses only the look that it is given
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
     * Returns the result of a start, with the release of the port as far as it was seen ({@link Start.Bound#freeNanos}).
     *
     * @param begunNanos when the start began, {@link System#nanoTime()}
     */
    public Start came(Place place, Start start, long begunNanos) {
        return releases.came(place, start, begunNanos);
    }

    /**
     * Whether a bind must fail now, by the kernel's rule and what is known of the sockets on the port. False where one of them is not known
     * well enough.
     */
    public boolean isBlocked(Question question) {
        return diagnoses.isBlocked(question, PortObserver.sockets(question.port()));
    }

    /**
     * Whether a bind must fail now with this errno. For EADDRINUSE asks {@link #isBlocked}; for other errnos looks for a reason other than
     * a socket.
     */
    public boolean isRefused(Question question, Errno errno) {
        return errno == Errno.EADDRINUSE
                ? isBlocked(question)
                : diagnoses.isRefused(question, errno, PortObserver.sockets(question.port()));
    }

    /** Returns the listeners on a port with their options, as {@code rebind audit} reports them. */
    public List<AuditedListener> listening(int port) {
        return Restarts.of(observer.of(
                Question.everywhere(port),
                PortObserver.sockets(port),
                OptionalInt.empty(),
                new PortObserver.Manner(false, false, false)));
    }

    /** Implements {@link Agent#released}. */
    public void released(ExplainedFailure failure, long releasedNanos, Duration exact) {
        diagnoses.learn(failure, releasedNanos, exact);
    }

    /** Returns the kernel ticks per second, where known. */
    OptionalLong hz() {
        return predictor.hz();
    }

    /** Implements {@link Agent#clear}. */
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

    /** Stops watching for releases. Looks still work. */
    void endReleases() {
        releases.close();
    }

    @Override
    public void close() {
        releases.close();
        views.close();
    }
}
