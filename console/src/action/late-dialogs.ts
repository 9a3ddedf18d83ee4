import { late } from '../parts/late.ts';

/** Loaded when an action is to be asked for or cancelled, or before when nothing else is. */
export const ActionDialog = late(() => import('./action-dialog.tsx').then((all) => all.ActionDialog));
export const CancelDialog = late(() => import('./cancel-dialog.tsx').then((all) => all.CancelDialog));
