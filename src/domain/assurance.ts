import type { Assurance } from '../contract/cordon.ts';
import type { ControlState } from './action.ts';

/** What a machine shows of a control: a mode counts as a fact only while a proof of this generation stands. */
export function assuranceOf(state: ControlState): Assurance {
  if (state.active) return 'changing';
  if (state.drifted) return 'drifted';
  const observed = state.observedGeneration === state.generation && state.observedMode === state.mode;
  if (observed && state.observedProven) return state.mode === 'unmanaged' ? 'unmanaged' : 'proven';
  return 'unproven';
}
