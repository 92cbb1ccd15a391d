package dev.rebind.e2e.checks;

import dev.rebind.e2e.cluster.Spec;
import dev.rebind.experiment.restart.Mode;

/** Experiments on the chart's own server. */
final class Specs {
    /**
     * Clients that come back try hundreds of times a minute while nobody listens, and end a TIME_WAIT when they are given its
     * port (RFC 1337): five of them rarely all five, but then the port is free before the kernel's minute is over.
     */
    static final String STAY_AWAY = "clients: {reconnect: false}";

    static final String EXPECT_TIME_WAIT = "expect: {outcome: failed, cause: time_wait}";
    static final String EXPECT_BOUND = "expect: {outcome: bound}";

    private Specs() {}

    static Spec experiment(Mode mode, boolean reuse, int cycles) {
        return Spec.of("""
            restart: {mode: %s, close: server}
            reuseAddress: {value: %s}
            cycles: %d
            clients: {connections: 5}
            """.formatted(mode, reuse, cycles));
    }

    /** Its restarts fail, and wait for the kernel's minute. Where each try starts a process, it is not tried every second: a start costs as much as a cycle. */
    static Spec waiting(Mode mode, int cycles) {
        Spec spec = experiment(mode, false, cycles);
        return mode == Mode.process ? spec.with("retry: {interval: 5s}") : spec;
    }

    /** Many short cycles, so that something can happen in between. */
    static Spec slow(int cycles) {
        return slow(cycles, 500);
    }

    static Spec slow(int cycles, int intervalMs) {
        return experiment(Mode.listener, true, cycles).with("restart: {interval: %dms}".formatted(intervalMs));
    }

    /** Of a workload of this name. */
    static Spec slowOn(String kind, String name) {
        return slow(5).with("target: {workloadRef: {kind: %s, name: %s}}".formatted(kind, name));
    }
}
