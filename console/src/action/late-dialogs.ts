import { late } from '../parts/late.ts';

/** Loaded when an action is to be cancelled, or before when nothing else is. */
export const CancelDialog = late(() => import('./cancel-dialog.tsx').then((all) => all.CancelDialog));
