package dev.rebind.diagnosis.text;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Remedy;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.diagnosis.seen.Place;
import dev.rebind.sockets.Endpoint;
import dev.rebind.sockets.Family;
import dev.rebind.sockets.Series;
import dev.rebind.sockets.TcpState;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What to do, in words. Pure. */
final class RemedyText {
    private static final int MOST = 4;
    /** The kernel takes almost any character (dev_valid_name of {@code net/core/dev.c}), and a shell would obey some. */
    private static final Pattern COMMON_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9@._-]*");

    private final int port;
    private final Instant at;
    private final ZoneId zone;
    private final int timeWaitSeconds;
    private final Tense tense;
    /** Those that have an open connection in the way, and close it at their end. */
    private final Set<Integer> connected;
    /** Those that have closed a connection for writing only. */
    private final Set<Integer> halfClosed;
    /** Those that no signal reaches before their cgroup is thawed. */
    private final Set<Integer> frozen;
    /** When the last of what the kernel keeps without a process is gone; empty where nothing is kept so. */
    private final Optional<Duration> leftUntil;
    /** Whether what stands in the way is of several, whom no remedy ends together. */
    private final boolean severalEnd;
    /** The parents of processes that their parents may start again. */
    private final Map<Integer, Integer> parents;

    RemedyText(Diagnosis diagnosis, ZoneId zone, Tense tense) {
        this.tense = tense;
        this.port = diagnosis.question().port();
        this.at = diagnosis.at();
        this.timeWaitSeconds = diagnosis.timeWaitSeconds();
        this.zone = zone;
        this.connected = holding(diagnosis, TcpState.ESTABLISHED);
        this.halfClosed = holding(diagnosis, TcpState.FIN_WAIT_2);
        this.frozen = diagnosis.blocking().stream()
                .flatMap(blocker -> blocker.holder().seen().stream())
                .filter(found -> found.story(Story.OutlivesSigterm.class)
                        .filter(story -> story.why() == Story.Shield.FROZEN_WHOLLY)
                        .isPresent())
                .map(Holder.Found::pid)
                .collect(Collectors.toSet());
        this.leftUntil = diagnosis.blocking().stream()
                .flatMap(blocker -> blocker.ending() instanceof Ending.Timer timer
                        ? Stream.of(timer.point().orElse(timer.latest()))
                        : Stream.empty())
                .max(Comparator.naturalOrder());
        this.severalEnd = diagnosis.blocking().stream().allMatch(Blocker::certain)
                && diagnosis.remedies().stream()
                                .filter(Remedy.EndProcesses.class::isInstance)
                                .count()
                        > 1;
        this.parents = diagnosis.blocking().stream()
                .flatMap(blocker -> blocker.holder().seen().stream())
                .flatMap(found ->
                        found.story(Story.ChildOf.class).stream().map(child -> Map.entry(found.pid(), child.pid())))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (one, _) -> one));
    }

    /** The processes that have a socket in the way in this state. */
    private static Set<Integer> holding(Diagnosis diagnosis, TcpState state) {
        return diagnosis.blocking().stream()
                .filter(blocker -> blocker.first().state() == state)
                .flatMap(blocker -> blocker.holder().seen().stream())
                .map(Holder.Found::pid)
                .collect(Collectors.toSet());
    }

    /** A sentence or two. */
    String sentence(Remedy remedy) {
        return switch (remedy) {
            case Remedy.EndProcesses(List<Integer> pids, boolean parents, boolean bySigkill) ->
                end(pids, parents, bySigkill ? "kill -KILL " : "kill ")
                        + (pids.stream().anyMatch(frozen::contains)
                                ? " The signal waits until its cgroup is thawed: write THAWED to its freezer.state."
                                : "")
                        + (severalEnd ? " That alone does not free the port: others stand in the way, too." : "")
                        + again(pids)
                        + (pids.stream().anyMatch(halfClosed::contains)
                                ? " Connections that it has closed for writing may stay without it, in FIN_WAIT_2 for as long as"
                                        + " net.ipv4.tcp_fin_timeout says, or in TIME_WAIT for " + timeWaitSeconds
                                        + " s."
                                : pids.stream().anyMatch(connected::contains)
                                        ? " Connections close at this end then, and TIME_WAIT may keep the port for another "
                                                + timeWaitSeconds + " s."
                                        : leftUntil.map(this::stays).orElse(""));
            case Remedy.EndFromOutside(int pid) ->
                "End process " + pid + " from outside of its PID namespace, or stop its container.";
            case Remedy.StopUnit(String unit, OptionalLong manager) ->
                "Stop the unit" + systemctl(manager) + "stop " + unit
                        + "`. Ending its process alone may start it anew.";
            case Remedy.StopSocketUnit(OptionalLong manager) ->
                "Stop the socket unit that has the port. This names it" + systemctl(manager) + "list-sockets`.";
            case Remedy.StopProxied(String target) ->
                "Stop the container behind " + Words.name(target) + " (`docker ps --filter publish=" + port
                        + "` names it), or publish it on another port.";
            case Remedy.StopContainer(String id, Optional<String> pod) ->
                pod.isPresent()
                        ? "Delete the pod with uid " + pod.get()
                                + ", or move it: its runtime starts an ended container anew."
                        : "Stop the container " + id.substring(0, 12) + " with its runtime.";
            case Remedy.FindAsRoot(long uid, Optional<String> user, Remedy.Seer seer) -> {
                String who = switch (seer) {
                    case ROOT -> "as root";
                    case ROOT_OR_USER -> "as root or as " + HolderText.user(uid, user);
                    case ROOT_OUTSIDE -> "as root outside of this user namespace";
                    case CAPABILITY -> "with CAP_SYS_PTRACE";
                };
                yield "Run this " + who + " to see which processes have it.";
            }
            case Remedy.OneFamily(List<Place> places) ->
                Series.and(places.stream().map(RemedyText::family).toList()) + binds() + ".";
            case Remedy.OtherAddress(List<InetAddress> free, List<InetAddress> taken) -> addresses(free, taken);
            case Remedy.OtherDevice(List<String> free) ->
                "A server that is bound to a network device (SO_BINDTODEVICE)" + binds() + " on "
                        + Series.or(devices(free)) + ": it is reached through that device alone.";
            case Remedy.ReuseAddressHere _ ->
                "Set SO_REUSEADDR on the server's socket: what "
                        + (tense == Tense.LIVE ? "is left on the port has it" : "was left on the port had it")
                        + ", and the server" + binds() + ".";
            case Remedy.ReuseAddressBoth(boolean without, boolean live) ->
                without
                        ? "SO_REUSEADDR on the new socket alone does not help: what is left comes from a socket"
                                + " without it. Where the old server sets it too, a restart binds at once, from the"
                                + " second restart on."
                        : "SO_REUSEADDR lets a restart bind at once where both the old and the new server set it"
                                + (live ? ", and nobody listens." : ".");
            case Remedy.ReuseAddressOfHolder _ ->
                "The listener has no SO_REUSEADDR: connections that it closes first keep the port for "
                        + timeWaitSeconds + " s after its end."
                        + " Set the option in its program, and a restart binds at once.";
            case Remedy.ReusePortHere(long uid, boolean withReuseAddress) ->
                "Set SO_REUSEPORT" + (withReuseAddress ? " and SO_REUSEADDR" : "")
                        + " on the server's socket: the listener has " + (withReuseAddress ? "them" : "it")
                        + " and was opened by uid " + uid + ", so a server of this user binds beside it.";
            case Remedy.ReusePortAsUser(long uid, Optional<String> user) ->
                "The holder has SO_REUSEPORT, and sharing needs the same user: a server with SO_REUSEPORT that runs as "
                        + HolderText.user(uid, user)
                        + " binds beside it, by the kernel's rule. A bind of another user cannot ask for that.";
            case Remedy.ReusePortPerhaps _ ->
                "Whether the holder has SO_REUSEPORT cannot be read. Where it has, a server with SO_REUSEPORT and of"
                        + " the same user binds beside it.";
            case Remedy.Wait(java.time.Duration after) ->
                "Wait until " + Words.clockTenths(at.plus(after), zone, tense)
                        + (tense == Tense.LIVE ? " (" + Words.duration(after) + ")." : ".");
            case Remedy.AnotherPort _ -> "Or give the server another port.";
            case Remedy.ReservePort _ ->
                "Port " + port
                        + " lies in net.ipv4.ip_local_port_range: list it in net.ipv4.ip_local_reserved_ports, so that"
                        + " no connection that goes out is given it.";
            case Remedy.NotFromRange _ ->
                "The kernel gives this port to no connection, so a program bound it before it connected, or the kernel did so"
                        + " until its setting was changed. Have a program that binds it take another port, or none.";
            case Remedy.CloseOnExec _ ->
                "Have the server open its listener close-on-exec (SOCK_CLOEXEC), so that no child inherits it.";
            case Remedy.CloseConnections _ ->
                "Mend the program that does not close connections which its clients have closed.";
            case Remedy.OneListener _ -> "Give the second listener of this program another port, or leave it out.";
            case Remedy.GrantCapability(int start, boolean counts) ->
                counts
                        ? grant(start)
                        : "Lower net.ipv4.ip_unprivileged_port_start outside of this user namespace, or take a port from "
                                + start + " on: a capability of the program does not count for this network.";
            case Remedy.AskSecurity _ ->
                "Look for the denial: SELinux (`ausearch -m avc -ts recent`, `semanage port -l`), AppArmor (`dmesg |"
                        + " grep DENIED`), Landlock or seccomp of the program's sandbox, a BPF program on its cgroup"
                        + " (`bpftool cgroup tree`).";
            case Remedy.UseLocalAddress(List<InetAddress> usable, boolean every) ->
                usable.isEmpty()
                        ? (every ? "Bind every address (0.0.0.0): this" : "This")
                                + " machine has no address of its own on which a server could bind the port now."
                        : "Bind an address of this machine (" + addresses(usable) + ")"
                                + (every ? ", or every address." : ".");
            case Remedy.NonlocalBind(Family family) ->
                "Where the address comes later, as a floating one does, net."
                        + (family == Family.IPV4 ? "ipv4" : "ipv6")
                        + ".ip_nonlocal_bind=1 lets a server bind it before.";
            case Remedy.DeviceUp(String device) ->
                COMMON_NAME.matcher(device).matches()
                        ? "Set the device up: `ip link set " + device + " up`."
                        : "Set the device " + Words.name(device) + " up (ip-link(8)).";
        };
    }

    private static String grant(int start) {
        return "Give the program CAP_NET_BIND_SERVICE (`setcap cap_net_bind_service=+ep`, or AmbientCapabilities= of"
                + " its unit), lower net.ipv4.ip_unprivileged_port_start, or take a port from " + start
                + " on.";
    }

    private static String end(List<Integer> pids, boolean parents, String kill) {
        String list = String.join(" ", pids.stream().map(String::valueOf).toList());
        if (pids.size() == 1) {
            return "End process " + list + (parents ? ", whose children end with it as a rule" : "") + ": `" + kill
                    + list + "`.";
        }
        return "End all " + pids.size() + " processes: `" + kill + list + "`. Ending one of them frees nothing.";
    }

    private String stays(Duration until) {
        return " What is left of closed connections may "
                + (tense == Tense.LIVE ? "keep" : "have kept") + " the port until "
                + Words.clockTenths(at.plus(until), zone, tense) + " even then.";
    }

    private static String systemctl(OptionalLong manager) {
        return manager.isPresent() ? ", as uid " + manager.getAsLong() + ": `systemctl --user " : ": `systemctl ";
    }

    /** Whether a parent starts its child again cannot be told from one look. */
    private String again(List<Integer> pids) {
        List<Integer> of = pids.stream()
                .map(parents::get)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (of.size() != 1) {
            return "";
        }
        int parent = of.getFirst();
        return " Should " + (pids.size() == 1 ? "its" : "their") + " parent, process " + parent + ", start "
                + (pids.size() == 1 ? "it" : "them") + " again, stop " + (pids.size() == 1 ? "it" : "them") + " there"
                + (parent == 1 ? "." : " or end process " + parent + " first.");
    }

    private static String family(Place place) {
        return place.family() == Family.IPV4
                ? "a server for IPv4 clients only (0.0.0.0)"
                : "a server for IPv6 clients only ([::] with IPV6_V6ONLY)";
    }

    private String binds() {
        return switch (tense) {
            case LIVE -> " binds now";
            case KEPT -> " would have bound then";
        };
    }

    private static List<String> devices(List<String> free) {
        return free.size() <= MOST
                ? free.stream().map(Words::name).toList()
                : Stream.concat(
                                free.stream().limit(MOST).map(Words::name),
                                Stream.of(Words.count(free.size() - MOST, "other")))
                        .toList();
    }

    private String addresses(List<InetAddress> free, List<InetAddress> taken) {
        return (taken.isEmpty() ? "Another address" : "An address other than " + addresses(taken)) + binds()
                + ", such as " + addresses(free) + ".";
    }

    private static String addresses(List<InetAddress> addresses) {
        String some = Series.and(
                addresses.stream().limit(MOST).map(RemedyText::address).toList());
        return addresses.size() > MOST ? some + " and " + (addresses.size() - MOST) + " more" : some;
    }

    private static String address(InetAddress address) {
        String text = new Endpoint(address, 0).toString();
        return text.substring(0, text.length() - 2);
    }
}
