/** What {@code /proc} tells of sockets: the tables, who holds a socket, and the settings of the namespace. */
@NullMarked
package dev.rebind.sockets.proc;

import org.jspecify.annotations.NullMarked;
