import { useEffect, useState } from 'preact/hooks';
import { useTranslation } from '../../parts/app-context.ts';
import { EndScreen } from '../end/end-screen.tsx';

type Screen = typeof import('./check-screen.tsx').CheckScreen;

/** The page, fetched when somebody opens it: most never do. */
export function LazyCheck() {
  const { text } = useTranslation();
  const [Loaded, setLoaded] = useState<Screen | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let gone = false;
    import('./check-screen.tsx').then(
      ({ CheckScreen }) => !gone && setLoaded(() => CheckScreen),
      () => !gone && setFailed(true),
    );
    return () => {
      gone = true;
    };
  }, []);
  if (failed) return <EndScreen code="not-loaded" />;
  if (Loaded) return <Loaded />;
  return (
    <p class="visually-hidden" role="status">
      {text.check.loading}
    </p>
  );
}
