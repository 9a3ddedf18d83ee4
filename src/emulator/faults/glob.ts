/**
 * Whether a path has the form of a pattern, in any letter case: `*` stands for any characters of one segment, `**` for
 * any characters. All ways to match are followed at once, so that no pattern takes longer than its length times the
 * path's.
 */
export function hasForm(path: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().match(/\*{2,}|./gsu) ?? [];
  let reached = withSkipped(new Set([0]), parts);
  for (const character of path.toLowerCase()) {
    const next = new Set<number>();
    for (const at of reached) {
      const part = parts[at];
      if (part === undefined) continue;
      if (part === character && part !== '*') next.add(at + 1);
      else if (part.startsWith('**') || (part === '*' && character !== '/')) next.add(at);
    }
    reached = withSkipped(next, parts);
    if (reached.size === 0) return false;
  }
  return reached.has(parts.length);
}

/** A star may stand for nothing. */
function withSkipped(reached: Set<number>, parts: readonly string[]): Set<number> {
  for (const at of reached) if (parts[at]?.startsWith('*')) reached.add(at + 1);
  return reached;
}
