package dev.rebind.sockets.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.TcpState;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the rule says where facts are missing. No sockets. */
class BindRuleUnknownsTest {
    private static final long US = 1000;
    private static final long THEM = 33;
    private static final int ETH0 = 2;
    private static final List<Flag> FLAGS = List.of(Flag.ON, Flag.OFF, Flag.UNKNOWN);

    @Test
    @DisplayName("When facts are not known, then the rule is undecided just where their values would make a difference")
    void undecided_where_it_matters() {
        int undecided = 0;
        for (Candidate candidate : candidates()) {
            for (ExistingSocket standing : standings()) {
                BindRule.Answer answer =
                        BindRule.ask(candidate, List.of(standing), MappedAddresses.USUAL, ADMITS_NOBODY);
                var outcomes = EnumSet.noneOf(Flag.class);
                var decisive = EnumSet.noneOf(Unknown.class);
                for (ExistingSocket completed : completions(standing)) {
                    Flag outcome = passes(candidate, completed);
                    outcomes.add(outcome);
                    for (Unknown fact : unknown(standing)) {
                        if (passes(candidate, flipped(completed, fact)) != outcome) {
                            decisive.add(fact);
                        }
                    }
                }
                Flag expected = outcomes.size() == 1 ? outcomes.iterator().next() : Flag.UNKNOWN;
                assertThat(answer.passes()).as(candidate + " over " + standing).isEqualTo(expected);
                assertThat(answer.dependsOn())
                        .as(candidate + " over " + standing)
                        .isEqualTo(decisive);
                undecided += expected == Flag.UNKNOWN ? 1 : 0;
            }
        }
        assertThat(undecided).isPositive();
    }

    @Test
    @DisplayName("When one of the old sockets is in the way, then no unknown fact of another one matters")
    void one_in_the_way_is_enough() {
        ExistingSocket doubtful = standing(TcpState.TIME_WAIT, "127.0.0.1").withReusePort(false);
        ExistingSocket listener = standing(TcpState.LISTEN, "127.0.0.1").withReusePort(false);
        BindRule.Answer answer =
                BindRule.ask(candidate("127.0.0.1", true, false), List.of(doubtful, listener), MappedAddresses.USUAL);
        assertThat(answer.passes()).isEqualTo(Flag.OFF);
        assertThat(answer.conflicting()).containsExactly(listener);
        assertThat(answer.doubtful()).containsExactly(doubtful);
        assertThat(answer.dependsOn()).isEmpty();
    }

    @Test
    @DisplayName(
            "When one that the new socket's user bound with SO_REUSEPORT may have come last, then the order decides, as the kernel forgets whom it passed")
    void order() {
        ExistingSocket leftover =
                standing(TcpState.TIME_WAIT, "127.0.0.1").withReuseAddress(true).withReusePort(false);
        ExistingSocket bound = standing(TcpState.CLOSED, "127.0.0.1")
                .withReuseAddress(true)
                .withReusePort(true)
                .withUid(US);
        Candidate candidate = candidate("127.0.0.1", false, true);
        BindRule.Answer answer = BindRule.ask(candidate, List.of(leftover, bound), MappedAddresses.USUAL);
        assertThat(answer.passes()).isEqualTo(Flag.UNKNOWN);
        assertThat(answer.dependsOn()).containsExactly(Unknown.ORDER);

        BindBucket afterLeftover = BindBucket.EMPTY.after(candidate("127.0.0.1", true, false));
        BindBucket afterBoth = afterLeftover.after(candidate("127.0.0.1", true, true));
        assertThat(BindRule.ask(candidate, List.of(leftover, bound), MappedAddresses.USUAL, afterBoth)
                        .passes())
                .isEqualTo(Flag.ON);
        BindBucket other =
                BindBucket.EMPTY.after(candidate("127.0.0.1", true, true)).after(candidate("127.0.0.1", true, false));
        assertThat(BindRule.ask(candidate, List.of(leftover, bound), MappedAddresses.USUAL, other)
                        .conflicting())
                .containsExactly(leftover);
    }

    @Test
    @DisplayName("When both set SO_REUSEADDR and the other begins to listen in between, then listen is what fails")
    void which_call_fails() {
        ExistingSocket bound =
                standing(TcpState.CLOSED, "127.0.0.1").withReuseAddress(true).withReusePort(false);
        ExistingSocket listening =
                standing(TcpState.LISTEN, "127.0.0.1").withReuseAddress(true).withReusePort(false);
        Candidate candidate = candidate("127.0.0.1", true, false);
        assertThat(BindRule.predict(candidate, List.of(bound), List.of(bound), MappedAddresses.USUAL))
                .isEqualTo(new Prediction.Passes());
        assertThat(BindRule.predict(candidate, List.of(bound), List.of(listening), MappedAddresses.USUAL))
                .isEqualTo(new Prediction.Fails(BindCall.LISTEN, List.of(listening)));
        assertThat(BindRule.predict(candidate, List.of(listening), List.of(listening), MappedAddresses.USUAL))
                .isEqualTo(new Prediction.Fails(BindCall.BIND, List.of(listening)));
        ExistingSocket unknown = standing(TcpState.TIME_WAIT, "127.0.0.1").withReusePort(false);
        assertThat(BindRule.predict(candidate, List.of(unknown), List.of(unknown), MappedAddresses.USUAL))
                .isEqualTo(new Prediction.Depends(BindCall.BIND, List.of(unknown), Set.of(Unknown.REUSE_ADDRESS)));
    }

    @Test
    @DisplayName("When an address has a scope, then its socket is bound to that device")
    void scope() throws Exception {
        var scoped =
                Inet6Address.getByAddress("", InetAddress.ofLiteral("fe80::1").getAddress(), ETH0);
        assertThat(new Candidate(Family.IPV6, scoped, true, false, false, US).device())
                .isEqualTo(ETH0);
        assertThat(candidate("127.0.0.1", false, false).device()).isZero();
    }

    /** A bucket that admits nobody: the last call was of a socket without SO_REUSEPORT. */
    private static final BindBucket ADMITS_NOBODY = BindBucket.EMPTY.after(candidate("127.0.0.1", false, false));

    private static Flag passes(Candidate candidate, ExistingSocket standing) {
        return BindRule.ask(candidate, List.of(standing), MappedAddresses.USUAL, ADMITS_NOBODY)
                .passes();
    }

    private static Candidate candidate(String address, boolean reuseAddress, boolean reusePort) {
        InetAddress literal = InetAddress.ofLiteral(address);
        Family family = Family.of(literal);
        return new Candidate(family, literal, false, reuseAddress, reusePort, US);
    }

    private static List<Candidate> candidates() {
        var all = new ArrayList<Candidate>();
        for (String address : List.of("0.0.0.0", "127.0.0.1", "::", "::1")) {
            for (int options = 0; options < 8; options++) {
                all.add(candidate(address, (options & 1) != 0, (options & 2) != 0)
                        .withDevice((options & 4) != 0 ? ETH0 : 0));
            }
        }
        return all;
    }

    private static ExistingSocket standing(TcpState state, String address) {
        InetAddress literal = InetAddress.ofLiteral(address);
        var socket = TcpSocket.of(state, new Endpoint(literal, 1), new Endpoint(literal, 2));
        return new ExistingSocket(socket, Flag.UNKNOWN, Flag.UNKNOWN, Flag.UNKNOWN);
    }

    private static List<ExistingSocket> standings() {
        var all = new ArrayList<ExistingSocket>();
        for (TcpState state : List.of(TcpState.CLOSED, TcpState.LISTEN, TcpState.ESTABLISHED, TcpState.TIME_WAIT)) {
            for (String address : List.of("0.0.0.0", "127.0.0.1", "::", "::1")) {
                for (Flag reuseAddress : FLAGS) {
                    for (Flag reusePort : FLAGS) {
                        for (Flag v6Only : FLAGS) {
                            TcpSocket socket = standing(state, address).socket();
                            for (OptionalLong uid :
                                    List.of(OptionalLong.of(US), OptionalLong.of(THEM), OptionalLong.empty())) {
                                for (OptionalInt device :
                                        List.of(OptionalInt.of(0), OptionalInt.of(1), OptionalInt.empty())) {
                                    all.add(new ExistingSocket(socket, reuseAddress, reusePort, v6Only, uid, device));
                                }
                            }
                        }
                    }
                }
            }
        }
        return all;
    }

    private static Set<Unknown> unknown(ExistingSocket one) {
        var unknown = EnumSet.noneOf(Unknown.class);
        if (one.reuseAddress() == Flag.UNKNOWN) {
            unknown.add(Unknown.REUSE_ADDRESS);
        }
        if (one.reusePort() == Flag.UNKNOWN) {
            unknown.add(Unknown.REUSE_PORT);
        }
        if (one.v6Only() == Flag.UNKNOWN) {
            unknown.add(Unknown.V6_ONLY);
        }
        if (one.uid().isEmpty()) {
            unknown.add(Unknown.USER);
        }
        if (one.device().isEmpty()) {
            unknown.add(Unknown.DEVICE);
        }
        return unknown;
    }

    private static List<ExistingSocket> completions(ExistingSocket one) {
        List<ExistingSocket> all = List.of(one);
        for (Unknown fact : unknown(one)) {
            all = all.stream()
                    .<ExistingSocket>mapMulti((half, into) -> {
                        ExistingSocket set = flipped(half, fact);
                        into.accept(set);
                        into.accept(flipped(set, fact));
                    })
                    .toList();
        }
        return all;
    }

    /** With the other value of a fact, or with one of its values where it has none. */
    private static ExistingSocket flipped(ExistingSocket one, Unknown fact) {
        return switch (fact) {
            case REUSE_ADDRESS -> one.withReuseAddress(one.reuseAddress() != Flag.ON);
            case REUSE_PORT -> one.withReusePort(one.reusePort() != Flag.ON);
            case V6_ONLY ->
                new ExistingSocket(
                        one.socket(),
                        one.reuseAddress(),
                        one.reusePort(),
                        Flag.of(one.v6Only() != Flag.ON),
                        one.uid(),
                        one.device());
            case USER -> one.withUid(one.uid().equals(OptionalLong.of(US)) ? THEM : US);
            case DEVICE -> one.withDevice(one.device().equals(OptionalInt.of(ETH0)) ? 1 : ETH0);
            case ORDER, MAPPED -> one;
        };
    }
}
