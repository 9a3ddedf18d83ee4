/** Who calls, as the access token proved it. */
export interface ApplicationCaller {
  readonly kind: 'application';
  readonly tenantId: string;
  /** Client id. */
  readonly id: string;
  /** Display name, the client id where the token has none. */
  readonly name: string;
  readonly permissions: readonly string[];
}

export interface UserCaller {
  readonly kind: 'user';
  readonly tenantId: string;
  /** User principal name. */
  readonly principal: string;
  readonly name: string;
  /** Object id in the directory, empty when the token has none. */
  readonly objectId: string;
  /** Group ids of the directory that the token names. */
  readonly groups: readonly string[];
  readonly permissions: readonly string[];
  /** The local administrator of the console: has every role permission and sees every group without being named there. */
  readonly administrator: boolean;
}

export type Caller = ApplicationCaller | UserCaller;
