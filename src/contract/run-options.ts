/**
 * What the long-running verbs of the command are told. The command parses and checks text; the rooms that do the work
 * receive these values. Types only, and free of every library, so that the agent can use them.
 */

/** Where a server listens. A host without brackets (`::1`, not `[::1]`); port 0 takes a free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** PEM files of the server's certificate chain and its private key. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Where webhooks may be sent besides https addresses of the public network. */
export type WebhookAllowance =
  /** Addresses of a range; a single one has the longest prefix. */
  | { readonly kind: 'range'; readonly address: string; readonly prefix: number }
  /** A host, whatever it resolves to; `plain` lets it be called by http too. */
  | { readonly kind: 'host'; readonly host: string; readonly plain: boolean };

export type LogLevel = 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Calls that one application of one tenant may make of one operation. */
export interface RunRateLimit {
  readonly perMinute: number;
  readonly perHour: number;
}

/** `cordon serve`. */
export interface ServeOptions {
  /**
   * Directory of the database, unless there is one elsewhere, and of the first administrator's credentials; made when it
   * is missing. Null only with `databaseUrl`.
   */
  readonly data: string | null;
  /** `postgres://…` of a database that any number of processes serve; null keeps everything in `data`. */
  readonly databaseUrl: string | null;
  /** Milliseconds between the end of readiness and the end of listening. */
  readonly drain: number;
  readonly listen: ListenAddress;
  /** Address that clients use, without a trailing slash; null takes the address that is listened on. */
  readonly publicUrl: string | null;
  readonly tls: TlsFiles | null;
  /** JSON file that lists the external OpenID Connect issuers and their tenants; null when there is none. */
  readonly issuerFile: string | null;
  /** Milliseconds after which an action that no device has taken up ends as `TimeOut`. */
  readonly pendingTimeout: number;
  /** Milliseconds after which an action that a device has taken up ends as `TimeOut`. */
  readonly progressTimeout: number;
  /** Milliseconds after which the key that devices pin gets a successor by itself; null leaves it to operators. */
  readonly serverKeyAge: number | null;
  /** Milliseconds for which an action is kept after its end; null keeps all of them. */
  readonly retainActions: number | null;
  /** Null switches the limits off. */
  readonly rateLimit: RunRateLimit | null;
  /** Connections open at a time. */
  readonly maxConnections: number;
  /** Where `/metrics` is served; null serves none. */
  readonly metricsListen: ListenAddress | null;
  /** File with the bearer token of scrapers; null lets every program on this machine read them. */
  readonly metricsTokenFile: string | null;
  /** Addresses, ranges or the names `loopback`, `linklocal`, `uniquelocal` whose X-Forwarded headers are believed. */
  readonly trustProxy: readonly string[];
  readonly webhookAllow: readonly WebhookAllowance[];
  readonly logLevel: LogLevel;
}

/** `cordon store copy`. */
export interface StoreCopyOptions {
  /** Data directory of a server that does not run. */
  readonly from: string;
  /** `postgres://…` of an empty database. */
  readonly to: string;
}

/** What `cordon store copy` did. */
export interface StoreCopied {
  readonly from: string;
  /** Without user and password. */
  readonly to: string;
  readonly epoch: string;
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly digest: string }[];
}

/** `cordon emulate`. */
export interface EmulateOptions {
  /** Null keeps everything in memory. */
  readonly data: string | null;
  readonly listen: ListenAddress;
  readonly publicUrl: string | null;
  /** `self-signed` makes a certificate and writes it where clients can be told to trust it. */
  readonly tls: TlsFiles | 'self-signed' | null;
  /** JSON file with the simulated machines; null takes the default fleet. */
  readonly fleetFile: string | null;
  /** JSON file with fault rules that are in force from the start; null has none. */
  readonly faultsFile: string | null;
  readonly rateLimit: RunRateLimit | null;
  /** Milliseconds that a simulated device takes to carry an action out. */
  readonly delay: number;
  /** Empty the store in `data` before starting. */
  readonly reset: boolean;
  /** Answer to Host names other than loopback. Needs a secret that was chosen, or the well-known one by name. */
  readonly allowRemote: boolean;
  /** Secret of the emulator's applications and users; null takes the well-known one. */
  readonly secret: string | null;
  /** Besides loopback. */
  readonly webhookAllow: readonly WebhookAllowance[];
  readonly logLevel: LogLevel;
}

/** `cordon store backup` and `cordon store restore`. */
export interface StoreBackupOptions {
  /** Data directory of the server. */
  readonly data: string;
  /** File of the backup. */
  readonly file: string;
}

/** How far a copy has come; `total` may grow. */
export interface StoreBackupProgress {
  readonly done: number;
  readonly total: number;
}

/** What a copied store holds. */
export interface StoreBackupReport {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly tenants: number;
  readonly machines: number;
  readonly actions: number;
}

/** `cordon demo`. */
export interface DemoOptions {
  /** End with the tour instead of staying up. */
  readonly exit: boolean;
}

/** `cordon agent enrol`. */
export interface AgentEnrolOptions {
  /** Address of the server, without a trailing slash. */
  readonly url: string;
  /** Enrolment token, shown once by `cordon enrolment-token create`. */
  readonly token: string;
  /** Directory of the key pair and the ledger; made with mode 0700 when it is missing. */
  readonly data: string;
  /** Name of the driver, or `auto` for the one that fits this device. */
  readonly driver: string;
  /** PEM file with the certificates to trust besides the system's; null when there is none. */
  readonly caFile: string | null;
  /** Allow `http:` to another host; the enrolment token then travels in the clear. False when left out. */
  readonly insecureHttp?: boolean;
}

/** `cordon agent run`. */
export interface AgentRunOptions {
  readonly data: string;
  readonly logLevel: LogLevel;
  /** Seconds between two looks at a proven restriction; the agent's own choice when left out. */
  readonly driftSeconds?: number;
  /** What a restriction leaves open; nothing when left out. */
  readonly leftOpen?: LeftOpen;
}

/** What a restriction closes besides refusing programs, and may leave open where the device needs it. */
export interface LeftOpen {
  readonly userNamespaces: boolean;
  readonly openingUntrusted: boolean;
  readonly fuseMounts: boolean;
  readonly memoryPrograms: boolean;
}

/** `cordon agent install`. */
export interface AgentInstallOptions extends Omit<AgentEnrolOptions, 'data' | 'token'> {
  /** Null where the device is enrolled already. */
  readonly token: string | null;
  /** The executable to install; null for the one that runs. */
  readonly executable: string | null;
  /** Hears of each step before it is carried out. */
  readonly told: (text: string) => void;
}

/** `cordon agent uninstall`. */
export interface AgentUninstallOptions {
  /** Release a restricted device here, without its server. */
  readonly release: boolean;
  readonly told: (text: string) => void;
}

/**
 * What the doctor found of one thing. `warning`: a restriction would work, but not as well as it could. `problem`: it
 * would not work.
 */
export interface DoctorFinding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly found: string;
  /** What to do; null where nothing is. */
  readonly remedy: string | null;
}

export interface DoctorReport {
  /** Whether a restriction would work on this machine: no finding is a problem. */
  readonly works: boolean;
  readonly findings: readonly DoctorFinding[];
}

/** `cordon agent doctor`. */
export interface AgentDoctorOptions {
  readonly data: string;
}

/** `cordon agent trust`. */
export interface AgentTrustOptions {
  readonly data: string;
  /** Wait for a running agent only while the device is restricted. */
  readonly afterPackages: boolean;
}

/** `cordon agent status`. */
export interface AgentStatusOptions {
  readonly data: string;
}

/** `cordon agent recover`. */
export interface AgentRecoverOptions {
  readonly data: string;
  /** Name of a trial to wait for, which is undone only when its time is over; null undoes whatever is on trial at once. */
  readonly deadMan: string | null;
}

/** `cordon mcp`. */
export interface McpOptions {
  /** Whether tools that change something exist. */
  readonly allowActions: boolean;
  /** Version of Cordon, as the server names itself. */
  readonly version: string;
}
