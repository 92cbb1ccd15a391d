package dev.rebind.sockets;

/**
 * The states of a TCP socket, named as in RFC 9293, section 3.3.2, and numbered as in the kernel's {@code
 * include/net/tcp_states.h}.
 */
public enum TcpState {
    ESTABLISHED(1),
    SYN_SENT(2),
    SYN_RECEIVED(3),
    FIN_WAIT_1(4),
    FIN_WAIT_2(5),
    TIME_WAIT(6),
    /** A socket that is bound, and neither listens nor is connected; /proc, and inet_diag before Linux 6.8, do not show it. */
    CLOSED(7),
    CLOSE_WAIT(8),
    LAST_ACK(9),
    LISTEN(10),
    CLOSING(11),
    /** Linux only: a connection request that has no full socket yet (a {@code request_sock}). */
    NEW_SYN_RECV(12);

    private final int number;

    TcpState(int number) {
        this.number = number;
    }

    /** The kernel's number, 1 to 12. */
    public int number() {
        return number;
    }

    /**
     * The state with the kernel's number.
     *
     * @throws IllegalArgumentException for a number that this list does not have
     */
    public static TcpState of(int number) {
        for (TcpState state : values()) {
            if (state.number == number) {
                return state;
            }
        }
        throw new IllegalArgumentException("no TCP state has the number " + number);
    }
}
