/** What the client says on standard output and what it is told on standard input, one line each: read and written here only. */
@NullMarked
package dev.rebind.client.protocol;

import org.jspecify.annotations.NullMarked;
