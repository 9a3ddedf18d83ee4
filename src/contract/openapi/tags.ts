/** Groups of operations in the description, by base and first segment of the path. */
interface Tag {
  readonly name: string;
  readonly description: string;
}

const OPERATION_TAGS: Readonly<Record<string, Tag>> = {
  'vendor/machines': {
    name: 'Machines',
    description: 'Devices, and the actions on them, as the vendor has them.',
  },
  'vendor/machineactions': { name: 'Machine actions', description: 'Actions that were asked for.' },
  'vendor/alerts': { name: 'Alerts', description: 'There for the connection tests of connectors.' },
  'cordon/machines': {
    name: 'Machine states',
    description: 'What is wanted of and observed on the controls of machines.',
  },
  'cordon/machineactions': {
    name: 'Action histories',
    description: 'Timed releases, and who did what with which evidence.',
  },
  'cordon/applications': { name: 'Applications', description: 'Programs that may call, and their secrets.' },
  'cordon/roles': { name: 'Roles', description: 'What users may do.' },
  'cordon/groups': { name: 'Device groups', description: 'Which machines users see.' },
  'cordon/enrolmenttokens': { name: 'Enrolment', description: 'Tokens by which devices become machines.' },
  'cordon/webhooks': { name: 'Webhooks', description: 'Receivers that are told every change of status.' },
  'cordon/machinesummaries': {
    name: 'Machine summaries',
    description: 'Machines in short, for lists of ten thousand.',
  },
  'cordon/events': { name: 'Live changes', description: 'What changes, as it changes.' },
  'cordon/consolelinks': { name: 'Console links', description: 'The local administrator’s way in.' },
  'cordon/serverkeys': { name: 'Server keys', description: 'Keys of the server that devices pin.' },
};
export const TOKENS: Tag = { name: 'Tokens', description: 'Access tokens and what they are checked with.' };
export const SESSIONS: Tag = {
  name: 'Sessions',
  description: 'People who are signed in to the console.',
};
export const SERVER: Tag = { name: 'Server', description: 'Whether the server lives, and what it serves.' };

/** @throws Error when no tag stands for the address; it wants a row in this file */
export function tagOf(base: string, path: string): string {
  const key = `${base}/${path.split('/')[1]}`;
  const tag = OPERATION_TAGS[key];
  if (tag === undefined) throw new Error(`src/contract/openapi/tags.ts has no tag for ${key}.`);
  return tag.name;
}

const named = (start: string) =>
  Object.entries(OPERATION_TAGS)
    .filter(([key]) => key.startsWith(start))
    .map(([, { name }]) => name);

/** The tags that are in use, in order. */
export const tagsAmong = (used: ReadonlySet<string>): readonly Tag[] =>
  [...Object.values(OPERATION_TAGS), TOKENS, SESSIONS, SERVER].filter(({ name }) => used.has(name));

/** The tags under headings, as reference pages show them. */
export const tagGroupsAmong = (used: ReadonlySet<string>): readonly { name: string; tags: string[] }[] =>
  [
    { name: 'The vendor’s API', tags: named('vendor/') },
    { name: 'What Cordon adds', tags: named('cordon/') },
    { name: 'Around it', tags: [TOKENS.name, SESSIONS.name, SERVER.name] },
  ].map(({ name, tags }) => ({ name, tags: tags.filter((tag) => used.has(tag)) }));
