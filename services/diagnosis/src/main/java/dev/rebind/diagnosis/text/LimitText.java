package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.seen.TransientListener;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Series;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.posix.Errno;
import java.net.InetAddress;
import java.util.List;

/** What could not be seen, and what else refuses a bind, in words. Pure. */
final class LimitText {
    private static final int LONGEST_WHY = 300;

    private LimitText() {}

    static String sentence(Limit limit) {
        return switch (limit) {
            case Limit.SocketsUnread(String why) ->
                "The sockets could not be read (" + Words.cut(why, LONGEST_WHY) + ").";
            case Limit.NothingSeen _ ->
                "The bind is refused, and no socket that can be seen is in its way: it was gone before the look, is of a kind"
                        + " that the kernel does not show, or belongs to a VRF or another protocol (MPTCP, SCTP). Or a sandbox (seccomp) or a"
                        + " BPF program refuses the bind in the kernel's stead.";
            case Limit.Changing _ ->
                "Sockets came and went on the port while it was looked at: an answer would be true of one moment, and not of"
                        + " the next.";
            case Limit.CameAndWent(List<TransientListener> who) -> cameAndWent(who);
            case Limit.NotAsked(boolean onPurpose) ->
                onPurpose
                        ? "The kernel was not asked: the answers follow from the sockets that were seen, by its rule."
                        : "The kernel could not be asked: the answers follow from the sockets that were seen, by its rule.";
            case Limit.ProcessesHidden(int count, Holder.Why why) ->
                (count == 0
                                ? "/proc leaves out processes of other users (hidepid), which may have a socket of the port too: "
                                : (count == 1 ? "1 process" : count + " processes")
                                        + " could not be looked into, and may have a socket of the port too: ")
                        + missing(why, count == 1);
            case Limit.OptionsHidden(int pid, String why, boolean byRight) ->
                "The options of the socket of process " + pid + " could not be read (" + Words.cut(why, LONGEST_WHY)
                        + ")" + (byRight ? ": root with CAP_SYS_PTRACE and the process's own user may." : ".");
            case Limit.NatUnread(String why, boolean partly) ->
                (partly ? "Some rules that translate addresses" : "Rules that translate addresses")
                        + " could not be read (" + Words.cut(why, LONGEST_WHY)
                        + "): should one take the port, clients reach something else.";
            case Limit.SomeLackReuse(int count) ->
                "At least one of these " + count
                        + " sockets came from a socket without SO_REUSEADDR; which one the kernel" + " does not show.";
            case Limit.TimeWaitAssumed _ ->
                "That a TIME_WAIT lasts for 60 s is assumed: net.ipv4.tcp_tw_timeout of this network namespace was not read.";
            case Limit.NoBoundSockets _ ->
                "Sockets that are bound and neither listen nor are connected could not be seen: /proc does not show them.";
        };
    }

    /** Process 1 has not started what it is the parent of, as a rule, where that is an orphan. */
    private static String cameAndWent(List<TransientListener> who) {
        String all = Series.and(who.stream()
                .map(one -> HolderText.program(one.process()) + " (pid "
                        + one.process().pid() + ")")
                .toList());
        List<ProcessStory> parents = who.stream()
                .flatMap(one -> one.parent().stream())
                .filter(parent -> !parent.reaper())
                .distinct()
                .toList();
        boolean several = who.size() > 1;
        return "Seen to listen on it meanwhile: " + all + "."
                + (parents.size() == 1
                                && who.stream().allMatch(one -> one.parent().isPresent())
                        ? (several ? " Their" : " Its") + " parent is " + HolderText.program(parents.getFirst())
                                + " (pid " + parents.getFirst().pid() + "), which may start "
                                + (several ? "more of them" : "it anew") + "."
                        : "");
    }

    private static String missing(Holder.Why why, boolean one) {
        return switch (why) {
            case OTHER_USERS, OWN_HIDDEN -> "root sees " + (one ? "it." : "them.");
            case NO_CAPABILITY -> "root lacks CAP_SYS_PTRACE here.";
            case SOME_HIDDEN ->
                (one ? "it is" : "they are")
                        + " shut off even from CAP_SYS_PTRACE (a security module, another user namespace, hidepid).";
            case NOT_HERE, NO_LIST, NOT_SOUGHT, CLOSED_MEANWHILE -> (one ? "it" : "they") + " cannot be listed.";
        };
    }

    static String sentence(Refusal refusal, int port) {
        return Words.capital(clause(refusal, port)) + ".";
    }

    /** Without a full stop. */
    static String clause(Refusal refusal, int port) {
        return switch (refusal) {
            case Refusal.Privileged(int start, boolean counts) ->
                "the kernel refuses the bind with EACCES: port " + port
                        + " is below net.ipv4.ip_unprivileged_port_start (" + start
                        + "), and this user lacks CAP_NET_BIND_SERVICE"
                        + (counts
                                ? ""
                                : " in the user namespace that owns the network namespace: rights in an inner one (a rootless"
                                        + " container's) do not count there");
            case Refusal.Security(int errno, boolean known) ->
                "the kernel refuses the bind with " + Errno.name(errno) + ", and the rule of privileged ports "
                        + (known ? "does not explain it" : "may explain it or not")
                        + ": a security module (SELinux, AppArmor, Landlock), a sandbox or a BPF program forbids it";
            case Refusal.NotLocal(InetAddress address, List<InetAddress> _) ->
                address(address) + " is no address of this machine or network namespace (EADDRNOTAVAIL)";
            case Refusal.Tentative(InetAddress address, String device) ->
                address(address) + " on " + Words.name(device)
                        + " is still being checked for duplicates (EADDRNOTAVAIL): once that"
                        + " is done, mostly within two seconds, it can be bound";
            case Refusal.Duplicate(InetAddress address, String device) ->
                address(address) + " on " + Words.name(device)
                        + " failed the check for duplicates (EADDRNOTAVAIL): another machine has" + " it";
            case Refusal.Down(InetAddress address, String device) ->
                address(address) + (address.isLoopbackAddress() ? " needs the device " : " is on ") + Words.name(device)
                        + ", which is down (EADDRNOTAVAIL)";
            case Refusal.NoCarrier(InetAddress address, String device) ->
                address(address) + " is on " + Words.name(device)
                        + ", which is up and has no carrier (EADDRNOTAVAIL): an IPv6 address is"
                        + " checked for duplicates, and can be bound, only after it has one";
            case Refusal.Disabled(InetAddress address, String device) ->
                address(address) + " is not there (EADDRNOTAVAIL): IPv6 is off on " + Words.name(device)
                        + " (net.ipv6.conf." + Words.name(device) + ".disable_ipv6=1)";
            case Refusal.NoZone(InetAddress address, List<String> devices) ->
                address(address) + " is a link-local address, which needs its device as a zone (EINVAL)"
                        + (devices.isEmpty()
                                ? "; no device of this machine or network namespace has it"
                                : ": "
                                        + Series.and(devices.stream()
                                                .map(device -> host(address) + "%" + Words.name(device))
                                                .toList())
                                        + (devices.size() == 1 ? " is" : " are") + " here");
            case Refusal.Other(int errno) ->
                "the kernel refuses the bind with " + Errno.name(errno) + ", which is not about the port being in use";
        };
    }

    private static String address(InetAddress address) {
        String text = new Endpoint(address, 0).toString();
        return text.substring(0, text.length() - 2);
    }

    private static String host(InetAddress address) {
        return new Endpoint(address, 0).host();
    }
}
