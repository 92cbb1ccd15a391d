/**
 * The controller, which runs experiments that are resources of a cluster. It talks to the API server; {@code
 * dev.rebind.engine} runs the cycles.
 */
@NullMarked
package dev.rebind.operator;

import org.jspecify.annotations.NullMarked;
