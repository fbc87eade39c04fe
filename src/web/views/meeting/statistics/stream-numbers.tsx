import { useTranslation } from '../../../parts/app-context.ts';
import type { StreamNumbers } from '../../../state/statistics.ts';

/** One source of somebody in numbers. */
export function StreamNumbersView({
  stream,
  paused,
}: {
  stream: StreamNumbers;
  paused?: string | undefined;
}) {
  const { text, format } = useTranslation();
  const words = text.statistics;
  const { source, codec, bitrate, lost, jitterMs, width, height, framesPerSecond, freezes, frozenMs } =
    stream;
  const rows: readonly (readonly [string, string | undefined])[] = [
    [words.rate, format.bitrate(bitrate)],
    [words.size, width && height ? `${width} × ${height}` : undefined],
    [
      words.frames,
      framesPerSecond === undefined ? undefined : words.framesPerSecond(Math.round(framesPerSecond)),
    ],
    [words.lost, lost === undefined ? undefined : format.percent(lost)],
    [words.jitter, jitterMs === undefined ? undefined : format.milliseconds(jitterMs)],
    [
      words.freezes,
      freezes === undefined ? undefined : words.freezeCount(freezes, format.tenths((frozenMs ?? 0) / 1000)),
    ],
    [words.codec, codec],
  ];
  return (
    <div class="stream">
      <h4>
        {words.sources[source]}
        {paused && <span class="stream-paused">{paused}</span>}
      </h4>
      <dl class="numbers">
        {rows.map(
          ([label, value]) =>
            value !== undefined && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {stream.layers.length > 1 && <Layers stream={stream} />}
    </div>
  );
}

function Layers({ stream }: { stream: StreamNumbers }) {
  const { text, format } = useTranslation();
  const words = text.statistics;
  const limit = (by: string | undefined) => {
    if (!by) return '–';
    return by === 'bandwidth' || by === 'cpu' ? words.limits[by] : words.limits.other;
  };
  return (
    <table class="layers">
      <caption class="visually-hidden">{words.layersOf(words.sources[stream.source])}</caption>
      <thead>
        <tr>
          <th scope="col">{words.layer}</th>
          <th scope="col">{words.rate}</th>
          <th scope="col">{words.size}</th>
          <th scope="col">{words.limitedBy}</th>
        </tr>
      </thead>
      <tbody>
        {stream.layers.map(({ active, bitrate, width, height, limitedBy }, index) => (
          <tr key={String(index)}>
            <th scope="row">{index + 1}</th>
            <td>{active ? format.bitrate(bitrate) : words.idle}</td>
            <td>{active && width && height ? `${width} × ${height}` : '–'}</td>
            <td>{limit(active ? limitedBy : undefined)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
