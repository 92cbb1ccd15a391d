package dev.rebind.sockets.diag;

import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.netlink.Datagram;
import dev.rebind.sockets.netlink.MessageConsumer;
import dev.rebind.sockets.netlink.ReplyStatus;
import java.util.List;

/** What sock_diag answers, from bytes: a {@link DiagMessage} for each socket. */
final class DiagParser {
    private DiagParser() {}

    /** Adds the datagram's sockets to {@code into}. Never throws on any bytes. */
    static ReplyStatus parse(byte[] bytes, int length, int sequence, List<TcpSocket> into) {
        return Datagram.parse(bytes, length, sequence, sockets(into));
    }

    /** Adds the sockets of an answer to {@code into}. */
    static MessageConsumer sockets(List<TcpSocket> into) {
        var ends = new DiagMessage.Ends();
        return (type, in, at, end) -> switch (type) {
            // The kernel answers with the request's own type.
            case DiagRequest.SOCK_DIAG_BY_FAMILY, DiagRequest.TCPDIAG_GETSOCK ->
                DiagMessage.parse(in, at, end, ends, into);
            default -> "a netlink message of the type " + type;
        };
    }
}
