/** A server that has each connection served by a process of its own, as sshd or inetd does it. */
@NullMarked
package dev.rebind.server.process;

import org.jspecify.annotations.NullMarked;
