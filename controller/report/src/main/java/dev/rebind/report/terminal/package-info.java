/** A run as a terminal shows it: progress while it runs, the table at its end. */
@NullMarked
package dev.rebind.report.terminal;

import org.jspecify.annotations.NullMarked;
