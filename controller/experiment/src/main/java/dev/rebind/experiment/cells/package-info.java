/** Pairs of bare sockets, and the kernel's truth table of them. */
@NullMarked
package dev.rebind.experiment.cells;

import org.jspecify.annotations.NullMarked;
