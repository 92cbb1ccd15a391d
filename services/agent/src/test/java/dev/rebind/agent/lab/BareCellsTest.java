package dev.rebind.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rebind.agent.Agent.Start;
import dev.rebind.agent.Explanation;
import dev.rebind.agent.lab.BareCell.Left;
import dev.rebind.diagnosis.Cause;
import dev.rebind.sockets.Reading;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.release.ReleasePredictor;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BareCellsTest {
    private final BareCells cells = new BareCells(SocketReaders.best(), new ReleasePredictor());

    /** Old address, where the client connects, new address. */
    private static final String[][] ADDRESSES = {
        {"127.0.0.1", "127.0.0.1", "127.0.0.1"},
        {"127.0.0.1", "127.0.0.1", "0.0.0.0"},
        {"127.0.0.1", "127.0.0.1", "127.0.0.2"},
        {"0.0.0.0", "127.0.0.1", "127.0.0.1"},
        {"::1", "::1", "::1"},
        {"::1", "::1", "::"},
        {"::1", "::1", "127.0.0.1"},
        {"::", "127.0.0.1", "::"},
        {"::", "127.0.0.1", "127.0.0.2"},
        {"::", "::1", "0.0.0.0"},
        {"127.0.0.1", "127.0.0.1", "::"},
    };

    static Stream<Arguments> table() {
        return Stream.of(Left.values())
                .flatMap(left -> Stream.of(ADDRESSES)
                        .flatMap(at -> IntStream.range(0, 16)
                                .mapToObj(flags -> Arguments.of(
                                        left,
                                        at[0],
                                        at[1],
                                        at[2],
                                        (flags & 1) != 0,
                                        (flags & 2) != 0,
                                        (flags & 4) != 0,
                                        (flags & 8) != 0))));
    }

    @ParameterizedTest(name = "{0} on {1}, then {3}; SO_REUSEADDR {4} → {5}, SO_REUSEPORT {6} → {7}")
    @MethodSource("table")
    @DisplayName("the old side is in the state that was asked for, and the kernel does what the rule says")
    void table(
            Left left,
            String old,
            String connectTo,
            String fresh,
            boolean oldReuse,
            boolean newReuse,
            boolean oldPort,
            boolean newPort)
            throws Exception {
        var cell = new BareCell(
                new BareCell.Old(old, false, oldReuse, oldPort, left, connectTo),
                new BareCell.Fresh(fresh, false, newReuse, newPort),
                FreePorts.next(),
                false);

        CellRun run = cells.run(cell);

        assertThat(run).isInstanceOfSatisfying(CellRun.Ran.class, ran -> {
            assertThat(ran.shortfall()).isNull();
            assertThat(ran.expected().passes()).isNotEqualTo(Flag.UNKNOWN);
            agrees(ran);
            if (ran.start() instanceof Start.Failed) {
                assertThat(explanation(ran).cause()).isEqualTo(cause(left));
                assertThat(explanation(ran).blocking()).hasSize(1);
                assertThat(explanation(ran).confident()).isTrue();
            }
        });
    }

    private static Cause cause(Left left) {
        return switch (left) {
            case NONE -> throw new AssertionError("nothing was there, and the bind failed");
            case BOUND -> Cause.bound_not_listening;
            case LISTEN -> Cause.listener_old;
            case ESTABLISHED -> Cause.established;
            case CLOSE_WAIT -> Cause.close_wait;
            case FIN_WAIT_2 -> Cause.fin_wait2;
            case TIME_WAIT -> Cause.time_wait;
        };
    }

    private static Explanation explanation(CellRun.Ran ran) {
        return Objects.requireNonNull(ran.explanation(), "a failure has an explanation");
    }

    private static void agrees(CellRun.Ran ran) {
        switch (ran.start()) {
            case Start.Bound _ -> assertThat(ran.expected()).isEqualTo(new CellRun.Expected(Flag.ON, null));
            case Start.Failed failed -> {
                assertThat(failed.addressInUse()).isTrue();
                assertThat(ran.expected()).isEqualTo(new CellRun.Expected(Flag.OFF, failed.call()));
            }
            case Start.Broken broken -> throw new AssertionError(broken);
        }
    }

    @ParameterizedTest(name = "{0} and {1} at the same moment; reuse {2} → {3}")
    @CsvSource({
        "127.0.0.1, 127.0.0.1, false, false, bind",
        "127.0.0.1, 127.0.0.1, true, false, bind",
        "127.0.0.1, 127.0.0.1, true, true, listen",
        "127.0.0.1, 0.0.0.0, true, true, listen",
        "127.0.0.1, ::, true, true, listen",
        "127.0.0.1, 127.0.0.2, false, false, ",
    })
    @DisplayName("two servers that start at the same moment: bind fails, or listen with SO_REUSEADDR on both")
    void simultaneous(String old, String fresh, boolean oldReuse, boolean newReuse, String call) throws Exception {
        var cell = new BareCell(
                new BareCell.Old(old, false, oldReuse, false, Left.BOUND, old),
                new BareCell.Fresh(fresh, false, newReuse, false),
                FreePorts.next(),
                true);

        assertThat(cells.run(cell)).isInstanceOfSatisfying(CellRun.Ran.class, ran -> {
            agrees(ran);
            assertThat(ran.expected().call()).isEqualTo(call);
            if ("listen".equals(call)) {
                assertThat(explanation(ran).cause()).isEqualTo(Cause.listener_old);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(Left.class)
    @DisplayName("SO_REUSEPORT on both lets them share the port in every state")
    void reusePort(Left left) throws Exception {
        var cell = new BareCell(
                new BareCell.Old("127.0.0.1", false, false, true, left, "127.0.0.1"),
                new BareCell.Fresh("127.0.0.1", false, false, true),
                FreePorts.next(),
                false);

        assertThat(cells.run(cell)).isInstanceOfSatisfying(CellRun.Ran.class, ran -> {
            agrees(ran);
            assertThat(ran.start()).isInstanceOf(Start.Bound.class);
        });
    }

    @Test
    @DisplayName("an IPv6 wildcard that is v6Only does not meet an IPv4 listener")
    void v6Only() throws Exception {
        var cell = new BareCell(
                new BareCell.Old("127.0.0.1", false, false, false, Left.LISTEN, "127.0.0.1"),
                new BareCell.Fresh("::", true, false, false),
                FreePorts.next(),
                false);

        assertThat(cells.run(cell)).isInstanceOfSatisfying(CellRun.Ran.class, ran -> {
            agrees(ran);
            assertThat(ran.start()).isInstanceOf(Start.Bound.class);
        });
    }

    @Test
    @DisplayName("an old address that is none of this machine's is said, and nothing was tried")
    void foreignAddress() throws Exception {
        var cell = new BareCell(
                new BareCell.Old("192.0.2.1", false, false, false, Left.LISTEN, "192.0.2.1"),
                new BareCell.Fresh("127.0.0.1", false, false, false),
                FreePorts.next(),
                false);

        assertThat(cells.run(cell))
                .isInstanceOfSatisfying(
                        CellRun.NotRun.class,
                        not -> assertThat(not.why()).contains("192.0.2.1").contains("EADDRNOTAVAIL"));
    }

    @Test
    @DisplayName("where the port cannot be read nothing is expected, and the shortfall says so")
    void unreadable() throws Exception {
        var blind =
                new BareCells(_ -> new Reading.Unreadable("the test's reader", "it is blind"), new ReleasePredictor());
        var cell = new BareCell(
                new BareCell.Old("127.0.0.1", false, false, false, Left.LISTEN, "127.0.0.1"),
                new BareCell.Fresh("127.0.0.1", false, false, false),
                FreePorts.next(),
                false);

        assertThat(blind.run(cell)).isInstanceOfSatisfying(CellRun.Ran.class, ran -> {
            assertThat(ran.shortfall()).contains("it is blind");
            assertThat(ran.expected().passes()).isEqualTo(Flag.UNKNOWN);
            assertThat(explanation(ran).cause()).isEqualTo(Cause.unknown);
        });
    }

    @Test
    @DisplayName("only a bound socket can be there at the same moment")
    void simultaneousNeedsBound() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BareCell(
                        new BareCell.Old("127.0.0.1", false, false, false, Left.LISTEN, "127.0.0.1"),
                        new BareCell.Fresh("127.0.0.1", false, false, false),
                        20_000,
                        true));
    }
}
