// One dashboard, drawn with Grafana's own components, 1,600 pixels wide. What is wrong with what is to be seen is left in window.faults.
import * as D from '@grafana/data';
import * as U from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { Heat, States } from './drawn.jsx';
import { choose, fill, run, timeRange, variables, view } from './queries.js';

const WIDTH = 1600;
const CELL = 38;
// The one colour that says that somebody should look, see k8s/dashboards/grafana.py.
const ALARM = '#e02f44';
const theme = D.createTheme({ colors: { mode: 'dark' } });
const faults = (window.faults = []);

D.standardTransformersRegistry.setInit(() =>
  [...new Map(Object.values(D.standardTransformers).map((one) => [one.id, one])).values()].map((one) => ({ id: one.id, name: one.name, transformation: one, editor: () => null })),
);
const editor = (id, process) => ({ id, path: id, name: id, process, shouldApply: () => true, override: () => null, editor: () => null, settings: {}, getItemsCount: () => 0 });
const STANDARD = {
  displayName: D.displayNameOverrideProcessor, unit: D.unitOverrideProcessor, min: D.numberOverrideProcessor, max: D.numberOverrideProcessor,
  decimals: D.numberOverrideProcessor, noValue: D.stringOverrideProcessor, color: D.identityOverrideProcessor, thresholds: D.thresholdsOverrideProcessor,
  mappings: D.valueMappingsOverrideProcessor, links: D.dataLinksOverrideProcessor,
};
D.standardFieldConfigEditorRegistry.setInit(() => Object.entries(STANDARD).map(([id, process]) => editor(id, process)));

const CURVE = {
  drawStyle: 'line', lineInterpolation: 'linear', lineWidth: 1, fillOpacity: 0, gradientMode: 'none', barAlignment: 0, barWidthFactor: 0.6, pointSize: 5, showPoints: 'auto',
  axisPlacement: 'auto', axisLabel: '', axisColorMode: 'text', axisBorderShow: false, scaleDistribution: { type: 'linear' }, axisCenteredZero: false,
  hideFrom: { tooltip: false, viz: false, legend: false }, spanNulls: false, insertNulls: false, stacking: { mode: 'none', group: 'A' }, thresholdsStyle: { mode: 'off' },
};

async function load(panel, pixels) {
  let frames = (await Promise.all(panel.targets.map((target) => run(target, panel, pixels)))).flat();
  if (panel.transformations && frames.length) {
    frames = await new Promise((resolve, reject) => D.transformDataFrame(panel.transformations, frames).subscribe({ next: resolve, error: reject }));
  }
  const { defaults, overrides } = panel.fieldConfig;
  const custom = { ...(panel.type === 'timeseries' ? CURVE : {}), ...defaults.custom };
  const paths = new Set([...Object.keys(custom), ...overrides.flatMap((one) => one.properties.map(({ id }) => id).filter((id) => id.startsWith('custom.')).map((id) => id.slice(7)))]);
  const fieldConfigRegistry = D.createFieldConfigRegistry(
    { useCustomConfig: (builder) => paths.forEach((path) => builder.addCustomEditor({ ...editor(path, D.identityOverrideProcessor), defaultValue: undefined })) },
    panel.title,
  );
  return D.applyFieldOverrides({ data: frames, fieldConfig: { defaults: { ...defaults, custom }, overrides }, replaceVariables: (text) => fill(text ?? ''), theme, timeZone: 'utc', fieldConfigRegistry });
}

function values(panel, frames) {
  return D.getFieldDisplayValues({ fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (text) => fill(text ?? ''), theme, data: frames, sparkline: false, timeZone: 'utc' });
}

/** Faults of what a panel shows, whatever it looks like. */
function check(panel, frames) {
  const fault = (what) => faults.push(`'${panel.title}': ${what}`);
  if (panel.type === 'stat') {
    const shown = values(panel, frames).map((one) => one.display);
    if (shown.every(({ numeric }) => !numeric) && shown.some(({ color, text }) => color === ALARM && !/[a-z]/i.test(text))) {
      fault('has the colour of an alarm, and every value is 0');
    }
  }
  if (panel.type !== 'table' || !frames[0]?.length) {
    return;
  }
  const text = (field, row) => D.formattedValueToString(field.display(field.values[row]));
  const fields = frames[0].fields;
  const labels = fields.filter((field) => field.type === D.FieldType.string);
  const seen = new Set();
  for (let row = 0; row < frames[0].length; row++) {
    for (const field of labels.filter((one) => !one.config.mappings?.length && text(one, row) !== String(one.values[row] ?? ''))) {
      fault(`shows ${text(field, row)} for the label ${field.values[row]}`);
    }
    const whole = labels.map((field) => text(field, row)).join(' | ');
    if (seen.has(whole)) {
      fault(`has two rows that read ${whole}`);
    }
    seen.add(whole);
    for (const field of fields.filter((one) => one.values[row] === 0 && one.config.custom?.cellOptions?.type !== 'auto')) {
      if (field.display(0).color === ALARM) {
        fault(`has the colour of an alarm for 0 in ${D.getFieldDisplayName(field, frames[0])}`);
      }
    }
  }
}

function Chart({ panel, frames, width, height }) {
  const options = panel.options;
  const nothing = <div style={{ width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary }}>{panel.fieldConfig.defaults.noValue}</div>;
  if (panel.type === 'stat' || panel.type === 'bargauge') {
    const common = { getValues: () => values(panel, frames), orientation: options.orientation, width, height, source: frames, renderCounter: 0, getAlignmentFactors: D.getDisplayValueAlignmentFactors };
    if (panel.type === 'stat') {
      return (
        <U.VizRepeater {...common} autoGrid itemSpacing={3} minVizHeight={0} renderValue={({ value, ...place }) => <U.BigValue {...place} {...options} value={value.display} theme={theme} />} />
      );
    }
    return (
      <U.VizRepeater
        {...common}
        itemSpacing={10}
        minVizHeight={options.minVizHeight}
        maxVizHeight={options.maxVizHeight}
        renderValue={({ value, alignmentFactors, count, ...place }) => (
          <U.BarGauge {...place} {...options} value={value.display} field={value.field} theme={theme} itemSpacing={10} lcdCellWidth={12} valueDisplayMode={options.valueMode} alignmentFactors={count > 1 ? alignmentFactors : undefined} />
        )}
      />
    );
  }
  if (!frames.some((frame) => frame.length)) {
    return nothing;
  }
  switch (panel.type) {
    case 'timeseries':
      return <U.TimeSeries frames={frames} structureRev={1} timeRange={timeRange} timeZone="utc" width={width} height={height} legend={options.legend} options={options}>{() => null}</U.TimeSeries>;
    case 'table':
      return <U.Table data={frames[0]} width={width} height={height} noHeader={!options.showHeader} cellHeight={options.cellHeight} timeRange={timeRange} showTypeIcons={false} initialSortBy={options.sortBy} />;
    case 'state-timeline':
      return <States frames={frames} width={width} height={height} />;
    case 'heatmap':
      return <Heat frames={frames} width={width} height={height} />;
    default:
      faults.push(`'${panel.title}': panels of kind ${panel.type} cannot be drawn here`);
      return nothing;
  }
}

function Panel({ panel }) {
  const { x, y, w, h } = panel.gridPos;
  const column = (WIDTH - 8) / 24;
  const box = { position: 'absolute', left: 8 + x * column, top: 76 + y * CELL, width: w * column - 8, height: h * CELL - 8 };
  const [frames, loaded] = React.useState(null);
  React.useEffect(() => {
    if (panel.type !== 'row') {
      load(panel, box.width).then(
        (result) => {
          check(panel, result);
          loaded(result);
        },
        (failed) => {
          faults.push(`'${panel.title}': ${failed}`);
          loaded([]);
        },
      );
    }
  }, []);
  if (panel.type === 'row') {
    return <div style={{ ...box, fontSize: 16, fontWeight: 500, paddingTop: 4 }}>{panel.title}</div>;
  }
  return (
    <div style={box} data-panel={panel.title} data-kind={panel.type} data-loaded={frames ? 1 : 0}>
      <U.PanelChrome title={panel.title} width={box.width} height={box.height}>
        {(width, height) => frames && <Chart panel={panel} frames={frames} width={width} height={height} />}
      </U.PanelChrome>
    </div>
  );
}

async function main() {
  const dashboard = await (await fetch(`/dashboards/${view.dashboard}.json`)).json();
  await choose(dashboard.templating.list);
  const height = Math.max(...dashboard.panels.map(({ gridPos }) => gridPos.y + gridPos.h)) * CELL + 84;
  const chosen = dashboard.templating.list.filter((one) => one.type !== 'datasource').map((one) => `${one.label}: ${variables[one.name] === '.*' ? 'All' : variables[one.name]}`);
  const context = { eventBus: new D.EventBusSrv(), eventsScope: '_', sync: () => 0, canAddAnnotations: () => false, canEditAnnotations: () => false, canDeleteAnnotations: () => false };
  createRoot(document.getElementById('root')).render(
    <D.ThemeContext.Provider value={theme}>
      <U.PanelContextProvider value={context}>
        <U.GlobalStyles />
        <div style={{ position: 'relative', width: WIDTH, height, background: theme.colors.background.canvas }}>
          <div style={{ position: 'absolute', left: 8, top: 8, fontSize: 18 }}>{dashboard.title}</div>
          <div style={{ position: 'absolute', left: 8, top: 42, fontSize: 13, color: theme.colors.text.secondary }}>{chosen.join('   ')}</div>
          {dashboard.panels.map((panel) => <Panel key={panel.id} panel={panel} />)}
        </div>
      </U.PanelContextProvider>
    </D.ThemeContext.Provider>,
  );
}

main().catch((failed) => {
  faults.push(String(failed.stack));
  document.body.dataset.failed = '1';
});
