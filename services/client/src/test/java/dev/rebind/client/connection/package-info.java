@NullMarked
package dev.rebind.client.connection;

import org.jspecify.annotations.NullMarked;
