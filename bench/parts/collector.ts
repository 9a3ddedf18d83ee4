/** Loaded into a measured server: collects its garbage when asked, and answers with what is resident then. */
process.on('message', (message) => {
  if (message !== 'collect') return;
  // The second collection frees what the first has only marked as free.
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage.rss());
});
process.channel?.unref();
