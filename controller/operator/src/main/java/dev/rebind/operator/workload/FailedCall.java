package dev.rebind.operator.workload;

import io.fabric8.kubernetes.client.KubernetesClientException;

/** What a failed call to the API server says. */
final class FailedCall {
    private FailedCall() {}

    /** The message, with that of the cause: fabric8 says "An error has occurred." of whatever the connection threw. */
    static String why(KubernetesClientException e) {
        Throwable cause = e.getCause();
        String message = String.valueOf(e.getMessage());
        return cause == null || message.contains(String.valueOf(cause.getMessage()))
                ? message
                : message.replaceFirst("\\.$", "") + ": " + cause;
    }
}
