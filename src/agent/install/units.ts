import { AGENT_UNIT, ENFORCER_UNIT, layoutOf, RECOVER_UNIT } from './layout.ts';
import { HARDENING } from './unit-settings.ts';

const HEAD = '# Written by "cordon-agent install", and removed by "cordon-agent uninstall".';
const PATHS = layoutOf();

/**
 * The service. It starts whether there is a network or not, since a restriction is kept in force without a server, and
 * never gives up starting. A canary that is killed for want of memory does not end it.
 */
export const AGENT_UNIT_TEXT = `${HEAD}
[Unit]
Description=Cordon agent: carries out and proves what the response server wants of this device
After=local-fs.target ${RECOVER_UNIT}
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${PATHS.executable} run --data ${PATHS.stateDirectory}
Restart=always
RestartSec=5
OOMPolicy=continue
OOMScoreAdjust=-500
${HARDENING.map(({ name, value, because }) => `# ${because}\n${name}=${value}`).join('\n')}

[Install]
WantedBy=multi-user.target
`;

/**
 * At boot, before the enforcer: takes back a switch that nobody has confirmed. It needs no server and no network, and
 * when it fails the boot goes on. It must not wait for the start of a unit that is ordered after it.
 */
export const RECOVER_UNIT_TEXT = `${HEAD}
[Unit]
Description=Cordon agent: take back an unconfirmed restriction before the enforcer starts
DefaultDependencies=no
RequiresMountsFor=${PATHS.executable} ${PATHS.stateDirectory}
After=local-fs.target
Before=${ENFORCER_UNIT} ${AGENT_UNIT} shutdown.target
Conflicts=shutdown.target
ConditionPathExists=${PATHS.stateDirectory}

[Service]
Type=oneshot
ExecStart=${PATHS.executable} recover --data ${PATHS.stateDirectory}
TimeoutStartSec=300

[Install]
WantedBy=multi-user.target
`;

/**
 * dpkg runs it after each of its runs, so after packages were unpacked and before apt configures them: what a package
 * brings is trusted when its own scripts start it. It never makes a run of dpkg fail.
 */
export const PACKAGE_HOOK_TEXT = `# Written by "cordon-agent install": keeps the list of trusted files current.
post-invoke=${PATHS.executable} trust --after-packages --data ${PATHS.stateDirectory} >/dev/null 2>&1 || true
`;
