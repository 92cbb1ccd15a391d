package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** The message of a failed call to the API server. */
final class FailedCall {
    private FailedCall() {}

    /**
     * The message with that of its cause, because fabric8 only says "An error has occurred." for an exception of the
     * connection.
     */
    static String why(KubernetesClientException e) {
        Throwable cause = e.getCause();
        String message = String.valueOf(e.getMessage());
        return cause == null || message.contains(String.valueOf(cause.getMessage()))
                ? message
                : message.replaceFirst("\\.$", "") + ": " + cause;
    }
}
