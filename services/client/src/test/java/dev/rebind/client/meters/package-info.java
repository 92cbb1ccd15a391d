@NullMarked
package dev.rebind.client.meters;

import org.jspecify.annotations.NullMarked;
