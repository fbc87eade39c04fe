import { useApp, useTranslation } from './app-context.ts';
import { Logo } from './logo.tsx';
import { PreferenceMenus } from './preferences.tsx';

/** The head of every page outside a meeting. */
export function PageHead() {
  const { router } = useApp();
  const { text } = useTranslation();
  return (
    <header class="page-head">
      <a
        href="/"
        class="home"
        aria-label={text.app.homeLabel}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          router.go('/');
        }}
      >
        <Logo />
      </a>
      <PreferenceMenus />
    </header>
  );
}
