import type { Access } from '../service/access.ts';
import type { Actions } from '../service/actions.ts';
import type { Feed } from '../service/changes/feed.ts';
import type { EnrolmentTokens } from '../service/enrolment-tokens.ts';
import type { Groups } from '../service/groups.ts';
import type { Log } from '../service/log.ts';
import type { Machines } from '../service/machines.ts';
import type { Quota } from '../service/quota.ts';
import type { Roles } from '../service/roles.ts';
import type { ServerKeys } from '../service/server-keys.ts';
import type { ConsoleLinks } from '../service/sessions/links.ts';
import type { Applications } from '../service/tokens/applications.ts';
import type { Verifier } from '../service/tokens/verify.ts';
import type { Webhooks } from '../service/webhooks.ts';
import type { SessionGate } from './session/session-gate.ts';

/** What the operations work with. */
export interface Services {
  readonly actions: Actions;
  readonly machines: Machines;
  readonly applications: Applications;
  readonly roles: Roles;
  readonly groups: Groups;
  readonly enrolmentTokens: EnrolmentTokens;
  readonly serverKeys: ServerKeys;
  readonly webhooks: Webhooks;
  readonly access: Access;
  readonly quota: Quota;
  readonly verifier: Verifier;
  readonly consoleLinks: ConsoleLinks;
  readonly sessionGate: SessionGate;
  readonly feed: Feed;
}

/** How the server presents itself. */
export interface HttpConfig {
  /** Address that clients use, without a trailing slash; contexts and links are made of it. */
  readonly publicUrl: () => string;
  /** Rows of a collection page when the caller asks for no number, 1 to 10,000. */
  readonly pageSize: number;
  /** Adds Strict-Transport-Security, for a public address that is https. */
  readonly strictTransport: boolean;
  readonly log: Log;
}
