/** Runs what the plan says: one restart after another, each ending in a record. Blocking code for virtual threads. */
@NullMarked
package dev.rebind.engine;

import org.jspecify.annotations.NullMarked;
