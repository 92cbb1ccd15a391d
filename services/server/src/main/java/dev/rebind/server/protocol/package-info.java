/** What the server says on standard output and what it is told on standard input, one line each: read and written here only. */
@NullMarked
package dev.rebind.server.protocol;

import org.jspecify.annotations.NullMarked;
