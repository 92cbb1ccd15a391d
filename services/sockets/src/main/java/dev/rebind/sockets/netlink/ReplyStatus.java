package dev.rebind.sockets.netlink;

/** What a datagram from the kernel, or the whole answer to a request, came to. */
public sealed interface ReplyStatus {
    /** There is more to come. */
    record More() implements ReplyStatus {}

    /** The dump, or the acknowledged request, is over. */
    record Done() implements ReplyStatus {}

    /** The tables changed under the dump in a way that the kernel could not hide: what came is to be thrown away. */
    record Interrupted() implements ReplyStatus {}

    /** @param errno positive */
    record Refused(int errno) implements ReplyStatus {}

    record Garbled(String why) implements ReplyStatus {}
}
