/** A diagnosis as JSON, for scripts; the schema is docs/reference/why.schema.json. */
@NullMarked
package dev.rebind.diagnosis.json;

import org.jspecify.annotations.NullMarked;
