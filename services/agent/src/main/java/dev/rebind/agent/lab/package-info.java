/** The parts that only the lab uses: strangers that take a port, and pairs of bare sockets that test the kernel's rule. */
@NullMarked
package dev.rebind.agent.lab;

import org.jspecify.annotations.NullMarked;
