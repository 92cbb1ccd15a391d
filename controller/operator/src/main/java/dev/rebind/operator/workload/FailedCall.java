package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** The message of a failed call to the API server or to an agent. */
public final class FailedCall {
    private FailedCall() {}

    /**
     * The message with that of its cause, because fabric8 only says "An error has occurred." for an exception of the
     * connection. Where the API server gave a reason, that reason alone: the rest of fabric8's message repeats the URL.
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
