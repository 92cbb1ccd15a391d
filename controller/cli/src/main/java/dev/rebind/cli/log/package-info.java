/** Writes the log as JSON for log collectors. */
@NullMarked
package dev.rebind.cli.log;

import org.jspecify.annotations.NullMarked;
