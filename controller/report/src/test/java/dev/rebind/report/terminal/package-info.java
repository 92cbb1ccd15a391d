/** Tests of what a terminal shows. */
@NullMarked
package dev.rebind.report.terminal;

import org.jspecify.annotations.NullMarked;
