/**
 * Operations of the vendor's machine-action family that Cordon does not serve (reference, sections 2 and 5). They are
 * answered like any address where nothing is, which a client of the vendor knows, with a message that says why.
 */
export interface UnsupportedOperation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path below `/api`, with `:name` for parameters; matched in any letter case. */
  readonly path: string;
  /** What it would do. */
  readonly summary: string;
  /** 404 `NotFound`; 405 where another method has the address; 404 `ResourceNotFound` where it reads as a name. */
  readonly answer: 'NotFound' | 'MethodNotAllowed' | 'ResourceNotFound';
}

const row = (
  method: UnsupportedOperation['method'],
  path: string,
  summary: string,
  answer: UnsupportedOperation['answer'] = 'NotFound',
): UnsupportedOperation => ({ method, path, summary, answer });

export const UNSUPPORTED_OPERATIONS: readonly UnsupportedOperation[] = [
  row('POST', '/machines/:id/isolate', 'Isolate a machine from the network'),
  row('POST', '/machines/:id/unisolate', 'Release a machine from isolation'),
  row('POST', '/machines/:id/runAntiVirusScan', 'Run an antivirus scan'),
  row('POST', '/machines/:id/StopAndQuarantineFile', 'Stop a file and quarantine it'),
  row('POST', '/machines/:id/collectInvestigationPackage', 'Collect an investigation package'),
  row('POST', '/machines/:id/offboard', 'Offboard a machine'),
  row('POST', '/machines/:id/runliveresponse', 'Run live-response commands'),
  row('POST', '/machines/:id/startInvestigation', 'Start an automated investigation'),
  row('GET', '/machineactions/:id/getPackageUri', 'Get the link to an investigation package'),
  row(
    'GET',
    '/machineactions/:id/GetLiveResponseResultDownloadLink(:arguments)',
    'Get the link to the result of a live-response command',
  ),
  row('PATCH', '/machines/:id', 'Change the tags and the value of a machine', 'MethodNotAllowed'),
  row('POST', '/machines/:id/setDeviceValue', 'Set the value of a machine'),
  row(
    'POST',
    '/machines/AddOrRemoveTagForMultipleMachines',
    'Add or remove a tag of several machines',
    'MethodNotAllowed',
  ),
  row('GET', '/machines/find(:arguments)', 'Find machines by an address, older form', 'ResourceNotFound'),
  row('GET', '/machines/:id/logonusers', 'List the users who logged on to a machine'),
  row('GET', '/libraryfiles', 'List the files of the live-response library'),
  row('POST', '/libraryfiles', 'Put a file into the live-response library'),
  row('DELETE', '/libraryfiles/:name', 'Remove a file of the live-response library'),
  row('GET', '/investigations', 'List investigations'),
];

const PATTERNS = UNSUPPORTED_OPERATIONS.filter(({ answer }) => answer === 'NotFound').map((operation) => ({
  operation,
  pattern: new RegExp(
    `^/api(?:/v1\\.0)?${operation.path.replace(/\((:\w+)\)/, '\\([^/]*\\)').replace(/:\w+/g, '[^/]+')}/?$`,
    'i',
  ),
}));

/** The operation of the vendor at an address where nothing is of ours. @param path as sent, without the query */
export function unsupportedAt(method: string, path: string): UnsupportedOperation | null {
  return (
    PATTERNS.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation ??
    null
  );
}
