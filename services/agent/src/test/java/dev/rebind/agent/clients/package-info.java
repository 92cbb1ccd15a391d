@NullMarked
package dev.rebind.agent.clients;

import org.jspecify.annotations.NullMarked;
