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

class LedgerTest {
    private static final String HERE = "127.0.0.1:" + PORT;
    private static final String CLIENT = "127.0.0.1:40001";

    private final Ledger ledger = new Ledger(AGENT);

    private static TcpSocket established(long inode) {
        return socket(TcpState.ESTABLISHED, HERE, CLIENT, inode);
    }

    @Test
    @DisplayName("a connection is of the generation whose process holds it, and stays so when it has no owner any more")
    void byProcess() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(11))), STRANGERS);
        ledger.ends(PORT, 1, 3 * SECOND);
        ledger.begins(life(2, "127.0.0.1", false, 12, 4));
        TcpSocket left = socket(TcpState.TIME_WAIT, HERE, CLIENT, 0);
        ledger.saw(PORT, view(5, List.of(left), Map.of()), STRANGERS);

        assertThat(ledger.acceptedBy(left)).contains(1);
    }

    @Test
    @DisplayName("a leftover that nobody saw with an owner is not given to the generation that lives when it is seen")
    void orphanIsNotTheNextOnes() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.ends(PORT, 1, 3 * SECOND);
        ledger.begins(life(2, "127.0.0.1", true, 12, 4));
        TcpSocket left = socket(TcpState.TIME_WAIT, HERE, CLIENT, 0);
        ledger.saw(PORT, view(5, List.of(left), Map.of()), STRANGERS);

        assertThat(ledger.acceptedBy(left)).isEmpty();
        assertThat(ledger.orphanSince(left)).hasValue(5 * SECOND);
    }

    @Test
    @DisplayName("a connection in the listener's queue has no inode yet, and is of the only generation on its address")
    void queued() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.begins(life(2, "127.0.0.2", false, 12, 1));
        ledger.saw(PORT, view(2, List.of(established(0)), Map.of()), STRANGERS);

        assertThat(ledger.acceptedBy(established(0))).contains(1);
    }

    @Test
    @DisplayName("with two generations on one address a connection in the queue is nobody's")
    void queuedForTwo() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.begins(life(2, "0.0.0.0", false, 12, 1));
        ledger.saw(PORT, view(2, List.of(established(0)), Map.of()), STRANGERS);

        assertThat(ledger.acceptedBy(established(0))).isEmpty();
    }

    @Test
    @DisplayName("in listener mode all generations are this process: the address tells them apart")
    void listenerMode() {
        ledger.begins(life(1, "127.0.0.1", false, AGENT, 1));
        ledger.begins(life(2, "127.0.0.2", false, AGENT, 1));
        TcpSocket second = socket(TcpState.ESTABLISHED, "127.0.0.2:" + PORT, CLIENT, 8);
        ledger.saw(
                PORT, view(2, List.of(established(7), second), Map.of(7L, owner(AGENT), 8L, owner(AGENT))), STRANGERS);

        assertThat(ledger.acceptedBy(established(7))).contains(1);
        assertThat(ledger.acceptedBy(second)).contains(2);
    }

    @Test
    @DisplayName("in listener mode a connection that this process makes to a listener elsewhere was not accepted")
    void listenerModeOutgoing() {
        ledger.begins(life(1, "127.0.0.1", false, AGENT, 1));
        ledger.saw(
                PORT,
                view(2, List.of(established(7)), List.of(listener("127.0.0.1:40001", 9)), Map.of(7L, owner(AGENT))),
                STRANGERS);

        assertThat(ledger.acceptedBy(established(7))).isEmpty();
    }

    @Test
    @DisplayName("a child of the server serves the server's connections; a child of this process need not")
    void descendants() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(55))), pid -> Set.of(pid, 11L, AGENT, 1L));
        assertThat(ledger.acceptedBy(established(7))).contains(1);

        TcpSocket other = socket(TcpState.ESTABLISHED, HERE, "127.0.0.1:40002", 8);
        ledger.saw(PORT, view(2, List.of(other), Map.of(8L, owner(56))), pid -> Set.of(pid, AGENT, 1L));
        assertThat(ledger.acceptedBy(other)).isEmpty();
    }

    @Test
    @DisplayName("a handler that was known at the stop is known when its parent is gone")
    void handlers() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.joins(PORT, 1, Set.of(55L));
        ledger.ends(PORT, 1, 3 * SECOND);
        ledger.saw(PORT, view(4, List.of(established(7)), Map.of(7L, owner(55))), STRANGERS);

        assertThat(ledger.acceptedBy(established(7))).contains(1);
        assertThat(ledger.handlers()).containsExactlyInAnyOrder(11L, 55L);
    }

    @Test
    @DisplayName("the same two ends again are another connection when the inode is another")
    void tupleAgain() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.saw(PORT, view(2, List.of(established(7)), Map.of(7L, owner(11))), STRANGERS);
        ledger.ends(PORT, 1, 3 * SECOND);
        ledger.begins(life(2, "127.0.0.1", false, 12, 4));
        ledger.saw(PORT, view(5, List.of(established(9)), Map.of(9L, owner(12))), STRANGERS);

        assertThat(ledger.acceptedBy(established(9))).contains(2);
    }

    @Test
    @DisplayName("a listener is remembered by its inode, each generation's by its own")
    void listeners() {
        ledger.begins(life(1, "127.0.0.1", false, AGENT, 1));
        ledger.saw(PORT, view(1, List.of(listener(HERE, 5)), Map.of(5L, owner(AGENT))), STRANGERS);
        ledger.begins(life(2, "127.0.0.1", false, AGENT, 2));
        ledger.saw(
                PORT,
                view(2, List.of(listener(HERE, 5), listener(HERE, 6)), Map.of(5L, owner(AGENT), 6L, owner(AGENT))),
                STRANGERS);

        assertThat(ledger.lives(PORT)).extracting(Life::listeners).containsExactly(Set.of(5L), Set.of(6L));
    }

    @Test
    @DisplayName("a listener on another address, or of another program, is not taken for one of ours")
    void otherListeners() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.saw(
                PORT,
                view(
                        2,
                        List.of(listener("127.0.0.2:" + PORT, 5), listener(HERE, 6)),
                        Map.of(5L, owner(11), 6L, owner(77))),
                STRANGERS);

        assertThat(ledger.lives(PORT))
                .singleElement()
                .satisfies(life -> assertThat(life.listeners()).isEmpty());
    }

    @Test
    @DisplayName("a look that could not be taken teaches nothing")
    void unreadable() {
        ledger.begins(life(1, "127.0.0.1", false, 11, 1));
        ledger.saw(PORT, new PortView(Made.UNREADABLE, Made.UNREADABLE, Made.UNREADABLE, Map.of()), STRANGERS);

        assertThat(ledger.acceptedBy(established(7))).isEmpty();
        assertThat(ledger.sawLately(PORT, Long.MAX_VALUE)).isFalse();
    }
}
