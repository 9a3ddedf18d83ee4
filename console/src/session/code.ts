import { decoded } from '../../../src/contract/decoded.ts';

/** The code of a one-time link: behind `#code=` in an address, or the code alone. Null where there is none. */
export function codeOf(text: string): string | null {
  const trimmed = text.trim();
  const behind = /#(?:.*&)?code=([^&\s]+)/.exec(trimmed)?.[1];
  if (behind !== undefined) return decoded(behind);
  return /^[\w.~-]{16,200}$/.test(trimmed) ? trimmed : null;
}
