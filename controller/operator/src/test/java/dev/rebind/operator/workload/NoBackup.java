package dev.rebind.operator.workload;

import org.jspecify.annotations.Nullable;

/** Of a target without a toggle. */
public final class NoBackup implements ToggleBackup {
    @Override
    public @Nullable Value value() {
        return null;
    }

    @Override
    public void keep(Value value) {
        throw new AssertionError("there is no toggle");
    }
}
