import type { OperationId } from '../contract/operations.ts';

/** Method and path of an operation, base included; `:name` stands for a parameter. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
}

const route = (method: Route['method'], path: string): Route => ({ method, path });

/**
 * The operations that the client calls. The contract's own table carries schemas and with them TypeBox, which takes
 * 180 ms to load; this one is compared with it by test.
 */
export const ROUTES = {
  restrictCodeExecution: route('POST', '/api/machines/:id/restrictCodeExecution'),
  unrestrictCodeExecution: route('POST', '/api/machines/:id/unrestrictCodeExecution'),
  listMachineActions: route('GET', '/api/machineactions'),
  getMachineAction: route('GET', '/api/machineactions/:id'),
  cancelMachineAction: route('POST', '/api/machineactions/:id/cancel'),
  listMachines: route('GET', '/api/machines'),
  getMachine: route('GET', '/api/machines/:id'),
  listActionsOfMachine: route('GET', '/api/machines/:id/machineactions'),
  changeMachineTags: route('POST', '/api/machines/:id/tags'),
  listMachineStates: route('GET', '/cordon/v1/machines'),
  getMachineState: route('GET', '/cordon/v1/machines/:id'),
  listMachineSummaries: route('GET', '/cordon/v1/machinesummaries'),
  timedRestrictCodeExecution: route('POST', '/cordon/v1/machines/:id/restrictCodeExecution'),
  requestActions: route('POST', '/cordon/v1/machines/actions'),
  getActionState: route('GET', '/cordon/v1/machineactions/:id'),
  getActionHistory: route('GET', '/cordon/v1/machineactions/:id/history'),
  exportActions: route('GET', '/cordon/v1/machineactions'),
  listApplications: route('GET', '/cordon/v1/applications'),
  createApplication: route('POST', '/cordon/v1/applications'),
  changeApplication: route('PATCH', '/cordon/v1/applications/:id'),
  revokeApplication: route('DELETE', '/cordon/v1/applications/:id'),
  createApplicationSecret: route('POST', '/cordon/v1/applications/:id/secrets'),
  removeApplicationSecret: route('DELETE', '/cordon/v1/applications/:id/secrets/:secretId'),
  addApplicationKey: route('POST', '/cordon/v1/applications/:id/keys'),
  removeApplicationKey: route('DELETE', '/cordon/v1/applications/:id/keys/:keyId'),
  listRoles: route('GET', '/cordon/v1/roles'),
  createRole: route('POST', '/cordon/v1/roles'),
  changeRole: route('PATCH', '/cordon/v1/roles/:id'),
  deleteRole: route('DELETE', '/cordon/v1/roles/:id'),
  assignRole: route('POST', '/cordon/v1/roles/:id/principals'),
  unassignRole: route('DELETE', '/cordon/v1/roles/:id/principals/:principal'),
  listGroups: route('GET', '/cordon/v1/groups'),
  createGroup: route('POST', '/cordon/v1/groups'),
  deleteGroup: route('DELETE', '/cordon/v1/groups/:id'),
  assignGroup: route('POST', '/cordon/v1/groups/:id/principals'),
  unassignGroup: route('DELETE', '/cordon/v1/groups/:id/principals/:principal'),
  changeGroup: route('PATCH', '/cordon/v1/groups/:id'),
  placeMachine: route('POST', '/cordon/v1/groups/:id/machines'),
  unplaceMachine: route('DELETE', '/cordon/v1/groups/:id/machines/:machine'),
  listEnrolmentTokens: route('GET', '/cordon/v1/enrolmenttokens'),
  createEnrolmentToken: route('POST', '/cordon/v1/enrolmenttokens'),
  revokeEnrolmentToken: route('DELETE', '/cordon/v1/enrolmenttokens/:id'),
  createConsoleLink: route('POST', '/cordon/v1/consolelinks'),
  listServerKeys: route('GET', '/cordon/v1/serverkeys'),
  rotateServerKey: route('POST', '/cordon/v1/serverkeys'),
  listMachinesOfServerKey: route('GET', '/cordon/v1/serverkeys/:id/machines'),
  revokeServerKey: route('DELETE', '/cordon/v1/serverkeys/:id'),
  listWebhooks: route('GET', '/cordon/v1/webhooks'),
  createWebhook: route('POST', '/cordon/v1/webhooks'),
  getWebhook: route('GET', '/cordon/v1/webhooks/:id'),
  changeWebhook: route('PATCH', '/cordon/v1/webhooks/:id'),
  deleteWebhook: route('DELETE', '/cordon/v1/webhooks/:id'),
  rotateWebhookSecret: route('POST', '/cordon/v1/webhooks/:id/secrets'),
  testWebhook: route('POST', '/cordon/v1/webhooks/:id/test'),
  listWebhookDeliveries: route('GET', '/cordon/v1/webhooks/:id/deliveries'),
  getWebhookDelivery: route('GET', '/cordon/v1/webhooks/:id/deliveries/:deliveryId'),
  replayWebhookDelivery: route('POST', '/cordon/v1/webhooks/:id/deliveries/:deliveryId/replay'),
  replayWebhookDeliveries: route('POST', '/cordon/v1/webhooks/:id/replay'),
} as const satisfies Partial<Record<OperationId, Route>>;

export type RouteId = keyof typeof ROUTES;

/**
 * Fills the parameters of a path; each is one segment, whatever it contains.
 * @throws RangeError for an empty one, and for dots that an address would take as its own
 */
export function pathOf(route: Route, parameters: Readonly<Record<string, string>>): string {
  return route.path.replace(/:([a-zA-Z]+)/g, (_match, name: string) => {
    const value = parameters[name];
    if (value === undefined || value === '') throw new RangeError(`The parameter ${name} is empty.`);
    if (value === '.' || value === '..') throw new RangeError(`The parameter ${name} is no name.`);
    return encodeURIComponent(value);
  });
}
