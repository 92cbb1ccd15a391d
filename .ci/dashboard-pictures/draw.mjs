// node draw.mjs DASHBOARDS PICTURES [NAME?QUERY …] : draws each dashboard of the folder DASHBOARDS as PICTURES/NAME.png and fails on what is wrong with it. QUERY is the page's:
// dashboard, prometheus (its address), to and range and scrape (seconds), and var-NAME for variables. CHROMIUM is the browser.
import { build } from 'esbuild';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import puppeteer from 'puppeteer-core';

const here = import.meta.dirname;
const [dashboards, pictures, ...wanted] = process.argv.slice(2);
const library = (name) => path.join(here, 'node_modules/@grafana', name, 'dist/cjs/index.cjs');

// Grafana itself is AGPL and has no part in this.
for (const name of fs.readdirSync(path.join(here, 'node_modules/@grafana'))) {
  const { license } = JSON.parse(fs.readFileSync(path.join(here, 'node_modules/@grafana', name, 'package.json'), 'utf8'));
  if (!['Apache-2.0', 'MIT'].includes(license)) {
    throw new Error(`@grafana/${name} has the licence ${license}`);
  }
}
const { outputFiles } = await build({
  entryPoints: [path.join(here, 'page.jsx')],
  bundle: true,
  write: false,
  outdir: '/',
  format: 'iife',
  jsx: 'automatic',
  logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"', 'process.env': '{}', 'process.platform': '"linux"', global: 'window' },
  loader: Object.fromEntries(['.svg', '.png', '.woff', '.woff2', '.ttf'].map((kind) => [kind, 'dataurl'])),
  // One copy of each library, for their registries.
  alias: Object.fromEntries(['data', 'schema', 'ui'].map((name) => [`@grafana/${name}`, library(name)])),
  banner: { js: 'window.process = { env: {}, platform: "linux" }; window.__grafana_public_path__ = "/public/";' },
});
const files = new Map(outputFiles.map((file) => [file.path, file.text]));

const server = http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://here');
  const dashboard = /^\/dashboards\/([\w-]+\.json)$/.exec(pathname);
  if (pathname === '/') {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end('<!doctype html><link rel=stylesheet href=/page.css><body style="margin:0"><div id=root></div><script src=/page.js></script>');
  } else if (dashboard) {
    response.end(fs.readFileSync(path.join(dashboards, dashboard[1])));
  } else if (files.has(pathname)) {
    response.setHeader('content-type', pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
    response.end(files.get(pathname));
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--force-color-profile=srgb'],
});

/** Faults of where things are on the screen. */
function seen() {
  return [...document.querySelectorAll('[data-kind=table]')].flatMap((panel) => {
    const edge = panel.getBoundingClientRect().right;
    return [...panel.querySelectorAll('[role=columnheader]')]
      .filter((header) => header.getBoundingClientRect().right > edge)
      .map((header) => `'${panel.dataset.panel}': the column ${header.textContent} is off the screen`);
  });
}

let wrong = 0;
for (const one of wanted) {
  const [name, query] = one.split('?');
  const page = await browser.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  // A browser without a locale of its own gives one that no formatter takes.
  await page.evaluateOnNewDocument(() => Object.defineProperty(navigator, 'language', { get: () => 'en-US' }));
  await page.setViewport({ width: 1600, height: 1000 });
  await page.goto(`http://127.0.0.1:${server.address().port}/?${query}`, { waitUntil: 'load' });
  await page.waitForFunction(() => document.body.dataset.failed || (document.querySelector('[data-loaded]') && !document.querySelector('[data-loaded="0"]')), { timeout: 120_000 }).catch((error) => faults.push(String(error)));
  await page.setViewport({ width: 1600, height: await page.evaluate(() => document.documentElement.scrollHeight) });
  // Two frames, so that what was measured is drawn.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  faults.push(...(await page.evaluate(() => window.faults ?? [])), ...(await page.evaluate(seen)));
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  await page.close();
  wrong += faults.length;
  console.log(faults.length ? [`${name}:`, ...new Set(faults)].join('\n  ') : `ok: ${name}`);
}
await browser.close();
server.close();
process.exitCode = wrong ? 1 : 0;
