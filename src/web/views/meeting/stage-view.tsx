import { useComputed } from '@preact/signals';
import { ChevronLeft, ChevronRight, Link2, Users } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useTranslation } from '../../parts/app-context.ts';
import { type Placed, selfKey } from '../../state/arrangement.ts';
import type { Call } from '../../state/call.ts';
import type { Rectangle } from '../../state/grid-layout.ts';
import { screenKey } from '../../state/stage.ts';
import { PersonTile, ScreenTile, SelfTile } from './tiles.tsx';
import { useSwipe } from './use-swipe.ts';
import './stage-view.css';

interface StageViewProps {
  call: Call;
  onCopyInvitation: () => void;
  onShowParticipants: () => void;
}

/** All tiles. They are moved, never made anew: a video that moves in the document would go black for a moment. */
export function StageView({ call, onCopyInvitation, onShowParticipants }: StageViewProps) {
  const { text } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const { stage } = call;
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    const measure = () => stage.resize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [stage]);
  useSwipe(area, (by) => stage.turnPage(by));
  const { placed, page, pages, hidden } = stage.arrangement.value;
  const alone = placed.every(({ key }) => key === selfKey);
  // In the document they stand as people came, whatever moves on the stage: a video moved there would go black.
  const order = [selfKey, ...call.people.value.flatMap(({ id }) => [screenKey(id), id])];
  const tiles = placed.toSorted((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  const previous = useRef<HTMLButtonElement>(null);
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // At the end of the pages a button becomes disabled and would take the focus with it.
    if (
      document.activeElement === document.body &&
      (previous.current?.dataset.used || next.current?.dataset.used)
    ) {
      (page === 0 ? next : previous).current?.focus();
    }
  }, [page]);
  return (
    <section class="stage" data-empty={placed.length === 0 || undefined} aria-label={text.meeting.stage}>
      <div ref={area} class="stage-area">
        <ul class="tiles">
          {tiles.map((tile) => (
            <Tile key={tile.key} call={call} placed={tile} />
          ))}
        </ul>
        {pages > 1 && (
          <nav class="pager" aria-label={text.meeting.page(page + 1, pages)}>
            <button
              ref={previous}
              type="button"
              class="icon-button"
              disabled={page === 0}
              aria-label={text.meeting.previousPage}
              onClick={() => stage.turnPage(-1)}
            >
              <ChevronLeft size={22} aria-hidden="true" />
            </button>
            <span aria-hidden="true">
              {page + 1} / {pages}
            </span>
            <span class="visually-hidden" role="status">
              {text.meeting.page(page + 1, pages)}
            </span>
            <button
              ref={next}
              type="button"
              class="icon-button"
              disabled={page === pages - 1}
              aria-label={text.meeting.nextPage}
              onClick={() => stage.turnPage(1)}
            >
              <ChevronRight size={22} aria-hidden="true" />
            </button>
          </nav>
        )}
        {hidden && (
          <button
            type="button"
            class="more-people"
            style={placeAt(hidden.rectangle)}
            onClick={onShowParticipants}
          >
            <Users size={20} aria-hidden="true" />
            {text.meeting.others(hidden.count)}
            <span class="visually-hidden">{text.meeting.participants}</span>
          </button>
        )}
      </div>
      {alone && <AloneCard call={call} onCopyInvitation={onCopyInvitation} />}
    </section>
  );
}

function AloneCard({ call, onCopyInvitation }: { call: Call; onCopyInvitation: () => void }) {
  const { text } = useTranslation();
  return (
    <div class="alone">
      <div>
        <h2>{text.meeting.alone}</h2>
        <p class="soft">{call.may('invite') ? text.meeting.aloneHint : text.meeting.aloneViewer}</p>
      </div>
      {call.may('invite') && (
        <button type="button" class="button" data-look="primary" onClick={onCopyInvitation}>
          <Link2 size={20} aria-hidden="true" />
          {text.meeting.copyInvitation}
        </button>
      )}
    </div>
  );
}

function placeAt({ x, y, width, height }: Rectangle) {
  return { transform: `translate(${x}px, ${y}px)`, width: `${width}px`, height: `${height}px` };
}

function Tile({ call, placed }: { call: Call; placed: Placed }) {
  const { key, rectangle, place } = placed;
  const style = {
    ...placeAt(rectangle),
    // The picture of a person without camera grows with the tile.
    '--avatar-size': `${Math.round(Math.max(34, Math.min(rectangle.width, rectangle.height) * 0.36, 0))}px`,
  };
  // Of everybody's news only what concerns this tile draws it anew.
  const speaking = useComputed(() => call.speaking.value.has(key)).value;
  const person = useComputed(() =>
    call.people.value.find(({ id }) => id === key || screenKey(id) === key),
  ).value;
  const compact = rectangle.width < 170;
  return (
    <li
      class="tile"
      style={style}
      data-place={place}
      data-speaking={speaking || undefined}
      data-compact={compact || undefined}
      data-self={key === selfKey || undefined}
    >
      {key === selfKey && <SelfTile call={call} />}
      {person && key === person.id && <PersonTile call={call} person={person} />}
      {person && key === screenKey(person.id) && <ScreenTile call={call} person={person} />}
    </li>
  );
}
