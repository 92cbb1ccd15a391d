package dev.rebind.sockets.netlink;

import org.jspecify.annotations.Nullable;

/** Takes the messages of an answer one by one. */
@FunctionalInterface
public interface MessageConsumer {
    /**
     * @param type of the message: that of the request, or what the protocol answers it with
     * @param at where its content begins, behind the header
     * @param end where its content ends
     * @return what is wrong with it, or null
     */
    @Nullable
    String take(int type, NativeBytes in, int at, int end);
}
