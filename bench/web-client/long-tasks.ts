declare global {
  /** ms of each task of more than 50 ms, the newest last */
  var longTasks: number[];
}

/** Runs inside a page before its own scripts (hence no imports). */
export function watchLongTasks(): void {
  globalThis.longTasks = [];
  new PerformanceObserver((list) => {
    globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });
}
