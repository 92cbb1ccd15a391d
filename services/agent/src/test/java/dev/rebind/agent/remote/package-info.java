@NullMarked
package dev.rebind.agent.remote;

import org.jspecify.annotations.NullMarked;
