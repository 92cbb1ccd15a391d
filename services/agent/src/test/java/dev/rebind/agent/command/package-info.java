@NullMarked
package dev.rebind.agent.command;

import org.jspecify.annotations.NullMarked;
