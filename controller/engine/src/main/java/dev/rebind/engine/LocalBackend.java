package dev.rebind.engine;

import dev.rebind.plan.PlannedCycle;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.sockets.proc.Namespace;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Cycles on this machine. */
class LocalBackend implements Backend {
    private final Namespace namespace = new Namespace();

    @Override
    public String name() {
        return "local";
    }

    @Override
    public boolean ephemeral(int port) {
        return namespace.ephemeral(port);
    }

    @Override
    public @Nullable ClusterPlace cluster() {
        return null;
    }

    @Override
    public String host() {
        return "";
    }

    @Override
    public String clientAddress() {
        return "";
    }

    @Override
    public Duration samplePeriod() {
        return Duration.ofMillis(25);
    }

    @Override
    public void preparing(PlannedCycle cycle) {}
}
