import { CircleAlert, LoaderCircle, Video } from 'lucide-preact';
import { useId, useRef, useState } from 'preact/hooks';
import { limits } from '../../../protocol/limits.ts';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import type { CreatedMeeting } from '../../state/meetings-api.ts';
import { type StartProblem, startProblem } from '../../state/start-problem.ts';

export function NewMeetingForm({ onCreated }: { onCreated: (meeting: CreatedMeeting) => void }) {
  const { api } = useApp();
  const { text } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<StartProblem | undefined>(undefined);
  const [busy, setBusy] = useState(false);

  const create = async () => {
    const name = input.current?.value.trim() ?? '';
    if (name === '') {
      setProblem('nameMissing');
      input.current?.focus();
      return;
    }
    setProblem(undefined);
    setBusy(true);
    try {
      onCreated(await api.create(name));
    } catch (error) {
      setProblem(startProblem(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="card start-card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void create();
      }}
    >
      <div class="start-card-head">
        <span class="start-card-mark" data-tone="brand">
          <Video size={22} aria-hidden="true" />
        </span>
        <div>
          <h2>{text.start.newMeeting}</h2>
          <p class="field-hint">{text.start.newMeetingHint}</p>
        </div>
      </div>
      <div class="field">
        <label for={id}>{text.start.name}</label>
        <input
          ref={input}
          id={id}
          class="input"
          name="meeting"
          autoComplete="off"
          maxLength={limits.roomNameLength}
          placeholder={text.start.namePlaceholder}
          aria-invalid={problem === 'nameMissing'}
          aria-describedby={problem ? `${id}-problem` : undefined}
        />
        {problem && (
          <p class="field-problem" id={`${id}-problem`} role="alert">
            <CircleAlert size={18} aria-hidden="true" />
            {text.start.problems[problem]}
          </p>
        )}
      </div>
      <button
        type="submit"
        class="button"
        data-look="primary"
        data-size="large"
        data-wide
        aria-disabled={busy}
      >
        {busy && <LoaderCircle class="spinner" size={20} aria-hidden="true" />}
        {busy ? text.start.creating : text.start.create}
      </button>
    </form>
  );
}
