package dev.rebind.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Explanation;
import dev.rebind.agent.Explanation.Told;
import dev.rebind.diagnosis.Cause;
import dev.rebind.record.server.ClusterPlace;
import dev.rebind.sockets.release.Release;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CycleProseTest {
    private static ClusterPlace place(@Nullable Double startMs, @Nullable Boolean backOff) {
        return new ClusterPlace("lab", "web-0", "web", "node-1", "pod", false, startMs, backOff);
    }

    @Test
    @DisplayName(
            "When the kubelet held the new container back, then how long that took is told, and what to do about it")
    void backOff() {
        assertThat(CycleProse.backOff(place(19_700.0, true)))
                .hasValueSatisfying(sentence -> assertThat(sentence)
                        .startsWith(
                                "From the order to stop until the new container ran 19.7 s went by: the kubelet held"
                                        + " its start back (CrashLoopBackOff)")
                        .contains("restart.mode: pod", "mode: process"));
    }

    @Test
    @DisplayName("What a server lacks is said of the pod and the container that it runs in")
    void whose() {
        assertThat(CycleProse.whose(advice("reuse_address_both"), place(1.0, null)))
                .contains("The server that could not bind is that of container web in pod web-0 of namespace lab.");
        assertThat(CycleProse.whose(advice("reuse_address_both"), null)).isEmpty();
        assertThat(CycleProse.whose(advice("reserve_port"), place(1.0, null))).isEmpty();
        assertThat(CycleProse.whose(
                        Explanation.unknown(new Release.Unbounded("it is not known"), "Nothing is."), place(1.0, null)))
                .isEmpty();
    }

    private static Explanation advice(String kind) {
        String text = "Do something about it.";
        var told = new Told(List.of(), List.of(), List.of(new Explanation.Remedy(kind, false, text)));
        return new Explanation(Cause.time_wait, List.of(), new Release.Free(), true, List.of(), text, told);
    }

    @Test
    @DisplayName("Where it was not seen to, nothing is said, however long the container took")
    void noBackOff() {
        assertThat(CycleProse.backOff(place(19_700.0, null))).isEmpty();
        assertThat(CycleProse.backOff(place(null, true))).isEmpty();
        assertThat(CycleProse.backOff(null)).isEmpty();
    }
}
