/** The experiments of a cluster as the live page sees them, and what may be asked of them: seams of {@code dev.rebind.live}. */
@NullMarked
package dev.rebind.operator.live;

import org.jspecify.annotations.NullMarked;
