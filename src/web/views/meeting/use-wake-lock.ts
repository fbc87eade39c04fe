import { useEffect } from 'preact/hooks';

/** The screen of a phone stays on during a meeting: locked, most of them cut off camera and sound. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let over = false;
    const acquire = async () => {
      if (over || document.visibilityState !== 'visible') return;
      lock = await navigator.wakeLock?.request('screen').catch(() => undefined);
      if (over) await lock?.release();
    };
    // The browser gives it up whenever the page is hidden.
    const visible = () => void acquire();
    document.addEventListener('visibilitychange', visible);
    void acquire();
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', visible);
      void lock?.release().catch(() => undefined);
    };
  }, []);
}
