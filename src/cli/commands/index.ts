import type { Headings } from '../program.ts';
import type { Entry } from '../verb.ts';
import { action } from './action.ts';
import { actions } from './actions.ts';
import { agent } from './agent.ts';
import { app } from './app.ts';
import { audit } from './audit.ts';
import { cancel } from './cancel.ts';
import { consoleLink } from './console-link.ts';
import { demo } from './demo.ts';
import { emulate } from './emulate.ts';
import { emulator } from './emulator.ts';
import { enrolmentToken } from './enrolment-token.ts';
import { group } from './group.ts';
import { health } from './health.ts';
import { load } from './load.ts';
import { machines } from './machines.ts';
import { mcp } from './mcp.ts';
import { openapi } from './openapi.ts';
import { restrict } from './restrict.ts';
import { role } from './role.ts';
import { serve } from './serve.ts';
import { serverKey } from './server-key.ts';
import { store } from './store.ts';
import { unrestrict } from './unrestrict.ts';
import { webhook } from './webhook.ts';

/** Headings of `cordon --help` and the verbs below each, in this order. */
export const HEADINGS: Headings = {
  Respond: [machines, restrict, unrestrict, actions, action, cancel, mcp],
  Run: [serve, emulate, emulator, demo, agent, load, openapi, health],
  Administer: [app, role, group, enrolmentToken, consoleLink, serverKey, webhook, audit, store],
};

export const COMMANDS: readonly Entry[] = Object.values(HEADINGS).flat();
