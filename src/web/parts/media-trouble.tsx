import { ChevronRight, CircleAlert } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { LocalMedia } from '../state/local-media.ts';
import type { SourceKind } from '../state/local-source.ts';
import { browserFamily, type MediaProblem } from '../state/media-problem.ts';
import { useTranslation } from './app-context.ts';

interface MediaTroubleProps {
  media: LocalMedia;
  /** Camera and microphone cannot work on this page at all. */
  insecure: boolean;
  /** Said below: one can join nevertheless. */
  before?: boolean;
}

/** Why camera or microphone do not start, and what to do about it. */
export function MediaTrouble({ media, insecure, before }: MediaTroubleProps) {
  const { text } = useTranslation();
  const words = text.problems;
  const failed = new Map<SourceKind, MediaProblem>();
  for (const kind of ['camera', 'microphone'] as const) {
    const state = media.source(kind).state.value;
    if (state.name === 'failed') failed.set(kind, state.problem);
  }
  if (insecure) {
    return (
      <Notice>
        <p>
          <strong>{words.both.insecure}</strong>
        </p>
        <p>{words.todo.insecure}</p>
      </Notice>
    );
  }
  if (failed.size === 0) return null;
  const problems = [...new Set(failed.values())];
  const [only] = problems;
  const sentences =
    failed.size === 2 && problems.length === 1 && only !== undefined
      ? [words.both[only]]
      : [...failed].map(([kind, problem]) => words[kind][problem]);
  return (
    <Notice>
      {sentences.map((sentence) => (
        <p key={sentence}>
          <strong>{sentence}</strong>
        </p>
      ))}
      {problems.map((problem) => (
        <p key={problem}>{words.todo[problem]}</p>
      ))}
      {problems.includes('denied') && <HowToAllow />}
      {before && <p>{text.lobby.joinWithout}</p>}
      <div>
        <button
          type="button"
          class="button"
          onClick={() =>
            void media.start({ camera: failed.has('camera'), microphone: failed.has('microphone') })
          }
        >
          {words.retry}
        </button>
      </div>
    </Notice>
  );
}

function Notice({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" data-tone="alert" role="alert">
      <CircleAlert size={20} aria-hidden="true" />
      <div>{children}</div>
    </div>
  );
}

function HowToAllow() {
  const { text } = useTranslation();
  const steps = text.problems.steps[browserFamily(navigator.userAgent)];
  return (
    <details>
      <summary>
        <ChevronRight class="turn" size={18} aria-hidden="true" />
        {text.problems.howTo}
      </summary>
      <ol class="steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </details>
  );
}
