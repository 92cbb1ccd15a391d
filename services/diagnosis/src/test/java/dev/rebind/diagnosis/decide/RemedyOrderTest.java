package dev.rebind.diagnosis.decide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Remedy.Aim;
import dev.rebind.sockets.Family;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Remedies are told in one order")
class RemedyOrderTest {
    private static final Map<Aim, List<Remedy>> BY_AIM = Map.of(
            Aim.SOLVES,
            List.of(
                    new Remedy.EndProcesses(List.of(2), false, false),
                    new Remedy.EndFromOutside(1),
                    new Remedy.StopUnit("a.socket", OptionalLong.empty()),
                    new Remedy.StopSocketUnit(OptionalLong.empty()),
                    new Remedy.StopProxied("10.0.0.1:80"),
                    new Remedy.StopContainer("0123456789ab", Optional.empty()),
                    new Remedy.FindAsRoot(0, Optional.empty(), Remedy.Seer.ROOT),
                    new Remedy.ReuseAddressHere(),
                    new Remedy.OneListener(),
                    new Remedy.GrantCapability(1_024, true),
                    new Remedy.AskSecurity(),
                    new Remedy.DeviceUp("eth0")),
            Aim.WAITS,
            List.of(new Remedy.Wait(Duration.ofSeconds(60))),
            Aim.PREVENTS,
            List.of(
                    new Remedy.ReservePort(),
                    new Remedy.NotFromRange(),
                    new Remedy.CloseOnExec(),
                    new Remedy.CloseConnections()),
            Aim.OUTLIVES,
            List.of(new Remedy.ReuseAddressBoth(true, false), new Remedy.ReuseAddressOfHolder()),
            Aim.AVOIDS,
            List.of(
                    new Remedy.OneFamily(List.of()),
                    new Remedy.OtherAddress(List.of(), List.of()),
                    new Remedy.OtherDevice(List.of("eth0")),
                    new Remedy.ReusePortHere(0, false),
                    new Remedy.ReusePortAsUser(0, Optional.empty()),
                    new Remedy.ReusePortPerhaps(),
                    new Remedy.UseLocalAddress(List.of(), true),
                    new Remedy.NonlocalBind(Family.IPV4),
                    new Remedy.AnotherPort()));

    @Test
    @DisplayName("each has the aim that is written here, and none is left out")
    void aims() {
        BY_AIM.forEach((aim, remedies) -> assertThat(remedies)
                .allSatisfy(remedy -> assertThat(remedy.aim()).as("%s", remedy).isEqualTo(aim)));
        assertThat(BY_AIM.values().stream()
                        .flatMap(List::stream)
                        .map(Object::getClass)
                        .collect(Collectors.toSet()))
                .hasSameElementsAs(Arrays.asList(Remedy.class.getPermittedSubclasses()));
    }

    @Test
    @DisplayName("what solves the cause, what waits, what prevents it and what it leaves, and then ways around")
    void order() {
        assertThat(EnumSet.allOf(Aim.class))
                .containsExactly(Aim.SOLVES, Aim.WAITS, Aim.PREVENTS, Aim.OUTLIVES, Aim.AVOIDS);
        assertThat(BY_AIM.get(Aim.PREVENTS)).noneMatch(Remedy::now);
        assertThat(BY_AIM.get(Aim.OUTLIVES)).noneMatch(Remedy::now);
        assertThat(BY_AIM.get(Aim.AVOIDS)).allMatch(Remedy::now);
    }
}
