package dev.rebind.experiment.clients;

import org.jspecify.annotations.Nullable;

/**
 * What clients use with a target where the experiment does not say it.
 *
 * @param http null for the defaults
 * @param tls null for the defaults
 * @param why what shows it, as the end of a sentence that begins with "clients speak"
 */
public record TargetProtocol(
        Protocol protocol, @Nullable Http http, @Nullable Tls tls, String why) {
    @Override
    public String toString() {
        String path = http == null || http.path() == null ? "" : " to " + http.path();
        String unchecked = tls != null && Boolean.TRUE.equals(tls.insecure()) ? ", and no certificate is checked" : "";
        return "clients speak " + protocol + path + ", as " + why + unchecked;
    }
}
