import { AppContext } from './parts/app-context.ts';
import { ToastRegion } from './parts/toast-region.tsx';
import type { AppState } from './state/app-state.ts';
import { isSupportedBrowser } from './state/supported-browser.ts';
import { LazyCheck } from './views/check/lazy-check.tsx';
import { EndScreen } from './views/end/end-screen.tsx';
import { StartScreen } from './views/start/start-screen.tsx';
import { VisitScreen } from './views/visit-screen.tsx';

export function App({ state }: { state: AppState }) {
  return (
    <AppContext.Provider value={state}>
      <CurrentScreen state={state} />
      <ToastRegion />
    </AppContext.Provider>
  );
}

function CurrentScreen({ state }: { state: AppState }) {
  const route = state.router.route.value;
  if (!isSupportedBrowser(window)) return <EndScreen code="unsupported" />;
  const visit = state.visit.value;
  switch (route.name) {
    case 'start':
      return <StartScreen />;
    case 'meeting':
      return visit ? <VisitScreen key={visit.link.path} visit={visit} /> : null;
    case 'check':
      return <LazyCheck />;
    case 'incomplete':
      return <EndScreen code="incomplete" />;
    case 'not-found':
      return <EndScreen code="not-found" />;
  }
}
