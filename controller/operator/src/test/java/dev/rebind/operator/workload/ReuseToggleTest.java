package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.experiment.workload.Restore;
import dev.rebind.operator.workload.ReuseToggle.Restored;
import dev.rebind.operator.workload.TargetPod.Toggle;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReuseToggleTest {
    private static final Toggle TOGGLE = new Toggle("settings", "reuse", "yes", "no", Restore.now);

    /** What was done to the key and to the backup, in that order. */
    private final List<String> done = new ArrayList<>();

    private final Map<String, String> keys = new LinkedHashMap<>();
    private final Backup backup = new Backup();
    private @Nullable Instant changed;

    private final ToggleMap map = new ToggleMap() {
        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            return keys.get(toggle.key());
        }

        @Override
        public @Nullable Instant changed(String namespace, Toggle toggle) {
            return changed;
        }

        @Override
        public void set(String namespace, String configMap, String key, @Nullable String value) {
            done.add("set " + value);
            if (value == null) {
                keys.remove(key);
            } else {
                keys.put(key, value);
            }
        }
    };

    private final class Backup implements ToggleBackup {
        private @Nullable Value kept;
        private boolean refuses;

        @Override
        public @Nullable Value value() {
            return kept;
        }

        @Override
        public void keep(Value value) {
            if (refuses) {
                throw new KubernetesClientException("the experiment is not this controller's any more");
            }
            done.add("keep " + value.value());
            kept = value;
        }
    }

    private ReuseToggle toggle(@Nullable Toggle toggle) {
        return new ReuseToggle(map, WebPod.target("web-0", "node-1", toggle), backup);
    }

    @Test
    @DisplayName("When the key is changed, then its former value is kept before, once, and given back at the end")
    void keptFirst() {
        keys.put("reuse", "no");
        ReuseToggle toggle = toggle(TOGGLE);
        toggle.give(true);
        toggle.give(false);
        toggle.give(true);
        assertThat(toggle.restore())
                .as("the last container was told another value")
                .isEqualTo(Restored.toBeRestarted);
        assertThat(done).containsExactly("keep no", "set yes", "set no", "set yes", "set no");
    }

    @Test
    @DisplayName("When the key has the value already, then nothing is kept and nothing is changed")
    void alike() {
        keys.put("reuse", "yes");
        ReuseToggle toggle = toggle(TOGGLE);
        toggle.give(true);
        assertThat(toggle.now()).isTrue();
        assertThat(toggle.restore()).isEqualTo(Restored.alike);
        assertThat(done).isEmpty();
    }

    @Test
    @DisplayName("When the key was not there, then it is taken away again at the end")
    void absent() {
        ReuseToggle toggle = toggle(TOGGLE);
        assertThat(toggle.now()).isNull();
        toggle.give(false);
        assertThat(keys).containsEntry("reuse", "no");
        toggle.restore();
        assertThat(keys).isEmpty();
    }

    @Test
    @DisplayName("When the former value cannot be kept, then the key is not changed")
    void notKept() {
        keys.put("reuse", "no");
        backup.refuses = true;
        ReuseToggle toggle = toggle(TOGGLE);
        assertThatThrownBy(() -> toggle.give(true)).isInstanceOf(KubernetesClientException.class);
        assertThat(done).isEmpty();
    }

    @Test
    @DisplayName("When a controller before this one had changed the key, then what that one kept is given back")
    void inherited() {
        keys.put("reuse", "yes");
        backup.kept = new ToggleBackup.Value("settings", "reuse", "no");
        ReuseToggle toggle = toggle(TOGGLE);
        assertThat(toggle.inherited()).isTrue();
        toggle.give(false);
        toggle.give(true);
        toggle.restore();
        assertThat(done).containsExactly("set no", "set yes", "set no");
    }

    @Test
    @DisplayName(
            "When the key has the value at the end that the last container was told, then no container is to be replaced")
    void toldIt() {
        keys.put("reuse", "no");
        ReuseToggle toggle = toggle(TOGGLE);
        toggle.give(true);
        toggle.give(false);
        assertThat(toggle.restore()).isEqualTo(Restored.alike);
        assertThat(keys).containsEntry("reuse", "no");
    }

    @Test
    @DisplayName("When there is no toggle, then nothing is done")
    void none() {
        ReuseToggle toggle = toggle(null);
        toggle.give(true);
        assertThat(toggle.isThere()).isFalse();
        assertThat(toggle.now()).isNull();
        assertThat(toggle.mayDiffer(Instant.EPOCH)).isFalse();
        assertThat(toggle.restore()).isEqualTo(Restored.alike);
        assertThat(done).isEmpty();
    }

    @Test
    @DisplayName(
            "When nobody asks for a restart, then the key has its former value, and the last container keeps its own until its next start")
    void nextStart() {
        keys.put("reuse", "no");
        ReuseToggle toggle = toggle(new Toggle("settings", "reuse", "yes", "no", Restore.next_start));
        toggle.give(true);
        assertThat(toggle.restore()).isEqualTo(Restored.untilNextStart);
        assertThat(keys).containsEntry("reuse", "no");
    }

    @Test
    @DisplayName(
            "When a controller died after it gave the key back and before it restarted the container, then its successor restarts that")
    void diedBetween() {
        keys.put("reuse", "no");
        backup.kept = new ToggleBackup.Value("settings", "reuse", "no");
        assertThat(toggle(TOGGLE).restore()).isEqualTo(Restored.toBeRestarted);
    }

    @Test
    @DisplayName("When a container was started before the key got its value, or nobody knows, then it may have another")
    void started() {
        keys.put("reuse", "no");
        ReuseToggle toggle = toggle(TOGGLE);
        assertThat(toggle.mayDiffer(Instant.EPOCH)).as("not known").isTrue();
        changed = Instant.EPOCH.plusSeconds(100);
        assertThat(toggle.mayDiffer(Instant.EPOCH.plusSeconds(99))).isTrue();
        assertThat(toggle.mayDiffer(Instant.EPOCH.plusSeconds(101)))
                .as("the kubelet reads the key before it starts the container")
                .isTrue();
        assertThat(toggle.mayDiffer(Instant.EPOCH.plusSeconds(102))).isFalse();
    }
}
