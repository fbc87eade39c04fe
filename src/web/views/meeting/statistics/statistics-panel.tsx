import { ChevronRight, Copy, X } from 'lucide-preact';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import type { LineMoment } from '../../../../client/index.ts';
import { protocolVersions } from '../../../../protocol/version.ts';
import { useApp, useTranslation } from '../../../parts/app-context.ts';
import { copyText } from '../../../parts/copy-text.ts';
import { QualityBars, qualityText } from '../../../parts/quality-bars.tsx';
import { selfKey } from '../../../state/arrangement.ts';
import type { Call } from '../../../state/call.ts';
import type { Statistics } from '../../../state/statistics.ts';
import { StatisticsWatch, type Watched } from '../../../state/statistics-watch.ts';
import { candidatesText, supportText } from '../../../state/support-text.ts';
import { LineChart } from './line-chart.tsx';
import { StreamNumbersView } from './stream-numbers.tsx';
import './statistics-panel.css';

/** The line and every stream in numbers, live. Loaded when it is opened. */
export function StatisticsPanel({ call, onClose }: { call: Call; onClose: () => void }) {
  const { toasts } = useApp();
  const { text } = useTranslation();
  const words = text.statistics;
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const watch = useMemo(() => new StatisticsWatch(call.meeting), [call]);
  useEffect(() => () => watch.close(), [watch]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const watched = watch.current.value;
  const copy = async () => {
    if (!watched) return;
    const copied = await copyText(textFor(call, watched));
    toasts.show(copied ? text.app.copied : text.app.copyFailed, copied ? {} : { tone: 'alert' });
  };
  return (
    <aside class="panel statistics" aria-labelledby={id}>
      <div class="panel-head">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {words.title}
        </h2>
        <button type="button" class="icon-button" aria-label={text.app.close} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="statistics-body" aria-labelledby={id} tabIndex={0}>
        {watched && (
          <>
            <Overview call={call} statistics={watched.statistics} />
            <Charts line={watched.line} />
            <Streams call={call} statistics={watched.statistics} />
          </>
        )}
      </section>
      <div class="statistics-foot">
        <p class="field-hint">{words.copyHint}</p>
        <button type="button" class="button" onClick={() => void copy()}>
          <Copy size={18} aria-hidden="true" />
          {words.copy}
        </button>
      </div>
    </aside>
  );
}

function Overview({ call, statistics }: { call: Call; statistics: Statistics }) {
  const { text, format } = useTranslation();
  const words = text.statistics;
  const quality = call.quality.value.get(selfKey);
  const { route, availableOutgoingBitrate } = statistics;
  const { path, reason } = call.route.value;
  return (
    <dl class="numbers">
      {quality && (
        <div data-wide>
          <dt>{words.quality}</dt>
          <dd class="with-bars">
            <QualityBars quality={quality} decorative />
            {qualityText(text, quality)}
          </dd>
        </div>
      )}
      <div data-wide>
        <dt>{words.route}</dt>
        <dd>{words.routes[path]}</dd>
        <dd class="aside">{words.routeReasons[reason]}</dd>
      </div>
      <div>
        <dt>{words.path}</dt>
        <dd>
          {route
            ? `${route.protocol.toUpperCase()}, ${route.relayed ? words.relayed : words.direct}`
            : words.nothing}
        </dd>
        {route?.localType && <dd class="aside">{candidatesText(route)}</dd>}
      </div>
      <div>
        <dt>{words.limit}</dt>
        <dd>{text.dataUse.choices[call.dataUse.choice.value]}</dd>
      </div>
      {availableOutgoingBitrate !== undefined && (
        <div>
          <dt>{words.available}</dt>
          <dd>{format.bitrate(availableOutgoingBitrate)}</dd>
        </div>
      )}
    </dl>
  );
}

function Charts({ line }: { line: readonly LineMoment[] }) {
  const { text, format } = useTranslation();
  const words = text.statistics;
  const times = useMemo(() => {
    const last = line.at(-1)?.at ?? 0;
    return line.map(({ at }) => (at - last) / 1000);
  }, [line]);
  const [rates, losses, delays] = useMemo(() => {
    const values = (name: keyof LineMoment) => line.map((moment) => moment[name]);
    return [
      [
        { label: words.received, values: values('receivedBitrate') },
        { label: words.sent, values: values('sentBitrate') },
      ],
      [
        { label: words.received, values: values('receivedLost') },
        { label: words.sent, values: values('sentLost') },
      ],
      [
        { label: words.roundTrip, values: values('roundTripMs') },
        { label: words.jitter, values: values('jitterMs') },
      ],
    ] as const;
  }, [line, words]);
  return (
    <>
      <LineChart title={words.rates} times={times} lines={rates} atLeast={100_000} write={format.bitrate} />
      <LineChart title={words.loss} times={times} lines={losses} atLeast={0.05} write={format.percent} />
      <LineChart title={words.delay} times={times} lines={delays} atLeast={100} write={format.milliseconds} />
    </>
  );
}

function Streams({ call, statistics }: { call: Call; statistics: Statistics }) {
  const { text } = useTranslation();
  const words = text.statistics;
  const { sent, received } = statistics;
  const people = call.people.value;
  return (
    <>
      {call.canPublish && (
        <section class="person-numbers">
          <h3>{words.you}</h3>
          {sent.length === 0 && <p class="soft">{words.sendNothing}</p>}
          {sent.map((stream) => (
            <StreamNumbersView key={stream.key} stream={stream} />
          ))}
        </section>
      )}
      <section class="person-numbers">
        <h3>{words.people}</h3>
        {received.length === 0 && <p class="soft">{words.nobody}</p>}
        {received.map(({ id, streams }) => {
          const person = people.find((other) => other.id === id);
          const quality = call.quality.value.get(id);
          return (
            <details key={id} class="person-details">
              <summary>
                <bdi>{person?.name ?? id}</bdi>
                {quality && <QualityBars quality={quality} />}
                <ChevronRight class="turn" size={18} aria-hidden="true" />
              </summary>
              {streams.map((stream) => {
                const reason = call.pauseReason(person?.feeds[stream.source]);
                return (
                  <StreamNumbersView
                    key={stream.key}
                    stream={stream}
                    paused={reason && text.paused[reason]}
                  />
                );
              })}
            </details>
          );
        })}
      </section>
    </>
  );
}

function textFor(call: Call, { statistics, line }: Watched): string {
  const { meeting } = call;
  return supportText({
    version: PLENUM_VERSION,
    protocol: protocolVersions.highest,
    browser: navigator.userAgent,
    at: new Date(),
    roomId: meeting.room.id,
    selfId: meeting.self.id,
    connection: meeting.connection,
    media: meeting.media,
    dataUse: call.dataUse.choice.peek(),
    quality: call.quality.peek().get(selfKey),
    route: call.route.peek(),
    heldBack: call.heldBack.peek(),
    statistics,
    line,
  });
}
