package dev.rebind.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.Agent.Place;
import dev.rebind.agent.child.ChildJvm;
import dev.rebind.agent.lab.Obstacles.Kind;
import dev.rebind.agent.lab.Obstacles.Placing;
import dev.rebind.sockets.posix.FreePorts;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("When the network loses every SYN")
class LostSynTest {
    /** Places an obstacle where nothing can be connected. Argument: its kind. */
    static final class Program {
        public static void main(String[] arguments) throws InterruptedException {
            var place = new Place("127.0.0.1", FreePorts.next());
            System.out.println(
                    switch (Obstacles.place(ChildJvm.likeThis(), Kind.valueOf(arguments[0]), place, false, false)) {
                        case Placing.Placed _ -> "placed";
                        case Placing.Failed failed -> failed.why();
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = "listener", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("then another program that has to connect gives up, and says for what it waited")
    void connecting(Kind kind) throws Exception {
        assertThat(OwnNetwork.run(OwnNetwork.losing(OwnNetwork.Flag.SYN), Program.class, kind.name()))
                .startsWith("The other program (" + kind + ") could not take 127.0.0.1:")
                .contains("did not answer its connect within 5 s");
    }
}
