import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';

interface PopoverProps {
  class: string;
  label?: string;
  button: ComponentChildren;
  children: (close: () => void) => ComponentChildren;
}

const margin = 12;

/** A button with further actions in a native popover: Esc and a click elsewhere close it, the focus goes back. */
export function Popover({ class: className, label, button, children }: PopoverProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const close = () => panel.current?.hidePopover();
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class={className}
        aria-label={label}
        aria-haspopup="true"
        aria-expanded={open}
        popoverTarget={id}
      >
        {button}
      </button>
      <div
        ref={panel}
        id={id}
        class="popover"
        popover="auto"
        onToggle={(event) => {
          const shown = event.newState === 'open';
          setOpen(shown);
          if (shown && anchor.current && panel.current) {
            place(panel.current, anchor.current.getBoundingClientRect());
            panel.current.querySelector<HTMLElement>('button:enabled, a, input, select')?.focus();
          }
        }}
      >
        {open && children(close)}
      </div>
    </>
  );
}

/** Above or below the button, inside the window. Its content is drawn a moment later, hence the frame. */
function place(panel: HTMLElement, anchor: DOMRect): void {
  requestAnimationFrame(() => {
    const { width, height } = panel.getBoundingClientRect();
    const { innerWidth, innerHeight } = window;
    const below = anchor.bottom + 8;
    const top = below + height + margin <= innerHeight ? below : anchor.top - height - 8;
    const left = anchor.left + anchor.width / 2 - width / 2;
    panel.style.top = `${Math.max(margin, Math.min(top, innerHeight - height - margin))}px`;
    panel.style.left = `${Math.max(margin, Math.min(left, innerWidth - width - margin))}px`;
    panel.querySelector<HTMLElement>('button:enabled, a, input, select')?.focus();
  });
}
