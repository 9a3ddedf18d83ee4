import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { METRICS, type MetricRow, PROCESS_METRICS } from '../src/server/metrics/table.ts';
import { ROOT } from './architecture/source.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const FILES = ['examples/monitoring/alerts.yml', 'examples/monitoring/grafana-dashboard.json'];

/** Names as queries have them: a histogram is read by its parts. */
const READABLE = new Map<string, readonly string[]>([
  ...Object.entries<MetricRow>(METRICS).flatMap(([name, { type, labels }]): [string, readonly string[]][] =>
    type === 'histogram'
      ? ['_bucket', '_sum', '_count'].map((part) => [`${name}${part}`, [...labels, 'le']])
      : [[name, labels]],
  ),
  ...Object.keys(PROCESS_METRICS).map((name): [string, readonly string[]] => [name, []]),
]);
/** Labels that the scraper adds. */
const SCRAPED = ['instance', 'job'];

const namesIn = (text: string) =>
  [...text.matchAll(/\b(?:cordon|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);

for (const file of FILES) {
  const text = read(file).replaceAll('\\"', '"');

  test(`${file} names only metrics that the server has, with the labels that they have`, () => {
    const names = namesIn(text);
    assert.ok(names.length > 10);
    assert.deepEqual(
      names.filter((name) => !READABLE.has(name)),
      [],
    );
    const wrong = [...text.matchAll(/\b([a-z_0-9]+)\{([^}]*)\}/g)].flatMap(([, name, selector]) =>
      [...selector!.matchAll(/(\w+)=~?"/g)]
        .map(([, label]) => label!)
        .filter((label) => !SCRAPED.includes(label) && READABLE.get(name!)?.includes(label) !== true)
        .map((label) => `${name}{${label}}`),
    );
    assert.deepEqual(wrong, []);
  });

  test(`${file} groups by labels of the metric`, () => {
    const groups = [...text.matchAll(/by \(([\w, ]+)\) \((?:\w+\()?([a-z_0-9]+)/g)];
    assert.ok(groups.length > 0);
    const wrong = groups.flatMap(([, labels, name]) =>
      labels!
        .split(/, */)
        .filter((label) => READABLE.get(name!)?.includes(label) !== true)
        .map((label) => `${name} by ${label}`),
    );
    assert.deepEqual(wrong, []);
  });
}

test('every metric of ours is on the dashboard or in an alert', () => {
  const used = new Set(FILES.flatMap((file) => namesIn(read(file))));
  const unused = Object.entries<MetricRow>(METRICS)
    .map(([name, { type }]) => (type === 'histogram' ? `${name}_bucket` : name))
    .filter((name) => !used.has(name));
  assert.deepEqual(unused, []);
});

test('every alert is described, and no other', () => {
  const alerts = [...read(FILES[0]!).matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const described = [...read('docs/metrics.md').matchAll(/^\| `(Cordon\w+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(described, alerts);
});

test('the dashboard is one that Grafana reads: JSON, with a place of its own for each panel', () => {
  const { panels } = JSON.parse(read(FILES[1]!)) as {
    panels: { id: number; gridPos: { x: number; y: number }; targets: { expr: string }[] }[];
  };
  const places = panels.map(({ gridPos }) => `${gridPos.x},${gridPos.y}`);
  assert.equal(new Set(places).size, panels.length);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.ok(panels.every(({ targets }) => targets.every(({ expr }) => expr !== '')));
});
