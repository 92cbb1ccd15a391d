/** The rules for every member of a cycle record: which values it may have, and in which order they are written. */
@NullMarked
package dev.rebind.record.schema;

import org.jspecify.annotations.NullMarked;
