package dev.rebind.operator.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.agent.wire.WireMessages.BaselineState;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OwnServerTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private static OwnServer.States saying(BaselineState... states) {
        Queue<BaselineState> left = new ArrayDeque<>(List.of(states));
        return () -> {
            BaselineState next = left.size() == 1 ? left.element() : left.remove();
            if (next == BaselineState.ended) {
                throw new AgentException("the agent at http://10.0.0.7:7070 cannot be reached");
            }
            return next;
        };
    }

    @Test
    @DisplayName("When the agent's own server cannot bind at first, then the target is given back once it is bound")
    void waits() throws Exception {
        long since = System.nanoTime() - Duration.ofSeconds(60).toNanos();
        Restoration restoration = OwnServer.await(
                saying(BaselineState.held, BaselineState.failing, BaselineState.ended, BaselineState.bound),
                since,
                LONG);
        assertThat(restoration)
                .isInstanceOfSatisfying(
                        Restoration.Listening.class,
                        listening -> assertThat(listening.without()).isGreaterThan(Duration.ofSeconds(60)));
    }

    @Test
    @DisplayName("When the agent has no server of its own, then there is nothing to wait for")
    void none() throws Exception {
        assertThat(OwnServer.await(saying(BaselineState.idle), System.nanoTime(), LONG))
                .isEqualTo(new Restoration.Listening(Duration.ZERO));
    }

    @Test
    @DisplayName("When it is not bound in time, then that is said in the agent's words")
    void inVain() throws Exception {
        assertThat(OwnServer.await(saying(BaselineState.failing), System.nanoTime(), Duration.ZERO))
                .isInstanceOfSatisfying(
                        Restoration.NotListening.class,
                        silent -> assertThat(silent.why()).contains("failing"));
        assertThat(OwnServer.await(saying(BaselineState.ended), System.nanoTime(), Duration.ZERO))
                .isInstanceOfSatisfying(
                        Restoration.NotListening.class,
                        silent -> assertThat(silent.why()).contains("cannot be reached"));
    }

    @Test
    @DisplayName("When several targets are given back, then the worst and the longest counts")
    void several() {
        var quick = new Restoration.Listening(Duration.ofSeconds(1));
        var slow = new Restoration.Listening(Duration.ofSeconds(60));
        var silent = new Restoration.NotListening("not seen");
        var failed = new Restoration.Failed("forbidden");
        assertThat(Restoration.of(List.of(slow, quick))).isEqualTo(slow);
        assertThat(Restoration.of(List.of(quick, silent, slow))).isEqualTo(silent);
        var later = new Restoration.AtNextStart(Duration.ofSeconds(2));
        assertThat(Restoration.of(List.of(quick, later))).isEqualTo(later);
        assertThat(Restoration.of(List.of(later, slow))).isEqualTo(new Restoration.AtNextStart(Duration.ofSeconds(60)));
        assertThat(Restoration.of(List.of(later, silent))).isEqualTo(silent);
        assertThat(Restoration.of(List.of(failed, later))).isEqualTo(failed);
        assertThat(Restoration.of(List.of(failed, silent, slow))).isEqualTo(failed);
    }
}
