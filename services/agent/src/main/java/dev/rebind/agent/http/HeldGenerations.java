package dev.rebind.agent.http;

import dev.rebind.agent.Agent;
import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Agent.Stop;
import dev.rebind.agent.GenerationSettings;
import dev.rebind.child.protocol.StopWay;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one hold. A generation is bound at most once: a repeated start returns the result of the first, and so does a repeated
 * stop. Operations on one generation happen one after the other. Safe for several threads.
 */
final class HeldGenerations {
    private static final Duration END = Duration.ofSeconds(5);

    private final Agent agent;
    private final Map<Integer, One> all = new ConcurrentHashMap<>();

    HeldGenerations(Agent agent) {
        this.agent = agent;
    }

    private static final class One {
        final ReentrantLock lock = new ReentrantLock();

        @Nullable
        GenerationSettings settings;

        Start.@Nullable Bound bound;

        @Nullable
        Stop stop;
    }

    private One one(int generation) {
        return all.computeIfAbsent(generation, _ -> new One());
    }

    /** Starts a generation. A generation whose bind failed is tried again, because nothing is left of it. */
    Start start(GenerationSettings settings) {
        One one = one(settings.generation());
        one.lock.lock();
        try {
            if (one.bound != null) {
                return settings.equals(one.settings)
                        ? one.bound
                        : new Start.Broken(
                                settings.generation(), "a server of this number was started with other settings");
            }
            Start start = agent.start(settings);
            if (start instanceof Start.Bound bound) {
                one.settings = settings;
                one.bound = bound;
            }
            return start;
        } finally {
            one.lock.unlock();
        }
    }

    Stop stop(int generation, StopWay way, Duration gracePeriod) {
        One one = one(generation);
        one.lock.lock();
        try {
            if (one.stop != null) {
                return one.stop;
            }
            Stop stop = agent.stop(generation, way, gracePeriod);
            switch (stop) {
                case Stop.Stopped _, Stop.Killed _ -> one.stop = stop;
                // The generation still runs, or never existed. Another order may succeed.
                case Stop.Broken _ -> {}
            }
            return stop;
        } finally {
            one.lock.unlock();
        }
    }

    /** Resets every generation that still runs. A generation that is just being started ends with the agent. */
    void end() {
        all.forEach((generation, one) -> {
            if (one.lock.tryLock()) {
                try {
                    if (one.bound != null && one.stop == null) {
                        one.stop = agent.stop(generation, StopWay.reset, END);
                    }
                } finally {
                    one.lock.unlock();
                }
            }
        });
    }
}
