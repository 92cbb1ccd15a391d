/** The findings as sentences on a screen and as JSON. */
@NullMarked
package dev.rebind.diagnosis.text;

import org.jspecify.annotations.NullMarked;
