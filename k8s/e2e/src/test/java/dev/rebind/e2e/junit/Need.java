package dev.rebind.e2e.junit;

import dev.rebind.e2e.cluster.Settings;
import dev.rebind.experiment.restart.Mode;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is not everywhere. */
public enum Need {
    LISTENER_MODE,
    PROCESS_MODE,
    CONTAINER_MODE,
    POD_MODE,
    PROMETHEUS,
    SERVERS_IMAGE,
    FORMER_VERSION,
    FROZEN_API_SERVER,
    FROZEN_KUBELET,
    BROWSER;

    /** Why it is not at hand; empty where it is. */
    public Optional<String> missing(Settings settings) {
        return switch (this) {
            case LISTENER_MODE -> mode(settings, Mode.listener);
            case PROCESS_MODE -> mode(settings, Mode.process);
            case CONTAINER_MODE -> mode(settings, Mode.container);
            case POD_MODE -> mode(settings, Mode.pod);
            case PROMETHEUS -> unless(settings.prometheus(), "no PROMETHEUS_URL");
            case SERVERS_IMAGE ->
                unless(settings.serversImage(), "no SERVERS_IMAGE; k8s/README.md says how it is made");
            case FORMER_VERSION ->
                unless(
                        both(settings.formerChart(), settings.formerImage()),
                        "no FORMER_CHART and FORMER_IMAGE; .ci/former makes them of a commit");
            case FROZEN_API_SERVER ->
                unless(
                        both(settings.freeze(), settings.thaw()),
                        "no FREEZE_COMMAND and THAW_COMMAND: the API server's process is not known");
            case FROZEN_KUBELET ->
                unless(
                        both(settings.freezeKubelet(), settings.thawKubelet()),
                        "no FREEZE_KUBELET_COMMAND and THAW_KUBELET_COMMAND: the kubelet's process is not known");
            case BROWSER -> unless(settings.walk(), "no WALK_COMMAND: a browser is not at hand");
        };
    }

    private static Optional<String> mode(Settings settings, Mode mode) {
        String modes = settings.modes().stream().map(Mode::name).collect(Collectors.joining(" "));
        return settings.modes().contains(mode)
                ? Optional.empty()
                : Optional.of("restart mode " + mode + " is not in MODES (" + modes + ")");
    }

    /** Empty unless both are given. */
    private static String both(String one, String two) {
        return one.isEmpty() ? "" : two;
    }

    private static Optional<String> unless(String given, String why) {
        return given.isEmpty() ? Optional.of(why) : Optional.empty();
    }
}
