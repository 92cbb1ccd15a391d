/**
 * Shows the experiments of a cluster on the live page and carries out its orders. Implements the interfaces of {@code
 * dev.rebind.live}.
 */
@NullMarked
package dev.rebind.operator.live;

import org.jspecify.annotations.NullMarked;
