import { CircleAlert, X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Toast } from '../state/toasts.ts';
import { useApp, useTranslation } from './app-context.ts';

/**
 * Messages. The region is always there: a live region that appears together with its text is not read out.
 * It is a popover so that it lies above open dialogs.
 */
export function ToastRegion() {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const list = toasts.list.value;
  const region = useRef<HTMLElement>(null);
  const count = list.length;
  useEffect(() => {
    const element = region.current;
    if (!element?.showPopover) return;
    if (element.matches(':popover-open')) {
      // Shown anew with each message: what was opened last lies on top. Not while it is being used: the focus would be lost.
      if (element.contains(document.activeElement)) return;
      element.hidePopover();
    }
    element.showPopover();
    void count;
  }, [count]);
  return (
    <section ref={region} class="toasts" popover="manual" aria-label={text.app.notifications}>
      <div role="status" aria-live="polite">
        {list
          .filter((toast) => toast.tone === 'info')
          .map((toast) => (
            <ToastView key={toast.id} toast={toast} />
          ))}
      </div>
      <div role="alert">
        {list
          .filter((toast) => toast.tone === 'alert')
          .map((toast) => (
            <ToastView key={toast.id} toast={toast} />
          ))}
      </div>
    </section>
  );
}

function ToastView({ toast }: { toast: Toast }) {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const hold = (held: boolean) => () => toasts.hold(toast.id, held);
  return (
    <div
      class="toast"
      data-tone={toast.tone}
      onPointerEnter={hold(true)}
      onPointerLeave={hold(false)}
      onFocusCapture={hold(true)}
      onBlurCapture={hold(false)}
    >
      {toast.tone === 'alert' && <CircleAlert size={20} aria-hidden="true" />}
      <p>{toast.text}</p>
      {toast.action && (
        <button
          type="button"
          class="toast-action"
          onClick={() => {
            toast.action?.run();
            toasts.dismiss(toast.id);
          }}
        >
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label={text.app.dismiss}
        onClick={() => toasts.dismiss(toast.id)}
      >
        <X size={18} aria-hidden="true" />
      </button>
    </div>
  );
}
