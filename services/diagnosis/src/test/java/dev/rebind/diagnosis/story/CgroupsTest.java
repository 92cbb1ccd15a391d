package dev.rebind.diagnosis.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Story;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the cgroup of a process is read")
class CgroupsTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    private static Optional<Story> story(String cgroup) {
        return Cgroups.story(cgroup, false);
    }

    private static Optional<Story> unit(String name, OptionalLong user) {
        return Optional.of(new Story.Unit(name, user, false));
    }

    @Test
    @DisplayName("a container is found as Docker, containerd and CRI-O name it")
    void container() {
        assertThat(story("0::/system.slice/docker-" + ID + ".scope\n"))
                .contains(new Story.Container(ID, Optional.empty()));
        assertThat(story("12:cpu:/kubepods/burstable/pod1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff/" + ID + "\n"))
                .contains(new Story.Container(ID, Optional.of("1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff")));
        assertThat(story("0::/kubepods.slice/kubepods-pod1f0e5c3a_0b1d_4c5e_8f00_aabbccddeeff.slice/cri-containerd-"
                        + ID + ".scope\n"))
                .contains(new Story.Container(ID, Optional.of("1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff")));
    }

    @Test
    @DisplayName("a unit of systemd is found, and a user's manager is none")
    void unit() {
        assertThat(story("0::/system.slice/nginx.service\n")).isEqualTo(unit("nginx.service", OptionalLong.empty()));
        assertThat(story("0::/user.slice/user-1000.slice/user@1000.service\n")).isEmpty();
        assertThat(story("0::/user.slice/user-1000.slice/session-3.scope\n")).isEmpty();
        assertThat(story("0::/\n")).isEmpty();
    }

    @Test
    @DisplayName("a unit of a user's manager is told with the user")
    void ofUser() {
        assertThat(story("0::/user.slice/user-1000.slice/user@1000.service/app.slice/foo.service\n"))
                .isEqualTo(unit("foo.service", OptionalLong.of(1_000)));
        assertThat(story("0::/user.slice/user-1000.slice/user@1000.service/init.scope\n"))
                .isEmpty();
    }

    @Test
    @DisplayName("a name is what systemd would call the unit, and one that no unit has is none")
    void names() {
        assertThat(story("0::/system.slice/_cpu.service\n")).isEqualTo(unit("cpu.service", OptionalLong.empty()));
        assertThat(story("0::/a; reboot;.service\n")).isEmpty();
        assertThat(story("0::/\u001b[31m.service\n")).isEmpty();
    }
}
