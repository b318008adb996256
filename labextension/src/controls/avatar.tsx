/** A person's initials on their colour. */
import * as React from 'react';

/** How many colours there are for people (`--cwm-person-0` … `--cwm-person-7`). */
const COLORS = 8;

/** First letters of the first and the last name. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters
    .map(word => Array.from(word)[0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

/** The first of a person's names, for sentences that speak to or of them. */
export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0];
}

interface IAvatarProps {
  name: string;
  /** Number of the person's colour; without one (not admitted yet) the avatar is grey. */
  color?: number;
  size?: 20 | 24 | 32;
}

export function Avatar({ name, color, size = 24 }: IAvatarProps): React.ReactElement {
  const background = color === undefined ? undefined : `var(--cwm-person-${((color % COLORS) + COLORS) % COLORS})`;
  return (
    <span className={`jp-cwm-Avatar jp-mod-${size}`} style={{ background }} aria-hidden="true">
      {initials(name)}
    </span>
  );
}
