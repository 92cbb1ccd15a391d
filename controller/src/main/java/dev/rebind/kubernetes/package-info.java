/** The controller: experiments that are resources of a cluster. Reads and writes the API server; the cycles are those of {@code dev.rebind.cycle}. */
@NullMarked
package dev.rebind.kubernetes;

import org.jspecify.annotations.NullMarked;
