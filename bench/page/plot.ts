import { FIGURE_NAMES, FIGURES, type Figure, reaches } from '../figures.ts';
import { formatted } from './format.ts';
import { measured } from './page.ts';
import type { PerformanceRecord } from './record.ts';

const WIDTH = 860;
const LEFT = 190;
const RIGHT = 230;
const ROW = 26;
const TOP = 58;
/** Times that the bar is reached or missed at the ends; what is beyond stands at the end. */
const REACH = 16;

/** docs/performance.svg: how many times over each figure reaches its bar, or misses it, by a logarithmic scale. */
export function plotOf(record: PerformanceRecord): string {
  const height = TOP + FIGURE_NAMES.length * ROW + 20;
  const ticks = [1 / 16, 1 / 4, 1, 4, 16];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif">
  <title id="title">How far each figure is from its bar</title>
  <desc id="description">${FIGURE_NAMES.map((name) => described(name, record)).join('; ')}.</desc>
  <style>
    .page { fill: #ffffff; stroke: #d0d7de; }
    .name { fill: #1f2328; font-size: 13px; }
    .note { fill: #59636e; font-size: 12px; }
    .grid { stroke: #d0d7de; }
    .bar { stroke: #59636e; stroke-width: 1.5; }
    .reached { fill: #2da44e; }
    .missed { fill: #cf222e; }
    @media (prefers-color-scheme: dark) {
      .page { fill: #0d1117; stroke: #3d444d; }
      .name { fill: #f0f6fc; }
      .note { fill: #9198a1; }
      .grid { stroke: #3d444d; }
      .bar { stroke: #9198a1; }
      .reached { fill: #3fb950; }
      .missed { fill: #f85149; }
    }
  </style>
  <rect class="page" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
  <text class="note" x="${place(1)}" y="22" text-anchor="middle">missed ← bar → reached, so many times over</text>
${ticks.map((tick) => `  <line class="${tick === 1 ? 'bar' : 'grid'}" x1="${place(tick)}" x2="${place(tick)}" y1="${TOP - 8}" y2="${height - 14}"/>\n  <text class="note" x="${place(tick)}" y="${TOP - 14}" text-anchor="middle">${tick < 1 ? `1/${1 / tick}` : tick}</text>`).join('\n')}
${FIGURE_NAMES.map((name, index) => rowOf(name, TOP + index * ROW, record)).join('\n')}
</svg>
`;
}

function rowOf(name: Figure, top: number, record: PerformanceRecord): string {
  const { value } = measured(name, record);
  const label = `  <text class="name" x="${LEFT - 12}" y="${top + 15}" text-anchor="end">${name}</text>`;
  const note = (text: string) =>
    `  <text class="note" x="${WIDTH - RIGHT + 12}" y="${top + 15}">${text}</text>`;
  if (value === null) return `${label}\n${note('not measured')}`;
  const at = place(room(name, value));
  const [from, to] = [Math.min(at, place(1)), Math.max(at, place(1))];
  const kind = reaches(name, value) ? 'reached' : 'missed';
  // At the bar itself there is nothing to see but a line.
  const width = Math.max(2, to - from);
  return `${label}
  <rect class="${kind}" x="${from}" y="${top + 4}" width="${rounded(width)}" height="${ROW - 12}" rx="2"/>
${note(`${formatted(name, value)}, bar ${FIGURES[name].sign} ${formatted(name, FIGURES[name].bar)}${kind === 'missed' ? ', missed' : ''}`)}`;
}

/** How many times over the bar is reached; below 1 it is missed. */
function room(name: Figure, value: number): number {
  const { sign, bar } = FIGURES[name];
  if (value === bar) return 1;
  const times = sign === '≥' ? value / bar : bar / value;
  return Math.min(REACH, Math.max(1 / REACH, times));
}

function place(times: number): number {
  const span = WIDTH - LEFT - RIGHT;
  return rounded(LEFT + (span * (Math.log(times) / Math.log(REACH) + 1)) / 2);
}

function described(name: Figure, record: PerformanceRecord): string {
  const { value } = measured(name, record);
  if (value === null) return `${name} was not measured`;
  const { sign, bar } = FIGURES[name];
  const words = sign === '≤' ? 'at most' : 'at least';
  return `${name} is ${formatted(name, value)}, which ${reaches(name, value) ? 'reaches' : 'misses'} its bar of ${words} ${formatted(name, bar)}`;
}

const rounded = (value: number) => Math.round(value * 10) / 10;
