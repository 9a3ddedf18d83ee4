import type { Report } from '../contract/device.ts';

/** More unconfirmed reports than these are not kept: the oldest drift goes first. */
export const MOST_REPORTS = 64;

/** With a report more, and within the bound. */
export function enqueued(reports: readonly Report[], latest: Report): readonly Report[] {
  const all = joined(reports, latest);
  return all.length > MOST_REPORTS ? shed(all) : all;
}

const TIMES = / \((\d+) times\)$/;

/**
 * The same drift, found or repaired again while the server was away, stands in one report, the last,
 * with how often it was found; so the newest word about a control is always the last, and a flapping enforcer does not
 * push out what says more.
 */
function joined(reports: readonly Report[], latest: Report): readonly Report[] {
  const plain = (reason: string | null) => reason?.replace(TIMES, '') ?? null;
  const same = reports.find(
    (one) =>
      one.kind === 'drift' &&
      latest.kind === 'drift' &&
      one.control === latest.control &&
      one.generation === latest.generation &&
      one.proven === latest.proven &&
      plain(one.reason) === latest.reason,
  );
  if (same === undefined) return [...reports, latest];
  const times = Number(TIMES.exec(same.reason ?? '')?.[1] ?? 1) + 1;
  const reason = latest.reason === null ? null : `${latest.reason} (${times} times)`;
  return [...reports.filter((one) => one !== same), { ...latest, reason }];
}

/** Without the oldest report that says the least: drift, else an announcement, else the oldest of all. */
function shed(reports: readonly Report[]): readonly Report[] {
  const oldest =
    reports.find((one) => one.kind === 'drift') ??
    reports.find((one) => one.kind === 'accepted') ??
    reports[0];
  return reports.filter((one) => one !== oldest);
}
