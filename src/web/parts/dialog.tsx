import { X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useTranslation } from './app-context.ts';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
  /** For questions: read out with the title. */
  describedBy?: string;
}

/** A modal dialog while it is rendered. The browser keeps the focus inside, closes on Esc and gives the focus back. */
export function Dialog({ title, onClose, children, describedBy }: DialogProps) {
  const { text } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    // A click on the backdrop hits the dialog element itself; its body fills the rest. Esc does the same for the keyboard.
    const outside = (event: MouseEvent) => event.target === element && element?.close();
    element?.addEventListener('click', outside);
    return () => {
      element?.removeEventListener('click', outside);
      element?.close();
      // Taken out of the document in the same moment, the browser would lose the focus.
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} aria-describedby={describedBy} onClose={onClose}>
      <div class="dialog-body">
        <h2 id={id}>{title}</h2>
        {children}
        <button type="button" class="icon-button dialog-close" aria-label={text.app.close} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </div>
    </dialog>
  );
}
