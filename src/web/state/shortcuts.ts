/** What single keys do in a meeting. */
export type ShortcutAction =
  | 'microphone'
  | 'camera'
  | 'share'
  | 'view'
  | 'participants'
  | 'invite'
  | 'full-screen'
  | 'statistics'
  | 'previous-page'
  | 'next-page'
  | 'close'
  | 'help';

/** Letters as typed, not positions of keys: M is where the keyboard says M. */
const letters: Record<string, ShortcutAction> = {
  m: 'microphone',
  v: 'camera',
  s: 'share',
  g: 'view',
  p: 'participants',
  i: 'invite',
  f: 'full-screen',
  q: 'statistics',
  '?': 'help',
};
const others: Record<string, ShortcutAction> = {
  PageUp: 'previous-page',
  PageDown: 'next-page',
  Escape: 'close',
};

/** What of a KeyboardEvent counts. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  repeat: boolean;
  /** The focus is where keys mean text or a choice. */
  typing: boolean;
}

/** @param singleKeys false: characters do nothing (they get in the way of speech input), only Esc and the page keys work */
export function shortcutFor(press: KeyPress, singleKeys: boolean): ShortcutAction | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.repeat || press.typing) return undefined;
  if (Object.hasOwn(others, press.key)) return others[press.key];
  const key = press.key.toLowerCase();
  return singleKeys && Object.hasOwn(letters, key) ? letters[key] : undefined;
}

/** Fields, and lists in which typing a letter jumps to an entry. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}
