/** What a diagnosis consists of: findings with their evidence, from which the sentences are made. */
@NullMarked
package dev.rebind.diagnosis.finding;

import org.jspecify.annotations.NullMarked;
