/** The controller: experiments that are resources of a cluster. Reads and writes the API server; the cycles are those of {@code dev.rebind.engine}. */
@NullMarked
package dev.rebind.operator;

import org.jspecify.annotations.NullMarked;
