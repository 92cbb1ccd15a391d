/** Pairs of bare sockets, and the kernel's truth table that they give. */
@NullMarked
package dev.rebind.experiment.cells;

import org.jspecify.annotations.NullMarked;
