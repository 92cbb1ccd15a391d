// What a screen reader is told, in a region of its own: sentences, not figures that change, and never many after each other.

const PAUSE_MS = 10_000;

export class Announcer {
  constructor(element) {
    this.element = element;
    this.last = 0;
  }

  /** At once: what the reader waits for. */
  say(text) {
    clearTimeout(this.timer);
    this.last = performance.now();
    // The same sentence again is news again.
    this.element.textContent = "";
    requestAnimationFrame(() => (this.element.textContent = text));
  }

  /** With the next pause; of several only the last. */
  soon(text) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(text), Math.max(0, this.last + PAUSE_MS - performance.now()));
  }
}
