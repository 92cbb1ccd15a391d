@NullMarked
package dev.rebind.agent.http;

import org.jspecify.annotations.NullMarked;
