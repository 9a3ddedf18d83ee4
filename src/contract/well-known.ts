/** The scope under which the vendor's login service gives tokens for this API; Cordon's own issuer takes it too. */
export const VENDOR_SCOPE = 'https://api.securitycenter.microsoft.com/.default';

/**
 * What everybody knows of an emulator. Public on purpose, so that a playbook needs no set-up; a store that holds them
 * is marked and never served in production.
 */
export const EMULATOR = {
  url: 'http://127.0.0.1:8080',
  tenant: '11111111-1111-4111-8111-111111111111',
  /** Has every permission. */
  clientId: '22222222-2222-4222-8222-222222222222',
  /** May read machines and alerts only. */
  readerClientId: '33333333-3333-4333-8333-333333333333',
  /** Secret of both applications and password of both users. */
  secret: 'cordon-emulator-secret',
  /** *Active remediation actions*, for the group of the workstations only. */
  responder: 'responder@cordon.test',
  /** *View data*. */
  viewer: 'viewer@cordon.test',
} as const;
