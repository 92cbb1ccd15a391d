package dev.rebind.sockets.netlink;

/** What a datagram from the kernel, or the whole answer to a request, came to. */
public sealed interface Outcome {
    /** There is more to come. */
    record More() implements Outcome {}

    /** The dump, or the acknowledged request, is over. */
    record Done() implements Outcome {}

    /** The tables changed under the dump in a way that the kernel could not hide: what came is to be thrown away. */
    record Interrupted() implements Outcome {}

    /** @param errno positive */
    record Refused(int errno) implements Outcome {}

    record Garbled(String why) implements Outcome {}
}
