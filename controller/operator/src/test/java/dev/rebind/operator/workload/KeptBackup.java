package dev.rebind.operator.workload;

import org.jspecify.annotations.Nullable;

/** Keeps what it is given. */
final class KeptBackup implements ToggleBackup {
    private @Nullable Value kept;

    @Override
    public @Nullable Value value() {
        return kept;
    }

    @Override
    public void keep(Value value) {
        kept = value;
    }
}
