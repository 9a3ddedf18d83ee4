import type { Store } from '../../src/store/port.ts';

/** Names of the store's methods that answer with a promise. */
export type StoreMethod = {
  [K in keyof Store]: Store[K] extends (...parameters: never[]) => Promise<unknown> ? K : never;
}[keyof Store];

/** A call that was stopped at the door of the store. */
export interface Held {
  /** Lets the call go on. */
  release(): void;
}

/** A store whose methods can be made to fail, or be held until the test lets them go. */
export interface FaultyStore {
  readonly store: Store;
  /** Every call of the method rejects with the error until `heal`. */
  fail(method: StoreMethod, error: Error): void;
  heal(): void;
  /** Holds the next call of the method; resolves when it has come. */
  hold(method: StoreMethod): Promise<Held>;
}

export function createFaultyStore(real: Store): FaultyStore {
  const faults = new Map<string, Error>();
  const holds = new Map<string, ((held: Held) => void)[]>();

  const guarded =
    (name: string, method: (...parameters: unknown[]) => Promise<unknown>) =>
    async (...parameters: unknown[]): Promise<unknown> => {
      const fault = faults.get(name);
      if (fault !== undefined) throw fault;
      const arrived = holds.get(name)?.shift();
      if (arrived !== undefined) await new Promise<void>((release) => arrived({ release }));
      return method(...parameters);
    };

  const store = new Proxy(real, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      if (typeof value !== 'function' || typeof name === 'symbol') return value;
      return guarded(name, value.bind(target) as (...parameters: unknown[]) => Promise<unknown>);
    },
  });
  return {
    store,
    fail: (method, error) => faults.set(method, error),
    heal: () => faults.clear(),
    hold: (method) =>
      new Promise((resolve) => {
        holds.set(method, [...(holds.get(method) ?? []), resolve]);
      }),
  };
}
