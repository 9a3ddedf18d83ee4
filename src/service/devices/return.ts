/** Seconds before the first device comes back: a restart takes about as long. */
const FIRST = 2;
/** Devices that are to come back in a second. An agent adds up to half of its wait, so that they are fewer. */
const PER_SECOND = 500;

/** Seconds after which each of the devices that waited at a server which stops is to come back, in turn. */
export function createReturn(): () => number {
  let sent = 0;
  return () => FIRST + Math.floor(sent++ / PER_SECOND);
}
