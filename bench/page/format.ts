import { FIGURES, type Figure } from '../figures.ts';

/** A figure for people: KB from a thousand bytes, and its unit. */
export function formatted(name: Figure, value: number): string {
  const { unit } = FIGURES[name];
  if (unit === 'bytes') return `${(value / 1024).toFixed(1)} KB`;
  return unit === '' || unit === 'calls' ? String(value) : `${value} ${unit}`;
}
