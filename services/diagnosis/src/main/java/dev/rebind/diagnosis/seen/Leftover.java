package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import org.jspecify.annotations.Nullable;

/** What the end of a socket without an owner depends on: of a hundred thousand of them most have their timer in common with others. */
public record Leftover(TcpState state, SocketTimer timer) {
    public static Leftover of(TcpSocket socket) {
        return new Leftover(socket.state(), socket.timer());
    }

    /** Written out, as the methods that a record has by itself take ten times as long until the JVM has compiled them. */
    @Override
    public int hashCode() {
        return 31 * timer.remaining().hashCode() + state.number();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Leftover(TcpState itsState, SocketTimer its)
                && state == itsState
                && timer.kind() == its.kind()
                && timer.retransmits() == its.retransmits()
                && timer.remaining().equals(its.remaining());
    }

    /** Whether the socket ends by a timer of the kernel's, which no process can stop. */
    public static boolean endsByTimer(TcpSocket socket) {
        return socket.inode() == 0
                && switch (socket.state()) {
                    case TIME_WAIT, FIN_WAIT_2 -> true;
                    case FIN_WAIT_1,
                            LAST_ACK,
                            CLOSING,
                            ESTABLISHED,
                            CLOSE_WAIT,
                            SYN_SENT,
                            SYN_RECEIVED,
                            NEW_SYN_RECV,
                            LISTEN,
                            CLOSED -> false;
                };
    }
}
