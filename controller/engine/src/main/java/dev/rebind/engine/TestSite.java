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

/** A place and its state from one cycle to the next: the bound generation and its clients. Closing it ends both. */
final class TestSite implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
    /** A connection that ends between the bind and the look, such as a probe's, is met once or twice; more is not chance. */
    private static final int UNSEEN_TRIES = 5;
    /** A TIME_WAIT ends within it, and so does a FIN_WAIT_2 before it. Only a longer retry.timeout waits for longer. */
    private static final Duration LONGEST_RESIDUE = Duration.ofMinutes(3);

    private final Agent agent;
    private final CycleClients clientSettings;
    private final Place place;
    private final IntSupplier generations;
    private final Backend backend;
    private @Nullable RunningGeneration running;
    private @Nullable TimedClients load;
    /** How long the generation may take to end when nothing is measured any more. */
    private Duration end = END;
    /** Where clients connect; empty where that is the place. */
    private String connectsTo = "";

    /** @param generations gives the number of the next generation, one counter for the whole experiment */
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

    /** Settings of the next generation. */
    GenerationSettings next(PlannedCycle plan, boolean reuseAddress) {
        return plan.generation(generations.getAsInt(), place, reuseAddress);
    }

    /** The generation that is bound here, with served clients; starts it if there is none. */
    RunningGeneration arranged(PlannedCycle plan) throws InterruptedException, CycleFailure {
        RunningGeneration old = running;
        if (plan.command() != null) {
            // It ends in order, so that its next first start finds nothing that only SIGKILL leaves.
            end = plan.gracePeriod();
        }
        if (old == null) {
            if (!backend.hasServerBefore()) {
                // Clients start before the server, so that both JVMs start at the same time; clients retry until the
                // server listens. Another server there would answer them, and its end would be the end of those that
                // do not reconnect.
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

    /** Whether the clients' address is still the server's; a new pod may have another one. */
    boolean isServerWhereClientsConnect() {
        return connectsTo.equals(backend.clientAddress());
    }

    /**
     * Waits for leftovers from before the experiment, if they go away by themselves or have just gone; this wait is not part
     * of a cycle. It ends with what ends at a known time, which may be later than the patience with a server's return.
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
                    // What ends at a known time is not looked at again; the last failure is told as it is.
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

    /** Whether it failed for what is on its port. Where it does not say why it failed, the port itself says it. */
    private static boolean isOfPort(ExplainedFailure failure) {
        return failure.failed().addressInUse()
                || (failure.failed().errno() == null
                        && !failure.explanation().blocking().isEmpty());
    }

    /** Whether the port was looked at, and what had stood in the way was gone by then. */
    private static boolean isNothingThere(PortView view) {
        return view.local() instanceof Reading.Snapshot seen && seen.sockets().isEmpty();
    }

    /** Whether no process has to close what stands in the way: at a known time, or when its other end answers. */
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
     * Ends clients that cannot be used again: they do not reconnect, have stalled, or the server is elsewhere. The next
     * cycle starts new ones.
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
