import type { DoctorFinding } from '../../contract/run-options.ts';
import type { Look } from './look.ts';

/** What one check found. */
export type Finding = Omit<DoctorFinding, 'check'>;

export interface DoctorCheck {
  /** What is looked at. */
  readonly name: string;
  look(at: Look): Promise<Finding>;
}

export const ok = (found: string): Finding => ({ state: 'ok', found, remedy: null });
export const warning = (found: string, remedy: string): Finding => ({ state: 'warning', found, remedy });
export const problem = (found: string, remedy: string): Finding => ({ state: 'problem', found, remedy });
