import {
  Check,
  CircleAlert,
  CircleCheck,
  CircleX,
  Copy,
  LoaderCircle,
  Minus,
  RefreshCw,
} from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Line, LineId } from '../../../client/doctor/line.ts';
import { explain } from '../../../client/doctor/texts.ts';
import type { Verdict } from '../../../client/doctor/verdict.ts';
import { type CheckTexts, checkEnglish } from '../../languages/check-english.ts';
import { checkGerman } from '../../languages/check-german.ts';
import { useApp, useTranslation } from '../../parts/app-context.ts';
import { copyText } from '../../parts/copy-text.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { useCopied } from '../../parts/use-copied.ts';
import { useScreen } from '../../parts/use-screen.ts';
import { ConnectionCheck } from '../../state/connection-check.ts';
import './check-screen.css';

const browserIds: readonly LineId[] = ['browser', 'secure-context', 'codecs', 'screen-capture'];
const deviceIds: readonly LineId[] = ['camera', 'microphone'];

/** Whether meetings work from here, tried for real. */
export function CheckScreen() {
  const { signalUrl } = useApp();
  const { language } = useTranslation();
  const texts = { en: checkEnglish, de: checkGerman }[language];
  const { page } = texts;
  const heading = useScreen(page.title);
  const held = useRef<ConnectionCheck | undefined>(undefined);
  held.current ??= new ConnectionCheck(window, signalUrl);
  const check = held.current;
  useEffect(() => {
    void check.run();
    return () => check.close();
  }, [check]);

  const lines = check.lines.value;
  const network = lines.filter(({ id }) => !browserIds.includes(id) && !deviceIds.includes(id));
  const of = (ids: readonly LineId[]) => lines.filter(({ id }) => ids.includes(id));
  return (
    <div class="screen">
      <PageHead />
      <main class="check">
        <header class="check-head">
          <h1 ref={heading} tabIndex={-1}>
            {page.title}
          </h1>
          <p class="soft">{page.lead}</p>
        </header>
        <VerdictBox texts={texts} verdict={check.verdict.value} lines={network} />
        <div class="check-actions">
          <button
            type="button"
            class="button"
            data-look="primary"
            aria-disabled={check.running}
            onClick={() => void check.run()}
          >
            <RefreshCw size={18} aria-hidden="true" />
            {page.again}
          </button>
          <CopyButton label={page.copy} hint={page.copyHint} value={() => check.asText()} />
        </div>
        <Group title={page.network} texts={texts} lines={network} />
        <Group title={page.browser} texts={texts} lines={of(browserIds)} />
        <Group title={page.devices} hint={page.devicesHint} texts={texts} lines={of(deviceIds)}>
          <button
            type="button"
            class="button"
            data-look="outline"
            onClick={() => void check.tryDevice('camera')}
          >
            {page.tryCamera}
          </button>
          <button
            type="button"
            class="button"
            data-look="outline"
            onClick={() => void check.tryDevice('microphone')}
          >
            {page.tryMicrophone}
          </button>
        </Group>
      </main>
    </div>
  );
}

interface VerdictBoxProps {
  texts: CheckTexts;
  verdict: Verdict | undefined;
  lines: readonly Line[];
}

/** Told to screen readers when it is known; how far it is while it runs is only seen. */
function VerdictBox({ texts, verdict, lines }: VerdictBoxProps) {
  const tone =
    verdict === undefined
      ? 'running'
      : verdict.possible
        ? verdict.code === 'good'
          ? 'good'
          : 'fair'
        : 'bad';
  const done = lines.filter(({ state }) => state !== 'running').length;
  const icons = { running: LoaderCircle, good: CircleCheck, fair: CircleAlert, bad: CircleX } as const;
  const Icon = icons[tone];
  return (
    <div class="check-verdict" data-tone={tone}>
      <Icon size={28} aria-hidden="true" class={tone === 'running' ? 'spinner' : undefined} />
      {verdict === undefined && <p>{texts.page.progress(done, lines.length)}</p>}
      <p role="status">{verdict === undefined ? '' : texts.doctor.verdicts[verdict.code]}</p>
    </div>
  );
}

interface GroupProps {
  title: string;
  hint?: string;
  texts: CheckTexts;
  lines: readonly Line[];
  children?: ComponentChildren;
}

function Group({ title, hint, texts, lines, children }: GroupProps) {
  return (
    <section class="check-group">
      <h2>{title}</h2>
      {hint && <p class="soft">{hint}</p>}
      <ul>
        {lines.map((line) => (
          <Row key={line.id} line={line} texts={texts} />
        ))}
      </ul>
      {children && <div class="check-actions">{children}</div>}
    </section>
  );
}

const marks = { running: LoaderCircle, passed: CircleCheck, failed: CircleX, untested: Minus } as const;

function Row({ line, texts }: { line: Line; texts: CheckTexts }) {
  const { name, state, result, advice } = explain(line, texts.doctor);
  const Mark = marks[line.state];
  return (
    <li class="check-line" data-state={line.state}>
      <Mark size={20} aria-hidden="true" class={line.state === 'running' ? 'spinner' : undefined} />
      <span class="check-name">{name}</span>
      <span class="check-state">{state}</span>
      {line.state !== 'running' && result && <span class="check-result">{result}</span>}
      {line.state !== 'running' && advice && <span class="check-advice">{advice}</span>}
    </li>
  );
}

function CopyButton({ label, hint, value }: { label: string; hint: string; value: () => string }) {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const [copied, hasCopied] = useCopied();
  const copy = async () => {
    if (await copyText(value())) hasCopied();
    else toasts.show(text.app.copyFailed, { tone: 'alert' });
  };
  return (
    <>
      <button type="button" class="button" data-look="outline" title={hint} onClick={() => void copy()}>
        {copied ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />}
        {copied ? text.app.copied : label}
      </button>
      <span class="visually-hidden" role="status">
        {copied ? text.app.copied : ''}
      </span>
    </>
  );
}
