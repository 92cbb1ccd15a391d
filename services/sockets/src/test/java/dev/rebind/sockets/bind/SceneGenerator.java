package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Scene.Device;
import dev.rebind.sockets.bind.Scene.Left;
import dev.rebind.sockets.bind.Scene.Old;
import dev.rebind.sockets.bind.Scene.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random scenes over every axis that this machine has. Options are drawn alike for all sockets of half the scenes: with each
 * drawn for itself most old sockets would be in the way of each other.
 */
final class SceneGenerator {
    private final Random random;
    private final Axes axes;

    /**
     * @param six whether there is IPv6
     * @param users whether sockets can be given to another user
     * @param devices those to which a socket can be bound
     */
    record Axes(boolean six, boolean users, List<Device> devices) {}

    private record Address(Family family, String text) {}

    private static final List<Address> FOUR = List.of(
            new Address(Family.IPV4, "0.0.0.0"),
            new Address(Family.IPV4, "127.0.0.1"),
            new Address(Family.IPV4, "127.0.0.2"));
    private static final List<Address> SIX = List.of(
            new Address(Family.IPV6, "::"), new Address(Family.IPV6, "::1"), new Address(Family.IPV6, "127.0.0.1"));

    private static final List<Left> LEFT = List.of(Left.values());

    SceneGenerator(long seed, Axes axes) {
        this.random = new Random(seed);
        this.axes = axes;
    }

    Scene next() {
        List<Address> addresses = addresses();
        double reuse = share();
        double port = share();
        double user = axes.users() && random.nextBoolean() ? 0.4 : 0;
        double device = random.nextInt(3) == 0 ? 0.6 : 0;
        var old = new ArrayList<Old>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            Left left = LEFT.get(random.nextInt(LEFT.size()));
            Settings settings = settings(addresses, reuse, port, user, device, !left.connection());
            old.add(new Old(settings, left, peer(settings), random.nextInt(4) == 0, chance(user)));
        }
        // A listener takes the connections that are meant for those after it, so that those come first which end
        // without one.
        old.sort((one, other) -> Boolean.compare(listens(one), listens(other)));
        int bound =
                (int) old.stream().takeWhile(one -> one.left() != Left.BOUND).count();
        int listens = bound < count && random.nextInt(3) == 0 ? bound : -1;
        return new Scene(old, settings(addresses, reuse, port, user, device, true), listens);
    }

    private static boolean listens(Old old) {
        return old.left() == Left.LISTEN || (old.left().connection() && old.listenerStays());
    }

    private List<Address> addresses() {
        var all = new ArrayList<>(FOUR);
        if (axes.six()) {
            all.addAll(SIX);
        }
        if (random.nextBoolean()) {
            return all;
        }
        return List.of(all.get(random.nextInt(all.size())), all.get(random.nextInt(all.size())));
    }

    private Settings settings(
            List<Address> addresses, double reuse, double port, double user, double device, boolean anyDevice) {
        Address address = addresses.get(random.nextInt(addresses.size()));
        boolean only = address.text().contains(":") && random.nextInt(3) == 0;
        Device on = Device.NONE;
        if (chance(device)) {
            Device drawn = axes.devices().get(random.nextInt(axes.devices().size()));
            // The other interface has no ::1, and no client that connects.
            on = drawn == Device.OTHER && (!anyDevice || address.text().equals("::1")) ? Device.LO : drawn;
        }
        return new Settings(address.family(), address.text(), only, chance(reuse), chance(port), on, chance(user));
    }

    private String peer(Settings settings) {
        return switch (settings.address()) {
            case "0.0.0.0" -> random.nextBoolean() ? "127.0.0.1" : "127.0.0.2";
            case "::" -> settings.v6Only() || random.nextBoolean() ? "::1" : "127.0.0.1";
            default -> settings.address();
        };
    }

    private double share() {
        return List.of(0.0, 0.5, 0.5, 1.0).get(random.nextInt(4));
    }

    private boolean chance(double share) {
        return random.nextDouble() < share;
    }
}
