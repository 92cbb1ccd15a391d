package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A target's toggle, and the former value of its key. For one thread. */
final class ReuseToggle {
    /** The kubelet reads the key before it starts a container, and both moments are known to a second. */
    private static final Duration READING = Duration.ofSeconds(2);

    private final ToggleMap map;
    private final String namespace;
    private final @Nullable Toggle toggle;
    private final ToggleBackup backup;
    /** Whether an earlier controller changed the key and died, so that the running container's value is not known. */
    private final boolean inherited;

    private @Nullable Boolean given;

    ReuseToggle(ToggleMap map, TargetPod target, ToggleBackup backup) {
        this.map = map;
        this.namespace = target.namespace();
        this.toggle = target.toggle();
        this.backup = backup;
        this.inherited = backup.value() != null;
    }

    boolean isThere() {
        return toggle != null;
    }

    /** Whether the present container may have another value than the key. */
    boolean inherited() {
        return inherited;
    }

    /** The meaning of the key now; null if it is neither on nor off, or there is no key. */
    @Nullable
    Boolean now() {
        return toggle == null ? null : toggle.meaning(map.value(namespace, toggle));
    }

    /** Sets the value for new containers. Stores the former value before that. */
    void give(boolean reuseAddress) {
        if (toggle == null) {
            return;
        }
        String value = toggle.value(reuseAddress);
        String now = map.value(namespace, toggle);
        given = reuseAddress;
        if (value.equals(now)) {
            return;
        }
        if (backup.value() == null) {
            backup.keep(new ToggleBackup.Value(toggle.configMap(), toggle.key(), now));
        }
        map.set(namespace, toggle.configMap(), toggle.key(), value);
    }

    /** Whether a container that started at that moment may have read another value than the key has now. */
    boolean mayDiffer(Instant started) {
        if (toggle == null) {
            return false;
        }
        Instant changed = map.changed(namespace, toggle);
        return changed == null || started.isBefore(changed.plus(READING));
    }

    /** The value that the last container has after the key has its former value again. */
    enum Restored {
        /** The same value. */
        alike,
        /** Another value, until the container starts again. */
        untilNextStart,
        /** Another value, so the container is to be restarted. */
        toBeRestarted
    }

    /** Restores the key's former value. */
    Restored restore() {
        ToggleBackup.Value before = backup.value();
        if (before == null || toggle == null) {
            return Restored.alike;
        }
        map.set(namespace, before.configMap(), before.key(), before.value());
        if (Objects.equals(toggle.meaning(before.value()), given)) {
            return Restored.alike;
        }
        return switch (toggle.restore()) {
            case now -> Restored.toBeRestarted;
            case next_start -> Restored.untilNextStart;
        };
    }
}
