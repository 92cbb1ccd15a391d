package dev.rebind.diagnosis.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessAnswer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What ends a holder of a listener")
class HolderEndTest {
    private static final Story UNIT = new Story.Unit("web.service", OptionalLong.empty(), true);
    private static final Story OTHER_UNIT = new Story.Unit("docker.service", OptionalLong.empty(), false);

    private static Holder.Found found(int pid, Story... stories) {
        return new Holder.Found(pid, new ProcessAnswer.Gone(), List.of(stories));
    }

    private static List<Remedy> end(Holder.Found... all) {
        return HolderEnd.of(true, new Holder.Processes(Arrays.asList(all)));
    }

    @Test
    @DisplayName("is its unit, where the unit serves with all of them")
    void unit() {
        assertThat(end(found(12, UNIT), found(13, new Story.WorkerOf(12), UNIT)))
                .containsExactly(new Remedy.StopUnit("web.service", OptionalLong.empty()));
        assertThat(end(found(12, UNIT), found(14, OTHER_UNIT)))
                .containsExactly(new Remedy.EndProcesses(List.of(12, 14), false, false));
        assertThat(end(found(12, new Story.Unit("web.service", OptionalLong.of(1_000), true))))
                .containsExactly(new Remedy.StopUnit("web.service", OptionalLong.of(1_000)));
    }

    @Test
    @DisplayName("is the container behind a proxy, and not the unit that the proxy is in")
    void proxy() {
        assertThat(end(found(12, new Story.ProxyFor("172.17.0.2:80"), OTHER_UNIT)))
                .containsExactly(new Remedy.StopProxied("172.17.0.2:80"));
    }

    @Test
    @DisplayName("is the socket unit, and never the service manager that has the socket")
    void manager() {
        assertThat(end(found(1, new Story.Activator(List.of("web.socket"), "", true))))
                .containsExactly(new Remedy.StopUnit("web.socket", OptionalLong.empty()));
        assertThat(end(found(1, new Story.Activator(List.of(), "", true))))
                .containsExactly(new Remedy.StopSocketUnit(OptionalLong.empty()));
        assertThat(end(found(70, new Story.Activator(List.of(), "/bin/cat", false))))
                .containsExactly(new Remedy.EndProcesses(List.of(70), false, false));
    }

    @Test
    @DisplayName("is SIGKILL where SIGTERM does not end it, and nothing from inside where it is process 1 here")
    void shields() {
        assertThat(end(found(12, new Story.OutlivesSigterm(Story.Shield.FIRST_BELOW))))
                .containsExactly(new Remedy.EndProcesses(List.of(12), false, true));
        assertThat(end(found(1, new Story.OutlivesSigterm(Story.Shield.FIRST))))
                .containsExactly(new Remedy.EndFromOutside(1));
        assertThat(end(found(1, new Story.OutlivesSigterm(Story.Shield.BLOCKED))))
                .containsExactly(new Remedy.EndFromOutside(1));
    }

    @Test
    @DisplayName("is its container")
    void container() {
        assertThat(end(found(12, new Story.Container("0123456789ab", Optional.empty()))))
                .containsExactly(new Remedy.StopContainer("0123456789ab", Optional.empty()));
    }
}
