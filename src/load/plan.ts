/** What a run asks for and when, decided by the seed alone. */

/** One request of the plan. */
export interface PlannedAction {
  /** Milliseconds after the beginning. */
  readonly at: number;
  /** Index of the device. */
  readonly device: number;
  readonly type: 'restrict' | 'unrestrict';
}

/** Numbers in [0, 1) that follow from the seed (mulberry32); enough to spread load, and for nothing secret. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The requests of a run, in order of time. The devices have their turns in a shuffled order, so that each rests for as
 * long as the rate allows; every first action of a device restricts it and every second one releases it. Each gap is
 * drawn evenly from nothing to twice the mean.
 */
export function planned(options: {
  readonly devices: number;
  /** Actions a second, on average. */
  readonly rate: number;
  /** Milliseconds. */
  readonly duration: number;
  readonly seed: number;
}): readonly PlannedAction[] {
  const { devices, rate, duration } = options;
  const random = seeded(options.seed);
  const order = shuffled(devices, random);
  const plan: PlannedAction[] = [];
  const gap = () => (2 * random() * 1000) / rate;
  for (let at = gap() / 2; at < duration; at += gap()) {
    const turn = plan.length;
    plan.push({
      at,
      device: order[turn % devices]!,
      type: Math.floor(turn / devices) % 2 === 0 ? 'restrict' : 'unrestrict',
    });
  }
  return plan;
}

function shuffled(count: number, random: () => number): readonly number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
