package dev.rebind.operator.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.remote.AgentException;
import dev.rebind.operator.run.TargetAcquisition.Attempt;
import dev.rebind.operator.workload.LookupResult;
import dev.rebind.operator.workload.NoBackup;
import dev.rebind.operator.workload.TargetPod;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.operator.workload.TargetSessions;
import dev.rebind.operator.workload.TargetSessions.ClientsHeldException;
import dev.rebind.operator.workload.ToggleBackup;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TargetAcquisitionTest {
    private static final TargetPod MANAGED = FakeTarget.pod("server-0");
    private static final TargetPod FOREIGN = FakeTarget.pod("server-0", null);

    private final List<String> done = new ArrayList<>();
    private Supplier<LookupResult> found = () -> new LookupResult.Found(List.of(MANAGED));
    private @Nullable AgentException refuses;
    private @Nullable ClientsHeldException clientsHeld;
    private @Nullable String holder;
    private @Nullable KubernetesClientException holdersAway;

    private final class Source implements TargetSource {
        @Override
        public LookupResult find(boolean begun) {
            return found.get();
        }

        @Override
        public TargetSessions take(List<TargetPod> targets, boolean wantsClients, ToggleBackup backup)
                throws AgentException, ClientsHeldException {
            ClientsHeldException held = clientsHeld;
            if (held != null) {
                throw held;
            }
            AgentException refusal = refuses;
            if (refusal != null) {
                throw refusal;
            }
            done.add("taken");
            return new TargetSessions(List.<TargetSession>of(new FakeTarget("server-0")), null);
        }
    }

    private final class MadeUpHolds implements Holds {
        @Override
        public @Nullable String take(TargetPod target) {
            done.add("held");
            KubernetesClientException away = holdersAway;
            if (away != null) {
                throw away;
            }
            return holder;
        }

        @Override
        public void release() {
            done.add("released");
        }
    }

    private Attempt attempt(boolean wantsClients) throws InterruptedException {
        return new TargetAcquisition(new Source(), () -> false, new MadeUpHolds(), wantsClients, new NoBackup())
                .attempt();
    }

    @Test
    @DisplayName("When a workload has no agent, then it is held before it is taken, and stays held")
    void foreign() throws Exception {
        found = () -> new LookupResult.Found(List.of(FOREIGN));
        assertThat(attempt(false)).isInstanceOf(Attempt.Taken.class);
        assertThat(done).containsExactly("held", "taken");
    }

    @Test
    @DisplayName("When another experiment has the workload, then it is not taken, and who has it is told")
    void held() throws Exception {
        found = () -> new LookupResult.Found(List.of(FOREIGN));
        holder = "lab/first";
        assertThat(attempt(false))
                .isEqualTo(new Attempt.Refused("TargetHeld", "the target is held by experiment lab/first"));
        assertThat(done).containsExactly("held", "released");
    }

    @Test
    @DisplayName("When an agent does not answer, then its words are told, and the workload is free again")
    void unreachable() throws Exception {
        refuses = new AgentException("http://10.1.0.7:9000 does not answer");
        assertThat(attempt(false))
                .isEqualTo(new Attempt.Refused("TargetNotReady", "http://10.1.0.7:9000 does not answer"));
        assertThat(done).containsExactly("released");
    }

    @Test
    @DisplayName("When clients are wanted and there is no client pod, then nothing is taken")
    void noClients() throws Exception {
        assertThat(attempt(true))
                .isInstanceOfSatisfying(
                        Attempt.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo("NoClients"));
        assertThat(done).doesNotContain("taken");
    }

    @Test
    @DisplayName("When the clients work for another experiment, then that is told, and not that the target is held")
    void clientsHeld() throws Exception {
        clientsHeld = new ClientsHeldException("lab/first");
        assertThat(attempt(false)).isInstanceOfSatisfying(Attempt.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo("ClientsHeld");
            assertThat(refused.message())
                    .contains("clients are held by experiment lab/first")
                    .doesNotContain("target");
        });
        assertThat(done).containsExactly("released");
    }

    @Test
    @DisplayName("When the API server does not answer, then that is the refusal")
    void apiServerAway() throws Exception {
        found = () -> {
            throw new KubernetesClientException("connection refused");
        };
        assertThat(attempt(false))
                .isEqualTo(new Attempt.Refused("Unreachable", "the API server did not answer: connection refused"));
    }

    @Test
    @DisplayName("When the API server does not answer who has the workload, then nobody is named as its holder")
    void holderUnknown() throws Exception {
        found = () -> new LookupResult.Found(List.of(FOREIGN));
        holdersAway = new KubernetesClientException("connection refused");
        assertThat(attempt(false))
                .isEqualTo(new Attempt.Refused("Unreachable", "the API server did not answer: connection refused"));
        assertThat(done).containsExactly("held", "released");
    }
}
