/**
 * The experiments of a cluster for the live page, and its orders: implements the interfaces of {@code dev.rebind.live}.
 */
@NullMarked
package dev.rebind.operator.live;

import org.jspecify.annotations.NullMarked;
