/** Queues with one server, as the event loop of a process is one: first come, first served. */

/** When each of the jobs is done (seconds), for arrivals in order and the time that each takes. */
export function served(arrivals: Float64Array, takes: Float64Array): Float64Array {
  const done = new Float64Array(arrivals.length);
  let free = 0;
  for (let job = 0; job < arrivals.length; job += 1) {
    free = Math.max(free, arrivals[job]!) + takes[job]!;
    done[job] = free;
  }
  return done;
}

/** Moments of a Poisson stream: `perSecond` on average, from `from` to `until` (seconds), in order. */
export function poisson(perSecond: number, from: number, until: number, random: () => number): number[] {
  const moments: number[] = [];
  if (perSecond <= 0) return moments;
  for (
    let at = from + exponential(1 / perSecond, random);
    at < until;
    at += exponential(1 / perSecond, random)
  )
    moments.push(at);
  return moments;
}

/** A draw from the exponential distribution of this mean. */
export function exponential(mean: number, random: () => number): number {
  return -mean * Math.log(1 - random());
}
