/** How simulated machines behave: what a playbook developer needs to see happen, by a name that a fleet file uses. */
export interface Behaviour {
  /** What the simulated driver does. */
  readonly driver: 'normal' | 'slow' | 'failing' | 'silent';
  /** How the machine talks to the server: always, never after its enrolment, or once in so many seconds. */
  readonly presence: 'always' | 'never' | { readonly awaySeconds: number };
  /** Milliseconds after which its actions time out, in place of the server's. */
  readonly timeout: number | null;
  readonly osPlatform: string;
  readonly version: string;
  readonly osBuild: number | null;
  /** False where no driver exists for the platform. */
  readonly supported: boolean;
  readonly summary: string;
}

const windows11 = { osPlatform: 'Windows11', version: '23H2', osBuild: 22_631, supported: true } as const;
const online = { presence: 'always', timeout: null } as const;

export const BEHAVIOURS = {
  normal: { driver: 'normal', ...online, ...windows11, summary: 'takes --delay, then succeeds' },
  slow: { driver: 'slow', ...online, ...windows11, summary: 'takes ten seconds, then succeeds' },
  failing: { driver: 'failing', ...online, ...windows11, summary: 'fails and undoes what it did' },
  offline: {
    driver: 'normal',
    presence: 'never',
    timeout: null,
    ...windows11,
    summary: 'never answers; actions stay Pending',
  },
  'offline-then-back': {
    driver: 'normal',
    presence: { awaySeconds: 5 },
    timeout: null,
    ...windows11,
    summary: 'answers once in five seconds only; actions stay Pending until then',
  },
  timeout: {
    driver: 'silent',
    presence: 'always',
    timeout: 2000,
    ...windows11,
    summary: 'takes the action up and is never heard of again; TimeOut after two seconds',
  },
  'old-build': {
    driver: 'normal',
    ...online,
    osPlatform: 'Windows10',
    version: '1607',
    osBuild: 14_393,
    supported: true,
    summary: 'has a Windows below 1709; actions are refused with ClientVersionNotSupported',
  },
  unsupported: {
    driver: 'normal',
    ...online,
    osPlatform: 'macOS',
    version: '15',
    osBuild: null,
    supported: false,
    summary: 'has a platform without a driver; actions are refused with OsPlatformNotSupported',
  },
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;
