package dev.rebind.engine;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.ExplainedFailure;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.agent.PortView;
import dev.rebind.child.protocol.StopWay;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.Sentence;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.release.Release;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An address and port with the server generation that is bound there and its clients, kept from one cycle to the next. Closing the site
 * ends the generation and the clients.
 */
final class TestSite implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
    /**
     * The number of failed starts with an empty port after which the wait for a first bind ends. A short connection, such as a probe's, can
     * end between the bind and the look. That happens once or twice by chance, not more often.
     */
    private static final int UNSEEN_TRIES = 5;
    /**
     * The longest remaining time of a leftover that the first start waits for, unless {@code retry.timeout} is longer. It covers a
     * FIN_WAIT_2 that is followed by a TIME_WAIT.
     */
    private static final Duration LONGEST_RESIDUE = Duration.ofMinutes(3);

    private final Agent agent;
    private final CycleClients clientSettings;
    private final Place place;
    private final IntSupplier generations;
    private final Backend backend;
    private @Nullable RunningGeneration running;
    private @Nullable TimedClients load;
    /** The grace period of the last generation when the site is closed, where nothing is measured any more. */
    private Duration end = END;
    /** The address that the clients connect to; empty if it is the place itself. */
    private String connectsTo = "";

    /** @param generations returns the number of the next generation; one counter serves the whole experiment */
    TestSite(Agent agent, CycleClients clientSettings, Place place, IntSupplier generations, Backend backend) {
        this.agent = agent;
        this.clientSettings = clientSettings;
        this.place = place;
        this.generations = generations;
        this.backend = backend;
    }

    Place place() {
        return place;
    }

    Backend backend() {
        return backend;
    }

    /** Returns the settings of the next generation, with a new number. */
    GenerationSettings next(PlannedCycle plan, boolean reuseAddress) {
        return plan.generation(generations.getAsInt(), place, reuseAddress);
    }

    /**
     * Returns the generation that is bound here, after its clients were served. Starts the generation and the clients if there are none.
     */
    RunningGeneration arranged(PlannedCycle plan) throws InterruptedException, CycleFailure {
        RunningGeneration old = running;
        if (plan.command() != null) {
            // The command gets its own grace period. It is not killed then, and its next first start does not find what
            // only SIGKILL leaves.
            end = plan.gracePeriod();
        }
        if (old == null) {
            if (!backend.hasServerBefore()) {
                // Clients start before the server, so that both JVMs start at the same time. The clients retry until
                // the server listens. If another server listened there, it would answer them, and clients that do not
                // reconnect would be lost when it ends.
                startLoad(plan);
            }
            GenerationSettings settings = next(plan, plan.oldReuse());
            old = new RunningGeneration(settings, arrived(settings, plan.retry().timeout()));
            running = old;
            if (load != null && !isServerWhereClientsConnect()) {
                endLoad();
            }
        }
        startLoad(plan);
        if (load != null) {
            String why = load.awaitServed(plan.isAnswered(), plan.expect().served());
            if (why != null) {
                String where = connectsTo.isEmpty() ? place.toString() : connectsTo;
                throw new CycleFailure("The clients were not served at " + where + " before the restart: " + why + ".");
            }
        }
        return old;
    }

    private void startLoad(PlannedCycle plan) throws InterruptedException, CycleFailure {
        if (load == null && plan.clients().connections() > 0) {
            connectsTo = backend.clientAddress();
            load = new TimedClients(clientSettings.start(place, plan));
        }
    }

    /** Whether the clients' address still leads to the server; a new pod may have another address. */
    boolean isServerWhereClientsConnect() {
        return connectsTo.equals(backend.clientAddress());
    }

    /**
     * Starts the first generation, and tries again while leftovers from before the experiment stand in the way and end by themselves. This
     * wait is not part of a cycle. It lasts for {@code atMost}, or until the known end of the leftovers if that is later and within
     * {@link #LONGEST_RESIDUE}.
     */
    private Start.Bound arrived(GenerationSettings settings, Duration atMost)
            throws InterruptedException, CycleFailure {
        long deadline = System.nanoTime() + atMost.toNanos();
        ExplainedFailure waitedFor = null;
        int unseen = 0;
        while (true) {
            switch (agent.start(settings)) {
                case Start.Bound bound -> {
                    return bound;
                }
                case Start.Broken broken ->
                    throw new CycleFailure("The old server could not be run: " + broken.why() + ".");
                case Start.Failed failed -> {
                    boolean over = System.nanoTime() - patience(deadline, waitedFor) >= 0;
                    // While leftovers with a known end stand in the way, the agent does not look at the port again.
                    // Only the failure that ends the wait gets a new look.
                    ExplainedFailure failure = waitedFor == null || over ? agent.explain(failed) : waitedFor;
                    boolean gone = isNothingThere(failure.view());
                    unseen += gone ? 1 : 0;
                    boolean passes = gone ? unseen < UNSEEN_TRIES : endsByItself(failure.explanation());
                    if (over || !isOfPort(failure) || !passes) {
                        throw new CycleFailure(refused(failure));
                    }
                    waitedFor = failure.explanation().release() instanceof Release.Window ? failure : null;
                }
            }
            Thread.sleep(BETWEEN_TRIES);
        }
    }

    private static long patience(long deadline, @Nullable ExplainedFailure waitedFor) {
        if (waitedFor == null || !(waitedFor.explanation().release() instanceof Release.Window window)) {
            return deadline;
        }
        long known = window.latestNanos() + BETWEEN_TRIES.multipliedBy(2).toNanos();
        boolean soon = window.latestNanos() - waitedFor.failed().atNanos() <= LONGEST_RESIDUE.toNanos();
        return soon && known - deadline > 0 ? known : deadline;
    }

    /**
     * Whether the start failed because of sockets on its port. If the server does not report an errno, sockets in the way are the evidence.
     */
    private static boolean isOfPort(ExplainedFailure failure) {
        return failure.failed().addressInUse()
                || (failure.failed().errno() == null
                        && !failure.explanation().blocking().isEmpty());
    }

    /** Whether the look could be read and shows no socket: whatever stood in the way is already gone. */
    private static boolean isNothingThere(PortView view) {
        return view.local() instanceof Reading.Snapshot seen && seen.sockets().isEmpty();
    }

    /** Whether the sockets in the way end without any process closing them: at a known time, or when their other end answers. */
    private static boolean endsByItself(Explanation explanation) {
        return switch (explanation.release()) {
            case Release.Window _ -> true;
            case Release.Unbounded _ -> !explanation.blocking().isEmpty();
            case Release.Held _, Release.Free _ -> false;
        };
    }

    private static String refused(ExplainedFailure failure) {
        return "The server to restart could not be started. " + Sentence.joined(CycleProse.failed("It", failure));
    }

    @Nullable
    TimedClients load() {
        return load;
    }

    void gone() {
        running = null;
    }

    void bound(RunningGeneration fresh) {
        running = fresh;
    }

    /**
     * Ends clients that cannot be used again, because they do not reconnect, have stalled, or the server has moved to another address. The
     * next cycle starts new ones.
     */
    void endLoad() {
        if (load != null) {
            load.close();
            load = null;
        }
    }

    @Override
    public void close() {
        endLoad();
        RunningGeneration last = running;
        if (last != null && !backend.hasServerBefore()) {
            agent.stop(last.generation(), StopWay.reset, end);
        }
        running = null;
    }
}
