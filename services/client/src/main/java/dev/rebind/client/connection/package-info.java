/** The client's connections: each makes itself, talks, ends as told or as the server has it, and makes itself again. */
@NullMarked
package dev.rebind.client.connection;

import org.jspecify.annotations.NullMarked;
