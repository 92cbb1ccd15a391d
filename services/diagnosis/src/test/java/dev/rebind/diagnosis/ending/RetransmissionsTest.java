package dev.rebind.diagnosis.ending;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When nobody acknowledges what a connection sends")
class RetransmissionsTest {
    private static Retransmissions of(long toNext, long rto, int doublings, boolean orphan, OptionalLong userTimeout) {
        return new Retransmissions(toNext, rto, doublings, orphan, 0, 15, userTimeout);
    }

    @Test
    @DisplayName("an orphan on loopback is given up after eight tries, 104 s from the first sending (108 s measured)")
    void orphan() {
        assertThat(of(204, 204, 0, true, OptionalLong.empty()).end()).isBetween(102_000L, 106_000L);
    }

    @Test
    @DisplayName("the end does not move as time goes by and the timeout doubles")
    void movesOn() {
        long start = of(204, 204, 0, true, OptionalLong.empty()).end();
        // After three retransmissions 204 * (2^3 - 1) ms have gone, and the timeout is 1632 ms.
        long later = of(1_632, 1_632, 3, true, OptionalLong.empty()).end() + 204 * 7;
        assertThat(later).isEqualTo(start);
    }

    @Test
    @DisplayName("a connection of a process takes fifteen tries, which is a quarter of an hour")
    void held() {
        assertThat(of(204, 204, 0, false, OptionalLong.empty()).end()).isBetween(920_000L, 1_060_000L);
    }

    @Test
    @DisplayName(
            "TCP_USER_TIMEOUT ends it that long after the first retransmission, whatever the doublings (20 s set, 20 s measured)")
    void userTimeout() {
        OptionalLong set = OptionalLong.of(20_000);
        assertThat(of(204, 204, 0, false, set).end()).isEqualTo(20_204);
        // After three retransmissions, 204 * (1 + 2 + 4) ms later.
        assertThat(of(1_632, 1_632, 3, false, set).end() + 204 * 7).isEqualTo(20_204);
        // What is left of it is less than the timer of the model.
        assertThat(of(900, 13_056, 6, false, set).end()).isEqualTo(900);
    }

    @Test
    @DisplayName("TCP_USER_TIMEOUT ends it that long after the first probe of a closed window, too")
    void userTimeoutOfProbes() {
        OptionalLong set = OptionalLong.of(20_000);
        assertThat(of(204, 204, 0, false, set).probesEnd(0, true)).isEqualTo(20_204);
        assertThat(of(816, 204, 2, false, set).probesEnd(0, true) + 204 * 3).isEqualTo(20_204);
    }

    @Test
    @DisplayName(
            "an orphan whose peer answers the probes of its closed window is given up when the timeout is at its longest (338 s measured)")
    void closedWindow() {
        assertThat(of(204, 204, 0, true, OptionalLong.empty()).probesEnd(0, true))
                .isBetween(325_000L, 340_000L);
    }

    @Test
    @DisplayName(
            "an orphan whose peer does not answer the probes either is given up after eight of them (104 s measured)")
    void silentProbes() {
        assertThat(of(204, 204, 0, true, OptionalLong.empty()).probesEnd(0, false))
                .isBetween(102_000L, 106_000L);
        // After two probes, 204 * (1 + 2) ms later.
        assertThat(of(816, 204, 2, true, OptionalLong.empty()).probesEnd(2, false) + 204 * 3)
                .isEqualTo(of(204, 204, 0, true, OptionalLong.empty()).probesEnd(0, false));
    }

    @Test
    @DisplayName("a connection of a process whose peer does not answer the probes is given up after fifteen of them")
    void heldSilentProbes() {
        assertThat(of(204, 204, 0, false, OptionalLong.empty()).probesEnd(0, false))
                .isBetween(900_000L, 1_060_000L);
    }
}
