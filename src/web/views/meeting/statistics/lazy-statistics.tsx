import { useEffect, useState } from 'preact/hooks';
import { useApp, useTranslation } from '../../../parts/app-context.ts';
import type { Call } from '../../../state/call.ts';

type Panel = typeof import('./statistics-panel.tsx').StatisticsPanel;

/** The panel with its charts, fetched when somebody opens it: few ever do. */
export function LazyStatistics({ call, onClose }: { call: Call; onClose: () => void }) {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const [Loaded, setLoaded] = useState<Panel | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    import('./statistics-panel.tsx').then(
      ({ StatisticsPanel }) => !gone && setLoaded(() => StatisticsPanel),
      () => {
        if (gone) return;
        toasts.show(text.statistics.failed, { tone: 'alert' });
        onClose();
      },
    );
    return () => {
      gone = true;
    };
  }, []);
  return Loaded ? <Loaded call={call} onClose={onClose} /> : null;
}
