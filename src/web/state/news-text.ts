import type { MediaSource } from '../../client/index.ts';
import type { Dictionary } from '../languages/english.ts';
import type { CallNews } from './call-news.ts';
import { errorText } from './error-text.ts';
import type { DeviceNews } from './local-media.ts';
import type { Toasts } from './toasts.ts';

/** Whole classes come and go within a second: one message, not thirty. */
const gatherMs = 700;
const namedAtMost = 2;

/** Turns what happens in a call into messages. */
export function newsText(
  toasts: Toasts,
  text: () => Dictionary,
): { tell: (news: CallNews) => void; tellDevice: (news: DeviceNews) => void } {
  const joined = gather((names) => toasts.show(crowd(names, text().events.joined, text().events.joinedMany)));
  const left = gather((names) => toasts.show(crowd(names, text().events.left, text().events.leftMany)));

  const tell = (news: CallNews) => {
    const { events, meeting } = text();
    switch (news.what) {
      case 'joined':
        return joined(news.name);
      case 'left':
        if (news.reason === 'left') return left(news.name);
        return void toasts.show(news.reason === 'lost' ? events.lost(news.name) : events.removed(news.name));
      case 'sharing':
        return void toasts.show(events.startedSharing(news.name));
      case 'muted':
        return void toasts.show(mutedText(text(), news.source, news.by ?? events.aModerator), {
          tone: 'alert',
        });
      case 'reconnected':
        return void toasts.show(meeting.reconnected);
      case 'problem':
        return void toasts.show(events.actionFailed(errorText(text(), news.error)), { tone: 'alert' });
      case 'device-failed': {
        const { problems } = text();
        return void toasts.show(`${problems[news.kind][news.problem]} ${problems.todo[news.problem]}`, {
          tone: 'alert',
        });
      }
      case 'share-failed':
        return void toasts.show(events.shareFailed, { tone: 'alert' });
      case 'speaking-muted':
        return void toasts.show(meeting.speakingMuted, {
          action: { label: meeting.unmute, run: news.unmute },
        });
      case 'audio-only': {
        const { dataUse } = text();
        return void toasts.show(dataUse.cannotSend, { action: { label: dataUse.leave, run: news.leave } });
      }
      case 'saving-data': {
        const { dataUse } = text();
        return void toasts.show(dataUse.savingData(dataUse.choices[news.choice]), {
          action: { label: dataUse.lift, run: news.lift },
        });
      }
      case 'publish-failed':
        return void toasts.show(events.publishFailed(errorText(text(), news.error)), { tone: 'alert' });
    }
  };

  const tellDevice = ({ roles, what, label, act }: DeviceNews) => {
    const { events } = text();
    const [role] = roles;
    if (role === undefined) return;
    if (what === 'lost') return void toasts.show(events.lostDevice[role], { tone: 'alert' });
    if (what === 'offered')
      return void toasts.show(events.offered(label), act ? { action: { label: events.use, run: act } } : {});
    return void toasts.show(
      roles.length > 1 ? events.switchedSound(label) : events.switchedTo[role](label),
      act ? { action: { label: events.undo, run: act } } : {},
    );
  };
  return { tell, tellDevice };
}

function mutedText(text: Dictionary, source: MediaSource, by: string): string {
  if (source === 'microphone') return text.events.mutedBy(by);
  return source === 'camera' ? text.events.cameraStoppedBy(by) : text.events.screenStoppedBy(by);
}

function crowd(
  names: string[],
  few: (names: string[]) => string,
  many: (name: string, count: number) => string,
): string {
  const [first] = names;
  return names.length <= namedAtMost || first === undefined ? few(names) : many(first, names.length - 1);
}

function gather(flush: (names: string[]) => void): (name: string) => void {
  let names: string[] = [];
  return (name) => {
    names.push(name);
    if (names.length > 1) return;
    setTimeout(() => {
      const all = names;
      names = [];
      flush(all);
    }, gatherMs);
  };
}
