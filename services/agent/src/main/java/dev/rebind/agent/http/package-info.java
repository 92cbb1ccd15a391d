/** The agent as a service: who may ask, who holds it, and what it does for them. */
@NullMarked
package dev.rebind.agent.http;

import org.jspecify.annotations.NullMarked;
