import { Check, Copy } from 'lucide-preact';
import { useId, useRef } from 'preact/hooks';
import { useApp, useTranslation } from './app-context.ts';
import { copyText } from './copy-text.ts';
import { useCopied } from './use-copied.ts';

interface CopyFieldProps {
  label: string;
  value: string;
  hint?: string;
  primary?: boolean;
}

/** A text to take along, with a button that copies it. */
export function CopyField({ label, value, hint, primary }: CopyFieldProps) {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [copied, hasCopied] = useCopied();

  const copy = async () => {
    if (await copyText(value)) return hasCopied();
    input.current?.select();
    toasts.show(text.app.copyFailed, { tone: 'alert' });
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div class="copy-field">
        <input
          ref={input}
          id={id}
          class="input"
          readOnly
          value={value}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button
          type="button"
          class="button"
          data-look={primary ? 'primary' : undefined}
          aria-label={`${text.app.copy}: ${label}`}
          onClick={() => void copy()}
        >
          {copied ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />}
          <span>{copied ? text.app.copied : text.app.copy}</span>
        </button>
      </div>
      <span class="visually-hidden" role="status">
        {copied ? text.app.copied : ''}
      </span>
    </div>
  );
}
