package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Sets and restores the toggle of a target. Only one thread may use it. */
final class ReuseToggle {
    /**
     * The uncertainty about whether a container has read a new value. The kubelet reads the key before it starts the
     * container, and both moments are known only to a second.
     */
    private static final Duration READING = Duration.ofSeconds(2);

    private final ToggleMap map;
    private final String namespace;
    private final @Nullable Toggle toggle;
    private final ToggleBackup backup;
    /** Whether an earlier controller changed the key and died. Then it is unknown which value the running container has read. */
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

    /**
     * Whether the running container may have read another value than the key has, because an earlier controller changed
     * the key.
     */
    boolean inherited() {
        return inherited;
    }

    /** Returns whether the key is on or off now; null if it is neither, or there is no key. */
    @Nullable
    Boolean now() {
        return toggle == null ? null : toggle.meaning(map.value(namespace, toggle));
    }

    /** Sets the value that new containers read. Stores the key's former value first. */
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

    /** Whether a container that started at this moment may have read another value than the key has now. */
    boolean mayDiffer(Instant started) {
        if (toggle == null) {
            return false;
        }
        Instant changed = map.changed(namespace, toggle);
        return changed == null || started.isBefore(changed.plus(READING));
    }

    /** Whether the last container still has the right value after the key got its former value back. */
    enum Restored {
        /** The container has the same value as the key. */
        alike,
        /** The container has another value until it starts again. */
        untilNextStart,
        /** The container has another value, and the experiment asks for a restart. */
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
