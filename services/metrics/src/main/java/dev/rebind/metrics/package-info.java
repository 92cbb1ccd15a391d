/** Meters of ports and binds, for any Micrometer registry. Stands on {@code dev.rebind.sockets} and micrometer-core alone. */
@NullMarked
package dev.rebind.metrics;

import org.jspecify.annotations.NullMarked;
