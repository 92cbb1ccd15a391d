package dev.rebind.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.lab.BareCell.Left;
import dev.rebind.sockets.SocketReaders;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.release.ReleasePredictor;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When the network loses every FIN")
class LostFinTest {
    /** Runs one cell where no FIN arrives. Arguments: what is to be left; whether the thread is interrupted. */
    static final class Program {
        public static void main(String[] arguments) {
            var cells = new BareCells(SocketReaders.best(), new ReleasePredictor());
            var cell = new BareCell(
                    new BareCell.Old("127.0.0.1", false, true, false, Left.valueOf(arguments[0]), "127.0.0.1"),
                    new BareCell.Fresh("127.0.0.1", false, true, false),
                    FreePorts.next(),
                    false);
            if (Boolean.parseBoolean(arguments[1])) {
                Thread.currentThread().interrupt();
            }
            try {
                System.out.println(
                        switch (cells.run(cell)) {
                            case CellRun.Ran ran -> "ran, but " + ran.shortfall();
                            case CellRun.NotRun notRun -> "not run: " + notRun.why();
                            case CellRun.WaitedInVain vain -> "in vain: " + vain.why();
                        });
            } catch (InterruptedException e) {
                System.out.println("interrupted");
            }
        }
    }

    private static String cell(Left left, boolean interrupted) throws Exception {
        return OwnNetwork.run(
                OwnNetwork.losing(OwnNetwork.Flag.FIN), Program.class, left.name(), Boolean.toString(interrupted));
    }

    @Test
    @DisplayName("then a cell that waits for one ends, and names the wait and where to look")
    void ends() throws Exception {
        assertThat(cell(Left.TIME_WAIT, false))
                .startsWith("in vain: The old socket could not be brought to TIME_WAIT on 127.0.0.1:")
                .contains("recv: the other end did not answer within 5000 ms")
                .contains("nft list ruleset");
    }

    @Test
    @DisplayName("then an interrupt ends such a cell")
    void interrupted() throws Exception {
        assertThat(cell(Left.TIME_WAIT, true)).isEqualTo("interrupted");
    }

    @Test
    @DisplayName("then a cell that waits for no other end says what the port shows instead of what it is about")
    void otherState() throws Exception {
        assertThat(cell(Left.FIN_WAIT_2, false))
                .startsWith("ran, but the port was meant to have [FIN_WAIT_2] on it")
                .contains("FIN_WAIT_1");
    }
}
