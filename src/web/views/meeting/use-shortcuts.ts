import { useEffect, useRef } from 'preact/hooks';
import { isTyping, type ShortcutAction, shortcutFor } from '../../state/shortcuts.ts';

/** @param onAction answers whether there was anything to do; only then the key is taken */
export function useShortcuts(singleKeys: boolean, onAction: (action: ShortcutAction) => boolean): void {
  const latest = useRef(onAction);
  latest.current = onAction;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      // Open dialogs and menus have keys of their own.
      if (event.defaultPrevented || document.querySelector('dialog[open], [popover="auto"]:popover-open'))
        return;
      const { key, ctrlKey, metaKey, altKey, repeat } = event;
      const action = shortcutFor(
        { key, ctrlKey, metaKey, altKey, repeat, typing: isTyping(event.target) && key !== 'Escape' },
        singleKeys,
      );
      if (action && latest.current(action)) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [singleKeys]);
}
