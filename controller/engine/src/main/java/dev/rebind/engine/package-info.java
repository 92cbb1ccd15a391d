/** Runs plans: one restart after another, each of which ends in a record. The code blocks and runs on virtual threads. */
@NullMarked
package dev.rebind.engine;

import org.jspecify.annotations.NullMarked;
