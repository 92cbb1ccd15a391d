/** The clients of a server, in a process of their own, driven from here. */
@NullMarked
package dev.rebind.agent.clients;

import org.jspecify.annotations.NullMarked;
