/**
 * How far the agent's service is shut in. The agent is root, since it switches what the whole system may execute. Its
 * canaries are programs that must meet the system as any program does: what would be refused to them by the unit, and not by
 * the enforcer, would be a proof of nothing.
 */
export interface UnitSetting {
  readonly name: string;
  readonly value: string;
  readonly because: string;
}

export const HARDENING: readonly UnitSetting[] = [
  { name: 'NoNewPrivileges', value: 'yes', because: 'nothing the agent starts gains rights by its file' },
  {
    name: 'ProtectSystem',
    value: 'full',
    because:
      '/usr, /boot and /etc are read-only; the rest stays writable, since canaries are tried on each file system',
  },
  {
    name: 'ReadWritePaths',
    value: '-/etc/fapolicyd',
    because: 'the rules, the configuration and the trusted files of the enforcer',
  },
  { name: 'ProtectKernelModules', value: 'yes', because: 'it loads none' },
  { name: 'ProtectKernelLogs', value: 'yes', because: 'it reads none' },
  { name: 'ProtectControlGroups', value: 'yes', because: 'it asks systemd and never writes there' },
  { name: 'ProtectClock', value: 'yes', because: 'it never sets the time' },
  {
    name: 'DevicePolicy',
    value: 'closed',
    because: 'it needs no devices but the usual ones such as /dev/null',
  },
  { name: 'LockPersonality', value: 'yes', because: 'it runs one kind of program' },
  { name: 'RestrictRealtime', value: 'yes', because: 'it never hurries' },
  { name: 'RestrictSUIDSGID', value: 'yes', because: 'it makes no file that gives its rights away' },
  {
    name: 'RestrictAddressFamilies',
    value: 'AF_UNIX AF_INET AF_INET6 AF_NETLINK',
    because: 'the server, the service manager, and the list of its own addresses',
  },
  {
    name: 'MemoryDenyWriteExecute',
    value: 'yes',
    because: 'its runtime compiles no code (V8’s jitless), and its canaries bring their code in a file',
  },
  {
    name: 'CapabilityBoundingSet',
    value:
      'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID CAP_SYS_ADMIN CAP_SYS_PTRACE CAP_SYS_RESOURCE',
    because:
      'files of others, the enforcer’s process and its marks, canaries as another user and in other namespaces, and the limits of namespaces (CAP_SYS_RESOURCE)',
  },
  {
    name: 'MemoryMax',
    value: '512M',
    because: 'idle it has 70 MB; the database of a large system is read at once',
  },
  { name: 'TasksMax', value: '128', because: 'its threads and a few canaries' },
];

/** Settings that one would look for and that are left out, with the reason. */
export const LEFT_OUT: readonly { readonly name: string; readonly because: string }[] = [
  { name: 'ProtectKernelTunables', because: 'user namespaces and memfd are switched by sysctls' },
  {
    name: 'RestrictNamespaces',
    because: 'canaries are tried in user and mount namespaces; the kernel must answer',
  },
  {
    name: 'SystemCallFilter',
    because: 'canaries inherit it, and its refusal would look like the enforcer’s',
  },
  { name: 'PrivateTmp, ProtectHome', because: 'canaries are tried on the file systems that users have' },
  { name: 'ProtectProc', because: 'the enforcer’s process is looked at in /proc' },
  { name: 'ProtectHostname', because: 'a changed name would not be seen, and it is told to the server' },
  {
    name: 'UMask',
    because:
      'the enforcer’s own tools would inherit it; what is secret, and what others must read, is written with its own mode',
  },
  { name: 'User', because: 'what the whole system may execute is root’s to decide' },
];
