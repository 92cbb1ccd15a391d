package dev.rebind.agent;

import static dev.rebind.agent.Made.AGENT;
import static dev.rebind.agent.Made.PORT;
import static dev.rebind.agent.Made.SECOND;
import static dev.rebind.agent.Made.STRANGERS;
import static dev.rebind.agent.Made.life;
import static dev.rebind.agent.Made.listener;
import static dev.rebind.agent.Made.owner;
import static dev.rebind.agent.Made.socket;
import static dev.rebind.agent.Made.view;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ConnectionHistoryTest {
    private static final String HERE = "127.0.0.1:" + PORT;
    private static final String CLIENT = "127.0.0.1:40001";

    private final ConnectionHistory history = new ConnectionHistory(AGENT);

    private static TcpSocket established(long inode) {
        return socket(TcpState.ESTABLISHED, HERE, CLIENT, inode);
    }

    @Test
    @DisplayName("a connection is of the generation whose process holds it, and stays so when it has no owner any more")
    void byProcess() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(11))), STRANGERS);
        history.ends(PORT, 1, 3 * SECOND);
        history.begins(life(2, "127.0.0.1", false, 12, 4));
        TcpSocket left = socket(TcpState.TIME_WAIT, HERE, CLIENT, 0);
        history.saw(PORT, view(5, List.of(left), Map.of()), STRANGERS);

        assertThat(history.acceptedBy(left)).contains(1);
    }

    @Test
    @DisplayName("a leftover that nobody saw with an owner is not given to the generation that lives when it is seen")
    void orphanIsNotTheNextOnes() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.ends(PORT, 1, 3 * SECOND);
        history.begins(life(2, "127.0.0.1", true, 12, 4));
        TcpSocket left = socket(TcpState.TIME_WAIT, HERE, CLIENT, 0);
        history.saw(PORT, view(5, List.of(left), Map.of()), STRANGERS);

        assertThat(history.acceptedBy(left)).isEmpty();
        assertThat(history.orphanSince(left)).hasValue(5 * SECOND);
    }

    @Test
    @DisplayName("a connection in the listener's queue has no inode yet, and is of the only generation on its address")
    void queued() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.begins(life(2, "127.0.0.2", false, 12, 1));
        history.saw(PORT, view(2, List.of(established(0)), Map.of()), STRANGERS);

        assertThat(history.acceptedBy(established(0))).contains(1);
    }

    @Test
    @DisplayName("with two generations on one address a connection in the queue is nobody's")
    void queuedForTwo() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.begins(life(2, "0.0.0.0", false, 12, 1));
        history.saw(PORT, view(2, List.of(established(0)), Map.of()), STRANGERS);

        assertThat(history.acceptedBy(established(0))).isEmpty();
    }

    @Test
    @DisplayName("in listener mode all generations are this process: the address tells them apart")
    void listenerMode() {
        history.begins(life(1, "127.0.0.1", false, AGENT, 1));
        history.begins(life(2, "127.0.0.2", false, AGENT, 1));
        TcpSocket second = socket(TcpState.ESTABLISHED, "127.0.0.2:" + PORT, CLIENT, 8);
        history.saw(
                PORT, view(2, List.of(established(7), second), Map.of(7L, owner(AGENT), 8L, owner(AGENT))), STRANGERS);

        assertThat(history.acceptedBy(established(7))).contains(1);
        assertThat(history.acceptedBy(second)).contains(2);
    }

    @Test
    @DisplayName("in listener mode a connection that this process makes to a listener elsewhere was not accepted")
    void listenerModeOutgoing() {
        history.begins(life(1, "127.0.0.1", false, AGENT, 1));
        history.saw(
                PORT,
                view(2, List.of(established(7)), List.of(listener("127.0.0.1:40001", 9)), Map.of(7L, owner(AGENT))),
                STRANGERS);

        assertThat(history.acceptedBy(established(7))).isEmpty();
    }

    @Test
    @DisplayName("a child of the server serves the server's connections; a child of this process need not")
    void descendants() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(55))), pid -> Set.of(pid, 11L, AGENT, 1L));
        assertThat(history.acceptedBy(established(7))).contains(1);

        TcpSocket other = socket(TcpState.ESTABLISHED, HERE, "127.0.0.1:40002", 8);
        history.saw(PORT, view(2, List.of(other), Map.of(8L, owner(56))), pid -> Set.of(pid, AGENT, 1L));
        assertThat(history.acceptedBy(other)).isEmpty();
    }

    @Test
    @DisplayName("a handler that was known at the stop is known when its parent is gone")
    void handlers() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.joins(PORT, 1, Set.of(55L));
        history.ends(PORT, 1, 3 * SECOND);
        history.saw(PORT, view(4, List.of(established(7)), Map.of(7L, owner(55))), STRANGERS);

        assertThat(history.acceptedBy(established(7))).contains(1);
        assertThat(history.handlers()).containsExactlyInAnyOrder(11L, 55L);
    }

    @Test
    @DisplayName("the same two ends again are another connection when the inode is another")
    void tupleAgain() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(11))), STRANGERS);
        history.ends(PORT, 1, 3 * SECOND);
        history.begins(life(2, "127.0.0.1", false, 12, 4));
        history.saw(PORT, view(5, List.of(established(9)), Map.of(9L, owner(12))), STRANGERS);

        assertThat(history.acceptedBy(established(9))).contains(2);
    }

    @Test
    @DisplayName("a listener is remembered by its inode, each generation's by its own")
    void listeners() {
        history.begins(life(1, "127.0.0.1", false, AGENT, 1));
        history.saw(PORT, view(1, List.of(listener(HERE, 5)), Map.of(5L, owner(AGENT))), STRANGERS);
        history.begins(life(2, "127.0.0.1", false, AGENT, 2));
        history.saw(
                PORT,
                view(2, List.of(listener(HERE, 5), listener(HERE, 6)), Map.of(5L, owner(AGENT), 6L, owner(AGENT))),
                STRANGERS);

        assertThat(history.lives(PORT))
                .extracting(GenerationLifetime::listeners)
                .containsExactly(Set.of(5L), Set.of(6L));
    }

    @Test
    @DisplayName("a listener on another address, or of another program, is not taken for one of ours")
    void otherListeners() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.saw(
                PORT,
                view(
                        2,
                        List.of(listener("127.0.0.2:" + PORT, 5), listener(HERE, 6)),
                        Map.of(5L, owner(11), 6L, owner(77))),
                STRANGERS);

        assertThat(history.lives(PORT))
                .singleElement()
                .satisfies(life -> assertThat(life.listeners()).isEmpty());
    }

    @Test
    @DisplayName("a look that could not be taken teaches nothing")
    void unreadable() {
        history.begins(life(1, "127.0.0.1", false, 11, 1));
        history.saw(PORT, new PortView(Made.UNREADABLE, Made.UNREADABLE, Made.UNREADABLE, Map.of()), STRANGERS);

        assertThat(history.acceptedBy(established(7))).isEmpty();
        assertThat(history.sawLately(PORT, Long.MAX_VALUE)).isFalse();
    }
}
