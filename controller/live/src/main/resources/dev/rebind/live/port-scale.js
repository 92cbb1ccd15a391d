// Where a moment stands on the drawing of the port. While an experiment runs, the scale is linear, so that now moves evenly towards what is
// predicted. In a finished one everything often happens within a second, and then a minute passes: such a stretch is cut short, and says so.

/** A stretch in which nothing happens is cut from this share of all that is shown. */
const LONG = 0.03;
const CUT_WIDTH = 56;

/**
 * @param view {from, to, now}; now: null where nothing runs
 * @param moments at which something happened
 * @returns {x(ms), pieces: [{from, to, left, right, cut}], shown: ms that are not cut}
 */
export function portScale(view, moments, left, right) {
  const within = moments.filter((at) => at > view.from && at < view.to);
  const edges = [view.from, ...within, view.to].sort((a, b) => a - b);
  const pieces = [];
  for (let i = 1; i < edges.length; i++) {
    const [from, to] = [edges[i - 1], edges[i]];
    const cut = view.now === null && within.length > 1 && to - from > Math.max(1000, LONG * (view.to - view.from));
    if (!cut && pieces.at(-1)?.cut === false) pieces.at(-1).to = to;
    else if (to > from) pieces.push({ from, to, cut });
  }
  const shown = pieces.filter((piece) => !piece.cut).reduce((sum, piece) => sum + piece.to - piece.from, 0);
  const cuts = pieces.filter((piece) => piece.cut).length;
  const cutWidth = Math.min(CUT_WIDTH, (right - left) / (2 * Math.max(1, cuts)));
  let at = left;
  for (const piece of pieces) {
    piece.left = at;
    at += piece.cut ? cutWidth : ((piece.to - piece.from) / shown) * (right - left - cuts * cutWidth);
    piece.right = at;
  }
  const x = (ms) => {
    const piece = pieces.find((one) => ms <= one.to) ?? pieces.at(-1);
    const share = Math.min(1, Math.max(0, (ms - piece.from) / (piece.to - piece.from)));
    return piece.left + share * (piece.right - piece.left);
  };
  return { x, pieces, shown };
}
