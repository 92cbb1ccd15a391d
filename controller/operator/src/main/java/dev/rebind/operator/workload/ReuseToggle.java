package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A target's toggle, and the former value of its key. For one thread. */
final class ReuseToggle {
    private final ToggleMap map;
    private final String namespace;
    private final @Nullable Toggle toggle;
    private final ToggleBackup backup;
    /** Whether a controller changed the key before and died, so that the running container's value is not known. */
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

    /** Sets the value for new containers. Stores the former value first. */
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

    /**
     * Restores the key's former value.
     *
     * @return whether the last container was started with another one
     */
    boolean restore() {
        ToggleBackup.Value before = backup.value();
        if (before == null || toggle == null) {
            return false;
        }
        map.set(namespace, before.configMap(), before.key(), before.value());
        return !Objects.equals(toggle.meaning(before.value()), given);
    }
}
