import { EMULATOR } from '../contract/well-known.ts';
import { PAGE_PATH } from './seen.ts';

/** What a playbook developer needs to go on, printed once at the start. */
export function welcome(start: {
  readonly url: string;
  readonly machines: number;
  readonly inMemory: boolean;
  readonly ownSecret: boolean;
  /** Whether there are pages of the console to be shown. */
  readonly console: boolean;
  /** PEM file to trust, null unless the certificate is self-signed. */
  readonly certificateFile: string | null;
}): string {
  const { url, machines, certificateFile } = start;
  return [
    `Cordon emulates ${machines} machines at ${url}${start.inMemory ? ' (everything in memory)' : ''}`,
    `  token     POST ${url}/${EMULATOR.tenant}/oauth2/v2.0/token`,
    `  client    ${EMULATOR.clientId} (all permissions), ${EMULATOR.readerClientId} (read only)`,
    `  users     ${EMULATOR.responder}, ${EMULATOR.viewer} (password grant)`,
    `  secret    ${start.ownSecret ? 'the one given by --secret' : EMULATOR.secret}`,
    `  console   ${url}/console/ (${start.console ? 'sign in as one of the users' : 'not built: npm run console:build'})`,
    `  page      ${url}${PAGE_PATH} (faults, clock, journal)`,
    ...(certificateFile === null ? [] : [`  trust     ${certificateFile}`]),
    `  try       cordon machines --emulator${url === EMULATOR.url ? '' : ` --url ${url}`}`,
    '',
  ].join('\n');
}

/** Machines between two lines about a fleet that starts; a smaller fleet is there before anybody wonders. */
const PORTION = 1_000;

/** Says a line for every thousand machines of a fleet that run, until the last of them. */
export function progressTeller(say: (line: string) => void): (running: number, of: number) => void {
  let said = 0;
  return (running, of) => {
    const portion = Math.floor(running / PORTION);
    if (portion <= said || running === of) return;
    said = portion;
    say(`${portion * PORTION} of ${of} machines run\n`);
  };
}
