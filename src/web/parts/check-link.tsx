import { Stethoscope } from 'lucide-preact';
import { useApp, useTranslation } from './app-context.ts';

/** To the page that tries whether meetings work from here. */
export function CheckLink() {
  const { router } = useApp();
  const { text } = useTranslation();
  return (
    <a
      class="check-link"
      href="/check"
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        router.go('/check');
      }}
    >
      <Stethoscope size={18} aria-hidden="true" />
      {text.check.link}
    </a>
  );
}
