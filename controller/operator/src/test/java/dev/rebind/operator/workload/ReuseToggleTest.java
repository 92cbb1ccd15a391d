package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.operator.workload.TargetPod.Network;
import dev.rebind.operator.workload.TargetPod.Toggle;
import dev.rebind.operator.workload.TargetPod.WorkloadId;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReuseToggleTest {
    private static final Toggle TOGGLE = new Toggle("settings", "reuse", "yes", "no");

    /** What was done to the key and to the backup, in that order. */
    private final List<String> done = new ArrayList<>();

    private final Map<String, String> keys = new LinkedHashMap<>();
    private final Backup backup = new Backup();

    private final ToggleMap map = new ToggleMap() {
        @Override
        public @Nullable String value(String namespace, Toggle toggle) {
            return keys.get(toggle.key());
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
        return new ReuseToggle(
                map,
                new TargetPod(
                        "shop",
                        new WorkloadId("Deployment", "web", "uid"),
                        "app=web",
                        "web-0",
                        "uid-0",
                        "web",
                        "node-1",
                        Network.pod,
                        "0.0.0.0",
                        8080,
                        "10.1.0.7",
                        8080,
                        null,
                        null,
                        null,
                        toggle,
                        List.of()),
                backup);
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
                .isTrue();
        assertThat(done).containsExactly("keep no", "set yes", "set no", "set yes", "set no");
    }

    @Test
    @DisplayName("When the key has the value already, then nothing is kept and nothing is changed")
    void alike() {
        keys.put("reuse", "yes");
        ReuseToggle toggle = toggle(TOGGLE);
        toggle.give(true);
        assertThat(toggle.now()).isTrue();
        assertThat(toggle.restore()).isFalse();
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
        assertThat(toggle.restore()).isFalse();
        assertThat(keys).containsEntry("reuse", "no");
    }

    @Test
    @DisplayName("When there is no toggle, then nothing is done")
    void none() {
        ReuseToggle toggle = toggle(null);
        toggle.give(true);
        assertThat(toggle.isThere()).isFalse();
        assertThat(toggle.now()).isNull();
        assertThat(toggle.restore()).isFalse();
        assertThat(done).isEmpty();
    }
}
