import { CircleCheck, LinkIcon, RefreshCw, TriangleAlert, WifiOff } from 'lucide-preact';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { useScreen } from '../../parts/use-screen.ts';
import { endText } from '../../state/error-text.ts';
import './end-screen.css';

interface EndScreenProps {
  /** A key of the texts below `end`, or one of the SDK's codes. */
  code: string;
  detail?: string;
  /** Back into the lobby of the same meeting. */
  onAgain?: () => void;
}

/** Nothing went wrong: that is how it was meant to end. */
const fine = new Set(['left', 'closed', 'aborted', 'meeting-ended', 'room-ended']);
const links = new Set(['token-invalid', 'token-expired', 'incomplete', 'not-found']);
const connection = new Set([
  'network',
  'timeout',
  'media-failed',
  'media-blocked',
  'session-unknown',
  'ping-timeout',
]);
/** Browsers do not fetch again what they failed to fetch once. */
const reloads = new Set(['version-unsupported', 'not-loaded']);
/** Trying the same again cannot help. */
const final = new Set([
  'removed',
  'meeting-ended',
  'room-ended',
  'token-invalid',
  'token-expired',
  'incomplete',
  'not-found',
]);

/** After a meeting, and wherever something did not work: what happened, and what to do next. */
export function EndScreen({ code, detail, onAgain }: EndScreenProps) {
  const { router } = useApp();
  const { text } = useTranslation();
  const { title, text: explanation } = endText(text, code);
  const heading = useScreen(title);
  const reload = reloads.has(code);
  const again = !reload && !final.has(code) && onAgain !== undefined;
  return (
    <div class="screen">
      <PageHead />
      <main class="end">
        <span class="end-mark" data-tone={fine.has(code) ? 'good' : 'alert'}>
          <Mark code={code} />
        </span>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <p class="soft">{explanation}</p>
        <div class="end-actions">
          {reload && (
            <button
              type="button"
              class="button"
              data-look="primary"
              data-size="large"
              onClick={() => router.reload()}
            >
              {text.end.reload}
            </button>
          )}
          {again && (
            <button type="button" class="button" data-look="primary" data-size="large" onClick={onAgain}>
              {code === 'left' ? text.end.rejoin : text.end.tryAgain}
            </button>
          )}
          <button
            type="button"
            class="button"
            data-look={again || reload ? 'outline' : 'primary'}
            data-size="large"
            onClick={() => router.go('/')}
          >
            {text.app.toStart}
          </button>
        </div>
        {detail && !fine.has(code) && (
          <details class="end-detail">
            <summary>{text.end.details}</summary>
            <p>
              <code>
                {code}: {detail}
              </code>
            </p>
          </details>
        )}
      </main>
    </div>
  );
}

function Mark({ code }: { code: string }) {
  const props = { size: 36, strokeWidth: 1.75, 'aria-hidden': true } as const;
  if (fine.has(code)) return <CircleCheck {...props} />;
  if (links.has(code)) return <LinkIcon {...props} />;
  if (connection.has(code)) return <WifiOff {...props} />;
  return reloads.has(code) || code === 'shutting-down' ? (
    <RefreshCw {...props} />
  ) : (
    <TriangleAlert {...props} />
  );
}
