package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** Describes a failed call to the API server or to an agent. */
public final class FailedCall {
    private FailedCall() {}

    /**
     * Returns the message of a failed call. If the API server gave a reason, this is only that reason, because the rest
     * of fabric8's message repeats the URL. Otherwise it includes the message of the cause, because fabric8 only says
     * "An error has occurred." when a connection fails.
     */
    public static String why(Throwable e) {
        if (e instanceof KubernetesClientException refused
                && refused.getStatus() != null
                && refused.getStatus().getMessage() != null) {
            return refused.getStatus().getMessage();
        }
        Throwable cause = e.getCause();
        String message = String.valueOf(e.getMessage());
        return cause == null || message.contains(String.valueOf(cause.getMessage()))
                ? message
                : message.replaceFirst("\\.$", "") + ": " + cause;
    }
}
