package dev.rebind.diagnosis.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.finding.Story;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the cgroup of a process is read")
class CgroupsTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @Test
    @DisplayName("a container is found as Docker, containerd and CRI-O name it")
    void container() {
        assertThat(Cgroups.story("0::/system.slice/docker-" + ID + ".scope\n"))
                .contains(new Story.Container(ID, Optional.empty()));
        assertThat(Cgroups.story("12:cpu:/kubepods/burstable/pod1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff/" + ID + "\n"))
                .contains(new Story.Container(ID, Optional.of("1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff")));
        assertThat(Cgroups.story(
                        "0::/kubepods.slice/kubepods-pod1f0e5c3a_0b1d_4c5e_8f00_aabbccddeeff.slice/cri-containerd-" + ID
                                + ".scope\n"))
                .contains(new Story.Container(ID, Optional.of("1f0e5c3a-0b1d-4c5e-8f00-aabbccddeeff")));
    }

    @Test
    @DisplayName("a unit of systemd is found, and a user's manager is none")
    void unit() {
        assertThat(Cgroups.story("0::/system.slice/nginx.service\n")).contains(new Story.Unit("nginx.service"));
        assertThat(Cgroups.story("0::/user.slice/user-1000.slice/user@1000.service\n"))
                .isEmpty();
        assertThat(Cgroups.story("0::/user.slice/user-1000.slice/session-3.scope\n"))
                .isEmpty();
        assertThat(Cgroups.story("0::/\n")).isEmpty();
    }
}
