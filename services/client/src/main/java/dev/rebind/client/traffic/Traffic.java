package dev.rebind.client.traffic;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the clients of a server say to it, and what counts as its answer. */
public sealed interface Traffic {
    /** Rebind's own words, which Rebind's server answers. */
    record Rebind() implements Traffic {}

    /**
     * A connection is made, says something where it is to, waits for an answer where it is to, and is held.
     *
     * @param send text that is sent in UTF-8 as soon as the connection is there; null: nothing
     * @param expect text that what the server says has to contain; null: the connection itself counts as the answer
     * @param timeout how long the answer may take, from the connection on; more than 0
     */
    record Tcp(@Nullable String send, @Nullable String expect, Duration timeout) implements Traffic {
        public Tcp {
            positive("timeout", timeout);
        }
    }

    /**
     * Requests by a schedule that does not wait for answers.
     *
     * @param bodyBytes length of each request's body; 0: no body
     * @param expectedStatus the status that counts as an answer; null: 200 to 399, as a probe of Kubernetes takes it
     * @param keepAlive whether connections serve request after request; false: a connection for each request
     * @param requestsPerSecond of all connections together, 1 to 100,000
     * @param timeout how long a request may wait for a connection, and then how long its answer may take; more than 0
     * @param idle so many connections bring one answer, and then are kept open without a request; 0 or more, and less than there are
     * @param tls null: plain HTTP
     */
    record Http(
            String method,
            String path,
            List<Header> headers,
            int bodyBytes,
            @Nullable Integer expectedStatus,
            boolean keepAlive,
            int requestsPerSecond,
            Version version,
            Duration timeout,
            int idle,
            @Nullable Tls tls)
            implements Traffic {
        public Http {
            headers = List.copyOf(headers);
            positive("timeout", timeout);
            if (!path.startsWith("/")) {
                throw new IllegalArgumentException("path " + path + " does not begin with /");
            }
            if (bodyBytes < 0) {
                throw new IllegalArgumentException("bodyBytes " + bodyBytes + " is less than 0");
            }
            if (idle < 0) {
                throw new IllegalArgumentException("idle " + idle + " is less than 0");
            }
            if (idle > 0 && !keepAlive) {
                throw new IllegalArgumentException("idle connections are kept open, and keepAlive is false");
            }
            if (requestsPerSecond < 1 || requestsPerSecond > 100_000) {
                throw new IllegalArgumentException("requestsPerSecond " + requestsPerSecond + " is not in 1 to 100000");
            }
        }

        /** The same that trusts these certificates, where it speaks TLS. */
        public Http trusting(String ca) {
            return tls == null
                    ? this
                    : new Http(
                            method,
                            path,
                            headers,
                            bodyBytes,
                            expectedStatus,
                            keepAlive,
                            requestsPerSecond,
                            version,
                            timeout,
                            idle,
                            new Tls(null, ca, tls.insecure(), tls.serverName()));
        }

        /** Whether a response with this status is the answer. */
        public boolean expects(int status) {
            return expectedStatus == null ? status >= 200 && status < 400 : status == expectedStatus;
        }
    }

    /** A header field of a request. */
    record Header(String name, String value) {}

    /**
     * How the server's certificate is checked.
     *
     * @param caFile PEM file with the certificates to trust; null: those that the JVM trusts
     * @param ca PEM text of certificates to trust, in place of a file; null: none
     * @param insecure true: any certificate is taken
     * @param serverName name for SNI and the check of the certificate, and the Host header; null: the address
     */
    record Tls(
            @Nullable String caFile,
            @Nullable String ca,
            boolean insecure,
            @Nullable String serverName) {}

    /** The version of HTTP. */
    enum Version {
        http1,
        /** Over TLS by ALPN; without TLS with prior knowledge (RFC 9113, section 3.3). */
        http2
    }

    private static void positive(String name, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException(name + " must be longer than 0");
        }
    }
}
