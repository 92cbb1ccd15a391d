/** The terminal output of a run: progress while it runs, and the table at its end. */
@NullMarked
package dev.rebind.report.terminal;

import org.jspecify.annotations.NullMarked;
