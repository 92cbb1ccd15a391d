/**
 * What Rebind's child programs, the server and the client, share: JSON lines on standard output, orders on standard input,
 * the end together with the parent, settings from flags and environment, what an I/O exception says in numbers.
 */
@NullMarked
package dev.rebind.child;

import org.jspecify.annotations.NullMarked;
