import type { Check, Evidence } from '../contract/device.ts';
import { DEVICE_LIMITS } from '../contract/device-check.ts';

/**
 * Cuts what a driver says to what a message may carry. Programs on the device write into it (error output, version
 * texts), so it may hold anything; a report that the server refuses would never be heard.
 */
export function fitEvidence(evidence: Evidence): Evidence {
  const { driver, driverVersion, checks, took, notes } = evidence;
  return {
    driver: fitText(driver, DEVICE_LIMITS.name) || 'unnamed',
    driverVersion: driverVersion === null ? null : fitText(driverVersion, DEVICE_LIMITS.name),
    checks: checks.slice(0, DEVICE_LIMITS.checks).map(fitCheck),
    took: Object.fromEntries(
      Object.entries(took)
        .filter(([phase, time]) => phase !== '' && Number.isFinite(time) && time >= 0)
        .slice(0, DEVICE_LIMITS.phases)
        .map(([phase, time]) => [fitText(phase, 64), Math.min(time, DEVICE_LIMITS.took)]),
    ),
    notes: notes.slice(0, DEVICE_LIMITS.notes).map((note) => fitText(note, DEVICE_LIMITS.sentence)),
  };
}

function fitCheck({ name, expected, observed, passed }: Check): Check {
  return {
    name: fitText(name, DEVICE_LIMITS.name) || 'unnamed',
    expected: fitText(expected, DEVICE_LIMITS.finding),
    observed: fitText(observed, DEVICE_LIMITS.finding),
    passed,
  };
}

/** Well-formed text without U+0000 of at most `maximum` UTF-16 units; what was cut off shows as an ellipsis. */
export function fitText(text: string, maximum: number): string {
  const whole = text.replaceAll('\0', '\uFFFD').toWellFormed();
  return whole.length <= maximum ? whole : `${whole.slice(0, maximum - 1).toWellFormed()}…`;
}
