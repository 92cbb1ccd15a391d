package dev.rebind.operator.workload;

import dev.rebind.operator.workload.TargetPod.Toggle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A target's toggle, and what it had before. For one thread. */
final class ReuseToggle {
    private final ToggleMap map;
    private final String namespace;
    private final @Nullable Toggle toggle;
    private final ToggleBackup backup;
    /** Whether somebody before this had changed the key, and died: what the running container was told is not known. */
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

    /** Whether a container that is there may have been told another value than the key has. */
    boolean inherited() {
        return inherited;
    }

    /** What the key means now; null where it is neither on nor off, or there is none. */
    @Nullable
    Boolean now() {
        return toggle == null ? null : toggle.meaning(map.value(namespace, toggle));
    }

    /** Has fresh containers told this. Keeps what they were told before, first. */
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
     * Gives the key its former value.
     *
     * @return whether the last container was told another one
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
