// What Grafana's Prometheus data source does with the queries of a panel: variables, steps, answers as frames.
import * as D from '@grafana/data';

const { FieldType } = D;
const asked = new URLSearchParams(location.search);
export const view = {
  dashboard: asked.get('dashboard'),
  prometheus: asked.get('prometheus'),
  scrape: Number(asked.get('scrape')),
  to: Number(asked.get('to')),
  from: Number(asked.get('to')) - Number(asked.get('range')),
  range: Number(asked.get('range')),
  chosen: Object.fromEntries([...asked].filter(([name]) => name.startsWith('var-')).map(([name, value]) => [name.slice(4), value])),
};
export const timeRange = { from: D.dateTime(view.from * 1000), to: D.dateTime(view.to * 1000), raw: { from: 'now-1h', to: 'now' } };
export const variables = {};

const UNITS = { ms: 0.001, s: 1, m: 60, h: 3600 };

function seconds(duration) {
  const [, number, unit] = /^(\d+)(ms|s|m|h)$/.exec(duration);
  return number * UNITS[unit];
}

export function fill(text, more = {}) {
  const values = { ...variables, ...more };
  return text.replace(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g, (whole, braced, plain) => String(values[braced ?? plain] ?? whole));
}

async function ask(path, parameters) {
  const answer = await fetch(`${view.prometheus}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
  const json = await answer.json();
  if (json.status !== 'success') {
    throw new Error(`${json.error} in ${parameters.query ?? path}`);
  }
  return json.data;
}

/** Sets the variables of a dashboard: what the address chooses, else all, else the first value. */
export async function choose(list) {
  for (const one of list) {
    if (one.type === 'datasource') {
      variables[one.name] = 'prometheus';
    } else if (one.type === 'custom') {
      variables[one.name] = view.chosen[one.name] ?? one.current.value;
    } else {
      const [, selector, label] = /^label_values\((.+), (\w+)\)$/s.exec(one.definition);
      const answer = await fetch(`${view.prometheus}/api/v1/label/${label}/values?${new URLSearchParams({ 'match[]': fill(selector), start: view.from, end: view.to })}`);
      variables[one.name] = view.chosen[one.name] ?? (one.includeAll ? one.allValue : (await answer.json()).data[0] ?? '');
    }
  }
}

function number(text) {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);
}

function legend(format, labels) {
  return format.replace(/\{\{\s*(.+?)\s*\}\}/g, (_, label) => labels[label] ?? '');
}

function curve(target, labels, points, step) {
  return {
    refId: target.refId,
    length: points.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: { interval: step * 1000 }, values: points.map(([at]) => at * 1000) },
      { name: 'Value', type: FieldType.number, labels, config: { displayNameFromDS: legend(target.legendFormat, labels) }, values: points.map(([, value]) => number(value)) },
    ],
  };
}

function rows(target, result, value) {
  const labels = [...new Set(result.flatMap((one) => Object.keys(one.metric)))].sort();
  return {
    refId: target.refId,
    length: result.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: result.map((one) => one.value[0] * 1000) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, config: {}, values: result.map((one) => one.metric[label] ?? '') })),
      { name: value, type: FieldType.number, config: {}, values: result.map((one) => number(one.value[1])) },
    ],
  };
}

/** Curves have no null where nothing was answered; Grafana puts one there, so that a line has a gap. */
function withGaps(frame, step) {
  const [time, value] = frame.fields;
  const times = [];
  const values = [];
  time.values.forEach((at, index) => {
    if (index > 0 && at - time.values[index - 1] > step * 1500) {
      times.push(time.values[index - 1] + step * 1000);
      values.push(null);
    }
    times.push(at);
    values.push(Number.isFinite(value.values[index]) ? value.values[index] : null);
  });
  return { ...frame, length: times.length, fields: [{ ...time, values: times }, { ...value, values }] };
}

/** The frames of one query; steps are as Grafana takes them for a panel of that many pixels. */
export async function run(target, panel, pixels) {
  const least = Math.max(view.scrape, panel.interval ? seconds(panel.interval) : 0);
  const step = Math.max(Math.round(D.rangeUtil.calculateInterval(timeRange, panel.maxDataPoints ?? Math.round(pixels), `${view.scrape}s`).intervalMs / 1000), least);
  const query = fill(target.expr, {
    __interval: `${step}s`,
    __interval_ms: step * 1000,
    __rate_interval: `${Math.max(step + view.scrape, 4 * view.scrape)}s`,
    __range: `${view.range}s`,
  });
  if (target.instant) {
    const { result } = await ask('query', { query, time: view.to });
    const several = panel.targets.filter((one) => one.format === 'table').length > 1;
    if (target.format === 'table') {
      return result.length ? [rows(target, result, several ? `Value #${target.refId}` : 'Value')] : [];
    }
    return result.map((one) => curve(target, one.metric, [one.value], step));
  }
  const { result } = await ask('query_range', { query, start: Math.floor(view.from / step) * step, end: Math.floor(view.to / step) * step, step });
  const frames = result.map((one) => curve(target, one.metric, one.values, step));
  return panel.type === 'timeseries' ? frames.map((frame) => withGaps(frame, step)) : frames;
}
