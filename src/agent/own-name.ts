import { isSea } from 'node:sea';

/**
 * A verb of the agent as it is typed here: a device has the single-file executable alone, everything else the command
 * `cordon`.
 * @param alone whether this process is that executable
 */
export function ownVerb(verb: string, alone: boolean = isSea()): string {
  return `${alone ? 'cordon-agent' : 'cordon agent'} ${verb}`;
}
