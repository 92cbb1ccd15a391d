package dev.rebind.sockets.diag;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.SocketTimer;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import dev.rebind.sockets.netlink.ReplyStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DiagParserTest {
    private static final int SEQUENCE = 77;

    @Property
    @Label("Any bytes at all end in an outcome, never in an exception")
    void any_bytes(@ForAll byte[] bytes) {
        assertThat(DiagParser.parse(bytes, bytes.length, SEQUENCE, new ArrayList<>()))
                .isNotNull();
    }

    @Property
    @Label("A message for us with any content is a socket or garbled, never a wrong state or timer")
    void any_content(@ForAll @Size(max = 120) byte[] content) {
        var sockets = new ArrayList<TcpSocket>();
        byte[] message = message(DiagRequest.SOCK_DIAG_BY_FAMILY, 0, SEQUENCE, content);
        ReplyStatus outcome = DiagParser.parse(message, message.length, SEQUENCE, sockets);
        assertThat(outcome).isInstanceOfAny(ReplyStatus.More.class, ReplyStatus.Garbled.class);
        assertThat(sockets).hasSize(outcome instanceof ReplyStatus.More ? 1 : 0);
    }

    @Property
    @Label("A datagram that is cut anywhere inside is garbled")
    void cut(@ForAll @IntRange(min = 1, max = 87) int kept) {
        byte[] whole = message(DiagRequest.SOCK_DIAG_BY_FAMILY, 0, SEQUENCE, timeWait());
        byte[] cut = Arrays.copyOf(whole, kept);
        assertThat(DiagParser.parse(cut, cut.length, SEQUENCE, new ArrayList<>()))
                .isInstanceOf(ReplyStatus.Garbled.class);
    }

    @Property(tries = 1)
    @Label("A TIME_WAIT is read with its addresses and the rest of its time")
    void whole() {
        byte[] message = message(DiagRequest.SOCK_DIAG_BY_FAMILY, 2, SEQUENCE, timeWait());
        var sockets = new ArrayList<TcpSocket>();
        assertThat(DiagParser.parse(message, message.length, SEQUENCE, sockets)).isInstanceOf(ReplyStatus.More.class);
        assertThat(sockets).singleElement().satisfies(socket -> {
            assertThat(socket.family()).isEqualTo(Family.IPV4);
            assertThat(socket.state()).isEqualTo(TcpState.TIME_WAIT);
            assertThat(socket.local()).hasToString("127.0.0.1:8080");
            assertThat(socket.remote()).hasToString("127.0.0.2:50000");
            assertThat(socket.timer())
                    .isEqualTo(new SocketTimer(SocketTimer.Kind.TIME_WAIT, Duration.ofMillis(59_996), 0));
        });
    }

    @Property(tries = 1)
    @Label("The end, an error, an interrupted dump and somebody else's message are told apart")
    void outcomes() {
        assertThat(parse(message(3, 2, SEQUENCE, new byte[4]))).isInstanceOf(ReplyStatus.Done.class);
        assertThat(parse(message(3, 2, SEQUENCE, number(-105)))).isEqualTo(new ReplyStatus.Refused(105));
        assertThat(parse(message(2, 0, SEQUENCE, number(-1)))).isEqualTo(new ReplyStatus.Refused(1));
        assertThat(parse(message(3, 0x10, SEQUENCE, new byte[4]))).isInstanceOf(ReplyStatus.Interrupted.class);
        assertThat(parse(message(DiagRequest.SOCK_DIAG_BY_FAMILY, 0x10, SEQUENCE, timeWait())))
                .isInstanceOf(ReplyStatus.Interrupted.class);
        assertThat(parse(message(3, 0, SEQUENCE + 1, new byte[4]))).isInstanceOf(ReplyStatus.More.class);
    }

    private static ReplyStatus parse(byte[] message) {
        return DiagParser.parse(message, message.length, SEQUENCE, new ArrayList<>());
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    private static byte[] message(int type, int flags, int sequence, byte[] content) {
        return ByteBuffer.allocate(16 + content.length)
                .order(ByteOrder.nativeOrder())
                .putInt(16 + content.length)
                .putShort((short) type)
                .putShort((short) flags)
                .putInt(sequence)
                .putInt(0)
                .put(content)
                .array();
    }

    private static byte[] timeWait() {
        ByteBuffer message = ByteBuffer.allocate(72).order(ByteOrder.nativeOrder());
        message.put((byte) 2).put((byte) 6).put((byte) 3).put((byte) 0);
        message.put((byte) (8080 >> 8)).put((byte) 8080);
        message.put((byte) (50_000 >> 8)).put((byte) 50_000);
        message.put(8, new byte[] {127, 0, 0, 1});
        message.put(24, new byte[] {127, 0, 0, 2});
        message.putInt(52, 59_996);
        return message.array();
    }
}
