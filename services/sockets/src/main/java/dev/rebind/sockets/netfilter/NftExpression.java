package dev.rebind.sockets.netfilter;

import dev.rebind.sockets.netfilter.NftChain.Deed;
import dev.rebind.sockets.netlink.Attributes;
import dev.rebind.sockets.netlink.NativeBytes;
import java.util.Optional;

/**
 * What one expression of a rule does.
 *
 * @param deed empty where it does not change where a packet goes
 * @param target the extension of iptables that it calls; empty where it calls none
 */
record NftExpression(Optional<Deed> deed, Optional<String> target) {
    private static final int NFTA_EXPR_NAME = 1;
    private static final int NFTA_EXPR_DATA = 2;
    private static final int NFTA_NAT_TYPE = 1;
    private static final int NFT_NAT_DNAT = 1;
    private static final int NFTA_TARGET_NAME = 1;

    static NftExpression of(NativeBytes in, int from, int to) {
        var name = new String[] {""};
        var data = new int[2];
        Attributes.each(in, from, to, (type, at, end) -> {
            switch (type) {
                case NFTA_EXPR_NAME -> name[0] = Attributes.text(in, at, end);
                case NFTA_EXPR_DATA -> {
                    data[0] = at;
                    data[1] = end;
                }
                default -> {}
            }
        });
        return of(name[0], in, data[0], data[1]);
    }

    private static NftExpression of(String name, NativeBytes in, int from, int to) {
        return switch (name) {
            case "redir" -> does(Deed.TRANSLATE);
            case "tproxy" -> does(Deed.TPROXY);
            case "fwd" -> does(Deed.FORWARD);
            case "nat" -> isDestination(in, from, to) ? does(Deed.TRANSLATE) : nothing();
            case "payload" -> Payload.of(in, from, to).writesDestination() ? does(Deed.REWRITE) : nothing();
            case "target" -> new NftExpression(Optional.empty(), Optional.of(target(in, from, to)));
            default -> nothing();
        };
    }

    private static NftExpression does(Deed deed) {
        return new NftExpression(Optional.of(deed), Optional.empty());
    }

    private static NftExpression nothing() {
        return new NftExpression(Optional.empty(), Optional.empty());
    }

    private static boolean isDestination(NativeBytes in, int from, int to) {
        var kind = new int[] {NFT_NAT_DNAT};
        Attributes.each(in, from, to, (type, at, end) -> {
            if (type == NFTA_NAT_TYPE) {
                kind[0] = Attributes.number(in, at, end);
            }
        });
        return kind[0] == NFT_NAT_DNAT;
    }

    private static String target(NativeBytes in, int from, int to) {
        var name = new String[] {""};
        Attributes.each(in, from, to, (type, at, end) -> {
            if (type == NFTA_TARGET_NAME) {
                name[0] = Attributes.text(in, at, end);
            }
        });
        return name[0];
    }

    /**
     * Bytes of a packet that are read or written.
     *
     * @param base the header that {@code offset} counts from (enum nft_payload_bases)
     */
    private record Payload(boolean writes, int base, int offset, int length) {
        private static final int NFTA_PAYLOAD_BASE = 2;
        private static final int NFTA_PAYLOAD_OFFSET = 3;
        private static final int NFTA_PAYLOAD_LEN = 4;
        private static final int NFTA_PAYLOAD_SREG = 5;
        private static final int NFT_PAYLOAD_LL_HEADER = 0;
        private static final int NFT_PAYLOAD_NETWORK_HEADER = 1;
        private static final int NFT_PAYLOAD_TRANSPORT_HEADER = 2;

        static Payload of(NativeBytes in, int from, int to) {
            var writes = new boolean[1];
            var numbers = new int[5];
            Attributes.each(in, from, to, (type, at, end) -> {
                switch (type) {
                    case NFTA_PAYLOAD_SREG -> writes[0] = true;
                    case NFTA_PAYLOAD_BASE, NFTA_PAYLOAD_OFFSET, NFTA_PAYLOAD_LEN ->
                        numbers[type] = Attributes.number(in, at, end);
                    default -> {}
                }
            });
            return new Payload(
                    writes[0], numbers[NFTA_PAYLOAD_BASE], numbers[NFTA_PAYLOAD_OFFSET], numbers[NFTA_PAYLOAD_LEN]);
        }

        boolean writesDestination() {
            return writes
                    && switch (base) {
                        case NFT_PAYLOAD_LL_HEADER -> touches(0, 6);
                        // That of IPv4 is in bytes 16 to 19, that of IPv6 in 24 to 39; those between are of IPv6's
                        // source.
                        case NFT_PAYLOAD_NETWORK_HEADER -> touches(16, 20) || touches(24, 40);
                        case NFT_PAYLOAD_TRANSPORT_HEADER -> touches(2, 4);
                        default -> false;
                    };
        }

        private boolean touches(int first, int end) {
            return offset < end && offset + length > first;
        }
    }
}
