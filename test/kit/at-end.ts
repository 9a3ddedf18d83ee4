import type { TestContext } from 'node:test';

const stacks = new WeakMap<TestContext, AsyncDisposableStack>();

/**
 * Calls `end` when the test has ended: what was begun last ends first, and one that fails keeps none from ending.
 * Node's own `after` hooks run in the order in which they were registered and stop at the first that fails, so that a
 * directory would go before the process that writes into it, and a server stay open until the run is ended for silence.
 */
export function atEnd(context: TestContext, end: () => unknown): void {
  let stack = stacks.get(context);
  if (stack === undefined) {
    const made = new AsyncDisposableStack();
    context.after(() => made.disposeAsync());
    stacks.set(context, made);
    stack = made;
  }
  stack.defer(async () => {
    await end();
  });
}
