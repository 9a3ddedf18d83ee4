import type { Io } from '../io.ts';
import { flag, grouped, preset, text } from '../option.ts';
import { writeReport } from '../show/report.ts';
import { writeJson } from './output.ts';

/** Where the verbs of a device find it. */
export const AGENT_DATA = grouped('Storage', {
  data: preset(text('DIR', "Directory of the device's key pair and ledger"), '/var/lib/cordon-agent'),
});

/** Writes what a verb of the device tells. */
export function shown(report: object, { json }: { json: boolean }, io: Io): 'done' {
  if (json) writeJson(io, report);
  else writeReport(io, report);
  return 'done';
}

/** How a device is enrolled, beside the server and the token. */
export const ENROLMENT = grouped('Enrolment', {
  driver: preset(
    text('NAME', 'fapolicyd, observe (changes nothing), or auto for what fits this device'),
    'auto',
  ),
  ca: text('FILE', 'PEM file with certificates to trust besides the usual ones; kept for the runs to come'),
  insecureHttp: flag('Allow http to another host; the token then travels in the clear'),
});
