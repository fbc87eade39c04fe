import { hueOf, initials } from '../state/people.ts';

const colours = 8;

export function Avatar({ name, size }: { name: string; size?: 'small' }) {
  return (
    <span class="avatar" data-colour={hueOf(name, colours)} data-size={size} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
