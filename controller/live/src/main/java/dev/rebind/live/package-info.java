/**
 * Experiments over HTTP, for the live page and for programs: what they are, their records, what happens, what may be asked of
 * them. {@code openapi.yaml} beside the page describes it. Where experiments come from is a seam, {@link
 * dev.rebind.live.Experiments}, and so is what may be asked of them, {@link dev.rebind.live.Actions}.
 */
@NullMarked
package dev.rebind.live;

import org.jspecify.annotations.NullMarked;
