/** What only the lab does: strangers that take a port, and pairs of bare sockets that try the kernel's rule. */
@NullMarked
package dev.rebind.agent.lab;

import org.jspecify.annotations.NullMarked;
