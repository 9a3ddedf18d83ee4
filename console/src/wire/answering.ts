import { sharedValue } from '../parts/shared-value.ts';

const answering = sharedValue(true);

/** Is told of each call whether an answer came, whatever it said. */
export const setAnswering = answering.set;
/** Whether the server answered the last call. */
export const useAnswering = answering.use;
