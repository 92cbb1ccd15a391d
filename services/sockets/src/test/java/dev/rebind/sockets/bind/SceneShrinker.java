package dev.rebind.sockets.bind;

import dev.rebind.sockets.Family;
import dev.rebind.sockets.bind.Scene.Device;
import dev.rebind.sockets.bind.Scene.Left;
import dev.rebind.sockets.bind.Scene.Old;
import dev.rebind.sockets.bind.Scene.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a scene that fails as small as it can while it still fails: fewer sockets, then plainer ones. */
final class SceneShrinker {
    /** Whether a scene fails. */
    @FunctionalInterface
    interface Failure {
        boolean of(Scene scene) throws Exception;
    }

    private SceneShrinker() {}

    static Scene shrink(Scene failing, Failure failure) throws Exception {
        Scene smallest = failing;
        Optional<Scene> smaller = Optional.of(failing);
        while (smaller.isPresent()) {
            smallest = smaller.get();
            smaller = first(smallest, failure);
        }
        return smallest;
    }

    private static Optional<Scene> first(Scene scene, Failure failure) throws Exception {
        for (Scene smaller : smaller(scene)) {
            if (failure.of(smaller)) {
                return Optional.of(smaller);
            }
        }
        return Optional.empty();
    }

    private static List<Scene> smaller(Scene scene) {
        var smaller = new ArrayList<Scene>();
        List<Old> old = scene.old();
        for (int i = 0; i < old.size(); i++) {
            if (old.size() > 1 && i != scene.listens()) {
                var fewer = new ArrayList<>(old);
                fewer.remove(i);
                smaller.add(
                        new Scene(fewer, scene.fresh(), scene.listens() > i ? scene.listens() - 1 : scene.listens()));
            }
        }
        for (int i = 1; i < old.size(); i++) {
            smaller.add(new Scene(old.subList(0, i), old.get(i).settings(), -1));
        }
        if (scene.listens() >= 0) {
            smaller.add(new Scene(old, scene.fresh(), -1));
        }
        if (!everywhere(scene).equals(scene)) {
            smaller.add(everywhere(scene));
        }
        for (int i = 0; i < old.size(); i++) {
            for (Old plainer : plainer(old.get(i))) {
                var plain = new ArrayList<>(old);
                plain.set(i, plainer);
                smaller.add(new Scene(
                        plain,
                        scene.fresh(),
                        plainer.left() == Left.BOUND || i != scene.listens() ? scene.listens() : -1));
            }
        }
        plainer(scene.fresh()).forEach(fresh -> smaller.add(new Scene(old, fresh, scene.listens())));
        return smaller;
    }

    /** With 127.0.0.1 for every address: two sockets that must have the same one cannot change it one by one. */
    private static Scene everywhere(Scene scene) {
        List<Old> old = scene.old().stream()
                .map(one -> new Old(
                        everywhere(one.settings()),
                        one.left(),
                        "127.0.0.1",
                        one.listenerStays(),
                        one.acceptedByOther()))
                .toList();
        return new Scene(old, everywhere(scene.fresh()), scene.listens());
    }

    private static Settings everywhere(Settings s) {
        return new Settings(
                Family.IPV4, "127.0.0.1", false, s.reuseAddress(), s.reusePort(), s.device(), s.otherUser());
    }

    private static List<Old> plainer(Old old) {
        var plainer = new ArrayList<Old>();
        Settings settings = old.settings();
        for (Left left : Left.values()) {
            if (left.compareTo(old.left()) < 0) {
                plainer.add(new Old(settings, left, old.peer(), false, false));
            }
        }
        if (old.listenerStays()) {
            plainer.add(new Old(settings, old.left(), old.peer(), false, old.acceptedByOther()));
        }
        if (old.acceptedByOther()) {
            plainer.add(new Old(settings, old.left(), old.peer(), old.listenerStays(), false));
        }
        for (Settings plain : plainer(settings)) {
            boolean same = plain.address().equals(settings.address()) && plain.v6Only() == settings.v6Only();
            String peer = same ? old.peer() : plain.address().equals("0.0.0.0") ? "127.0.0.1" : plain.address();
            plainer.add(new Old(plain, old.left(), peer, old.listenerStays(), old.acceptedByOther()));
        }
        return plainer;
    }

    private static List<Settings> plainer(Settings s) {
        var plainer = new ArrayList<Settings>();
        if (s.otherUser()) {
            plainer.add(new Settings(
                    s.family(), s.address(), s.v6Only(), s.reuseAddress(), s.reusePort(), s.device(), false));
        }
        if (s.device() != Device.NONE) {
            plainer.add(new Settings(
                    s.family(), s.address(), s.v6Only(), s.reuseAddress(), s.reusePort(), Device.NONE, s.otherUser()));
        }
        if (s.v6Only()) {
            plainer.add(new Settings(
                    s.family(), s.address(), false, s.reuseAddress(), s.reusePort(), s.device(), s.otherUser()));
        }
        if (s.reusePort()) {
            plainer.add(new Settings(
                    s.family(), s.address(), s.v6Only(), s.reuseAddress(), false, s.device(), s.otherUser()));
        }
        if (s.reuseAddress()) {
            plainer.add(
                    new Settings(s.family(), s.address(), s.v6Only(), false, s.reusePort(), s.device(), s.otherUser()));
        }
        for (String address : List.of("127.0.0.1", "0.0.0.0")) {
            if (s.family() == Family.IPV6
                    || (s.address().equals("127.0.0.2")
                            || (s.address().equals("0.0.0.0") && address.equals("127.0.0.1")))) {
                plainer.add(new Settings(
                        Family.IPV4, address, false, s.reuseAddress(), s.reusePort(), s.device(), s.otherUser()));
            }
        }
        return plainer;
    }
}
