import { ArrowRight, CircleAlert, LoaderCircle, LogIn } from 'lucide-preact';
import { useId, useRef, useState } from 'preact/hooks';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { readInvitation } from '../../state/invitation-input.ts';
import { startProblem } from '../../state/start-problem.ts';

export function JoinForm() {
  const { api, router } = useApp();
  const { text } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);

  const refuse = (sentence: string) => {
    setProblem(sentence);
    input.current?.focus();
  };
  const join = async () => {
    const { problems } = text.start;
    const invitation = readInvitation(input.current?.value ?? '', router.origin);
    setProblem('');
    switch (invitation.kind) {
      case 'path':
        return router.go(invitation.path);
      case 'empty':
        return refuse(problems.inputMissing);
      case 'unknown':
        return refuse(problems.notUnderstood);
      case 'other-server':
        return refuse(problems.otherServer(invitation.host));
      case 'code':
        setBusy(true);
        try {
          router.go(await api.pathForCode(invitation.code));
        } catch (error) {
          const found = startProblem(error);
          refuse(problems[found]);
          setBusy(false);
        }
    }
  };
  return (
    <form
      class="card start-card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void join();
      }}
    >
      <div class="start-card-head">
        <span class="start-card-mark">
          <LogIn size={22} aria-hidden="true" />
        </span>
        <div>
          <h2>{text.start.join}</h2>
          <p class="field-hint">{text.start.joinHint}</p>
        </div>
      </div>
      <div class="field">
        <label for={id}>{text.start.linkOrCode}</label>
        <div class="join-row">
          <input
            ref={input}
            id={id}
            class="input"
            name="invitation"
            autoComplete="off"
            autoCapitalize="none"
            spellcheck={false}
            placeholder={text.start.linkOrCodePlaceholder}
            aria-invalid={problem !== ''}
            aria-describedby={problem ? `${id}-problem` : undefined}
          />
          <button type="submit" class="button" aria-disabled={busy}>
            {busy ? text.start.searching : text.start.joinNow}
            {busy ? (
              <LoaderCircle class="spinner" size={18} aria-hidden="true" />
            ) : (
              <ArrowRight size={18} aria-hidden="true" />
            )}
          </button>
        </div>
        {problem && (
          <p class="field-problem" id={`${id}-problem`} role="alert">
            <CircleAlert size={18} aria-hidden="true" />
            {problem}
          </p>
        )}
      </div>
    </form>
  );
}
