/**
 * What an action type is: the control it belongs to and the mode it asks for. A new action is a row here, a driver
 * method and a test.
 */

/** Something about a machine that is switched between modes. */
export type Control = 'codeExecution';

/** A mode a person or playbook can ask for. */
export type WantedMode = 'restricted' | 'unrestricted';

/** The mode of a control on a machine; `unmanaged` means nothing was ever asked of it and nothing is touched. */
export type Mode = 'unmanaged' | WantedMode;

export type ActionTypeName = 'RestrictCodeExecution' | 'UnrestrictCodeExecution';

export interface ActionType {
  readonly name: ActionTypeName;
  /** `null` for an action that switches nothing, such as a scan. */
  readonly control: Control | null;
  readonly mode: WantedMode;
  /** What the vendor's error messages call the action. */
  readonly title: string;
  /** Lowest Windows build that supports the action, and the version name people know it by. */
  readonly windows: { readonly build: number; readonly version: string };
}

/** Windows 10 version 1709 is build 16299; below it the action does not exist (reference, section 11). */
const WINDOWS_1709 = { build: 16_299, version: '1709' } as const;

export const ACTION_TYPES: Readonly<Record<ActionTypeName, ActionType>> = {
  RestrictCodeExecution: {
    name: 'RestrictCodeExecution',
    control: 'codeExecution',
    mode: 'restricted',
    title: 'Restrict code execution',
    windows: WINDOWS_1709,
  },
  UnrestrictCodeExecution: {
    name: 'UnrestrictCodeExecution',
    control: 'codeExecution',
    mode: 'unrestricted',
    title: 'Unrestrict code execution',
    windows: WINDOWS_1709,
  },
};
