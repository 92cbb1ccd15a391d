/** The end-to-end test as a command: which lanes there are, in which order they run, and how their results are told. */
@NullMarked
package dev.rebind.e2e;

import org.jspecify.annotations.NullMarked;
