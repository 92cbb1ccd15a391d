package dev.rebind.sockets.netfilter;

import static dev.rebind.sockets.netfilter.NftBatch.INET;
import static dev.rebind.sockets.netfilter.NftBatch.IP;
import static dev.rebind.sockets.netfilter.NftBatch.NETDEV;
import static dev.rebind.sockets.netfilter.NftBatch.expression;
import static dev.rebind.sockets.netfilter.NftBatch.number;

import dev.rebind.sockets.netlink.ReplyStatus;
import dev.rebind.sockets.posix.PosixException;

/** Makes tables and prints which chains the kernel tells, in the network namespace that it is in. */
final class NftScenes {
    private NftScenes() {}

    public static void main(String[] arguments) throws PosixException {
        System.out.println(NftChains.read());
        if (arguments.length == 0) {
            return;
        }
        make(new NftBatch()
                .table(INET, "mine")
                .chain(INET, "mine", "pre", "nat", 0, -100)
                .chain(INET, "mine", "apart")
                .chain(INET, "mine", "quiet", "filter", 3, 0)
                .chain(INET, "mine", "out", "nat", 4, 100)
                .rule(INET, "mine", "apart", expression("redir"))
                .rule(INET, "mine", "quiet", expression("counter"))
                .rule(INET, "mine", "out", expression("masq")));
        make(new NftBatch()
                .table(IP, "rewrites")
                .chain(IP, "rewrites", "in", "filter", 1, 0)
                .rule(IP, "rewrites", "in", NftBatch.setPort(9)));
        make(new NftBatch()
                .table(NETDEV, "away")
                .chain(NETDEV, "away", "in", "filter", 0, 0)
                .rule(NETDEV, "away", "in", NftBatch.load(1), expression("fwd", number(1, 8))));
        make(new NftBatch()
                .dormant(IP, "asleep")
                .chain(IP, "asleep", "pre", "nat", 0, -100)
                .rule(IP, "asleep", "pre", expression("redir")));
        System.out.println(NftChains.read());
    }

    private static void make(NftBatch batch) throws PosixException {
        ReplyStatus outcome = batch.commit();
        if (!(outcome instanceof ReplyStatus.Done)) {
            System.out.println("refused: " + outcome);
        }
    }
}
