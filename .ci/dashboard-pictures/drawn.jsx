// The two kinds of panels that Grafana's libraries do not have, as drawings that are near enough to look at.
import * as D from '@grafana/data';
import { timeRange, view } from './queries.js';

const INK = '#ccccdc';
const SOFT = '#9a9aa5';
const PAGE = 15;

function axis(left, width, y) {
  return [0, 0.25, 0.5, 0.75].map((part) => (
    <text key={part} x={left + part * width} y={y} fontSize="11" fill={SOFT}>
      {new Date((view.from + part * view.range) * 1000).toISOString().slice(11, 16)}
    </text>
  ));
}

/** Spans of time in which a series says the same thing. */
function spans(frame) {
  const [time, value] = frame.fields;
  const step = time.config.interval;
  const found = [];
  time.values.forEach((at, index) => {
    const { text, color } = value.display(value.values[index]);
    const last = found.at(-1);
    if (last?.text === text && at - last.to < 1) {
      last.to = at + step;
    } else {
      found.push({ from: at, to: at + step, text, color });
    }
  });
  return found;
}

/** A state timeline: a row for each series, as many as Grafana has on a page. */
export function States({ frames, width, height }) {
  const shown = frames.slice(0, PAGE);
  const name = (frame) => D.getFieldDisplayName(frame.fields[1], frame, frames);
  const left = Math.min(290, 12 + Math.max(...shown.map((frame) => name(frame).length)) * 6.8);
  const row = (height - 24) / shown.length;
  const x = (at) => Math.min(width, left + ((at / 1000 - view.from) / view.range) * (width - left));
  return (
    <svg width={width} height={height}>
      {shown.map((frame, index) => (
        <g key={index}>
          <text x={left - 6} y={(index + 0.5) * row + 4} fontSize="12" textAnchor="end" fill={INK}>{name(frame)}</text>
          {spans(frame).map(({ from, to, text, color }) => (
            <g key={from}>
              <rect x={x(from)} y={(index + 0.1) * row} width={Math.max(1, x(to) - x(from))} height={row * 0.8} fill={color} fillOpacity=".85" />
              {x(to) - x(from) > text.length * 7.5 + 8 && <text x={x(from) + 5} y={(index + 0.5) * row + 4} fontSize="12" fill="#111">{text}</text>}
            </g>
          ))}
        </g>
      ))}
      {axis(left, width - left, height - 6)}
    </svg>
  );
}

/** A heatmap of a histogram: the cumulative buckets are told apart first, as Grafana does it. */
export function Heat({ frames, width, height }) {
  const upper = (frame) => (frame.fields[1].labels.le === '+Inf' ? Infinity : Number(frame.fields[1].labels.le));
  const sorted = [...frames].sort((one, other) => upper(one) - upper(other));
  const at = sorted.at(-1).fields[0].values;
  const count = sorted.map((frame) => new Map(frame.fields[0].values.map((time, index) => [time, frame.fields[1].values[index]])));
  const cell = (row, time) => Math.max(0, (count[row].get(time) ?? 0) - (row ? (count[row - 1].get(time) ?? 0) : 0));
  const most = Math.max(...sorted.flatMap((_, row) => at.map((time) => cell(row, time))));
  const left = 64;
  const tall = (height - 24) / sorted.length;
  const wide = ((width - left) * sorted[0].fields[0].config.interval) / 1000 / view.range;
  return (
    <svg width={width} height={height}>
      {sorted.flatMap((frame, row) => [
        <text key={`le ${row}`} x={left - 6} y={height - 24 - (row + 0.3) * tall} fontSize="10" textAnchor="end" fill={INK}>
          {Number.isFinite(upper(frame)) ? `${upper(frame)} s` : 'more'}
        </text>,
        ...at
          .filter((time) => cell(row, time) > 0)
          .map((time) => (
            <rect
              key={`${row} ${time}`}
              x={left + ((time - timeRange.from.valueOf()) / 1000 / view.range) * (width - left)}
              y={height - 24 - (row + 1) * tall}
              width={Math.max(1, wide - 1)}
              height={Math.max(1, tall - 1)}
              fill={`hsl(27 90% ${35 + 45 * Math.sqrt(cell(row, time) / most)}%)`}
            />
          )),
      ])}
      {axis(left, width - left, height - 6)}
    </svg>
  );
}
