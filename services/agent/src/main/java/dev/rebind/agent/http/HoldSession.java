package dev.rebind.agent.http;

import dev.rebind.agent.Agent;
import dev.rebind.agent.wire.WireMessages.BaselineUnderHold;
import dev.rebind.agent.wire.WireMessages.HoldAnswer;
import dev.rebind.agent.wire.WireMessages.HoldRequest;
import dev.rebind.agent.wire.WireMessages.Holder;
import dev.rebind.child.protocol.StopWay;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tracks who holds the agent: one experiment, or nobody. A hold ends when its holder releases it or when its lease runs out. Then
 * everything that was started under it ends, and the agent's own server is started again. Safe for several threads.
 */
final class HoldSession implements AutoCloseable {
    static final int DEFAULT_LEASE_SECONDS = 120;

    private final BaselineServer baseline;
    private final Agent own;
    private final Supplier<Agent> agents;
    private final Supplier<ClientSessions> sessions;
    /** Locked while a hold begins or ends. */
    private final ReentrantLock change = new ReentrantLock();

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("leases").factory());
    private final AtomicLong begun = new AtomicLong();
    private volatile @Nullable Hold current;
    private volatile boolean closed;

    /** The time during which one experiment holds the agent. */
    static final class Hold {
        final Holder holder;
        final BaselineUnderHold baseline;
        final Agent agent;
        final HeldGenerations generations;
        final ClientSessions sessions;
        private long deadlineNanos;
        /** Whether the baseline was stopped during the hold, and must be started again. */
        private volatile boolean left;

        private Hold(Holder holder, BaselineUnderHold baseline, Agent agent, ClientSessions sessions) {
            this.holder = holder;
            this.baseline = baseline;
            this.agent = agent;
            this.generations = new HeldGenerations(agent);
            this.sessions = sessions;
        }
    }

    /**
     * @param own the agent that runs the baseline. It looks while nobody holds the agent, and serves a holder that keeps the baseline. This
     *     session does not close it
     * @param agents makes the agent for a holder that takes the port
     */
    HoldSession(BaselineServer baseline, Agent own, Supplier<Agent> agents, Supplier<ClientSessions> sessions) {
        this.baseline = baseline;
        this.own = own;
        this.agents = agents;
        this.sessions = sessions;
        var _ = clock.scheduleWithFixedDelay(this::tick, 250, 250, TimeUnit.MILLISECONDS);
    }

    /** Begins a hold, or renews it where the same holder has it. */
    HoldAnswer hold(HoldRequest request) throws InterruptedException {
        Duration lease = Duration.ofSeconds(
                request.leaseSeconds() == null ? DEFAULT_LEASE_SECONDS : (long) request.leaseSeconds());
        change.lock();
        try {
            if (closed) {
                throw HttpRefusal.unavailable("the agent is ending");
            }
            Hold hold = current;
            if (hold == null) {
                if (Boolean.TRUE.equals(request.renew())) {
                    throw HttpRefusal.conflict("the hold has ended");
                }
                hold = begin(request.holder(), Objects.requireNonNullElse(request.baseline(), BaselineUnderHold.stop));
                begun.incrementAndGet();
            } else if (!hold.holder.uid().equals(request.holder().uid())) {
                throw HttpRefusal.heldBy(hold.holder);
            } else if (request.baseline() != null && request.baseline() != hold.baseline) {
                throw HttpRefusal.conflict("the agent is held already with baseline: " + hold.baseline);
            }
            hold.deadlineNanos = System.nanoTime() + lease.toNanos();
            current = hold;
            return new HoldAnswer(hold.holder, Instant.now().plus(lease), hold.baseline);
        } finally {
            change.unlock();
        }
    }

    /** Returns how many holds have begun. */
    long begun() {
        return begun.get();
    }

    private Hold begin(Holder holder, BaselineUnderHold underHold) throws InterruptedException {
        return switch (underHold) {
            case keep -> new Hold(holder, underHold, own, sessions.get());
            case stop -> {
                try {
                    baseline.hold(StopWay.reset);
                } catch (IOException e) {
                    baseline.release();
                    throw HttpRefusal.unavailable("the agent's own server does not leave the port: " + e.getMessage());
                } catch (InterruptedException e) {
                    baseline.release();
                    throw e;
                }
                // Each hold has its own agent, because each holder counts its generations from 1.
                yield new Hold(holder, underHold, agents.get(), sessions.get());
            }
        };
    }

    /** Stops the baseline for a holder that has kept it, in the given way. The baseline stays stopped until the hold ends. */
    void leave(@Nullable String uid, StopWay way) throws InterruptedException {
        Hold hold = of(uid);
        if (hold.baseline == BaselineUnderHold.stop) {
            throw HttpRefusal.conflict("the agent's own server is stopped already: it is held with baseline: stop");
        }
        hold.left = true;
        try {
            baseline.hold(way);
        } catch (IOException e) {
            throw HttpRefusal.unavailable("the agent's own server does not leave the port: " + e.getMessage());
        }
    }

    /** Ends the hold of this holder. Does nothing where nobody holds the agent. */
    void release(@Nullable String uid) {
        change.lock();
        try {
            Hold hold = current;
            if (hold != null) {
                if (!hold.holder.uid().equals(uid)) {
                    throw HttpRefusal.heldBy(hold.holder);
                }
                end(hold);
            }
        } finally {
            change.unlock();
        }
    }

    private void end(Hold hold) {
        hold.sessions.endAll();
        hold.generations.end();
        if (hold.baseline == BaselineUnderHold.stop) {
            hold.agent.close();
        }
        if ((hold.baseline == BaselineUnderHold.stop || hold.left) && !closed) {
            baseline.release();
        }
        current = null;
    }

    private void tick() {
        Hold hold = current;
        if (hold != null) {
            hold.sessions.endForgotten();
            endIfOver(hold);
        }
    }

    private void endIfOver(Hold hold) {
        change.lock();
        try {
            if (hold == current && System.nanoTime() - hold.deadlineNanos >= 0) {
                end(hold);
            }
        } finally {
            change.unlock();
        }
    }

    /**
     * Returns the hold of this holder.
     *
     * @param uid from the request's header; null where the request has none
     */
    Hold of(@Nullable String uid) {
        Hold hold = current;
        if (hold == null) {
            throw HttpRefusal.conflict("nobody holds the agent, or the lease ran out: PUT /v1/hold first");
        }
        if (!hold.holder.uid().equals(uid)) {
            throw HttpRefusal.heldBy(hold.holder);
        }
        return hold;
    }

    /** Returns the agent of the current holder, or the agent's own while there is no holder. */
    Agent agent() {
        Hold hold = current;
        return hold == null ? own : hold.agent;
    }

    @Nullable
    Holder holder() {
        Hold hold = current;
        return hold == null ? null : hold.holder;
    }

    /** Ends the hold for good. The baseline is not started again. */
    @Override
    public void close() {
        change.lock();
        try {
            closed = true;
            clock.shutdownNow();
            Hold hold = current;
            if (hold != null) {
                end(hold);
            }
        } finally {
            change.unlock();
        }
    }
}
