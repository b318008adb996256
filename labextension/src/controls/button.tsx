/** Buttons and the small parts that most views share. */
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { crossIcon } from './icons';

/** How much a button asks for attention; at most one `primary` per view. `strong` is Admit's outline. */
export type Weight = 'primary' | 'strong' | 'plain' | 'quiet' | 'danger';

interface IButtonProps extends Omit<React.ButtonHTMLAttributes<HTMLButtonElement>, 'type'> {
  weight?: Weight;
  size?: 'small' | 'normal' | 'large';
  icon?: LabIcon;
  /** At work: keeps its width, does not answer clicks. */
  isBusy?: boolean;
  type?: 'button' | 'submit';
}

export const Button = React.forwardRef<HTMLButtonElement, IButtonProps>(function Button(
  { weight = 'plain', size = 'normal', icon, isBusy = false, className, children, type = 'button', onClick, ...rest },
  ref
) {
  const classes = ['jp-cwm-Button', `jp-mod-${weight}`, `jp-mod-${size}`, className ?? ''].join(' ').trim();
  return (
    // Busy is not `disabled`: that would take the focus away from under the keyboard.
    <button
      {...rest}
      ref={ref}
      type={type}
      className={classes}
      aria-busy={isBusy || undefined}
      onClick={isBusy ? undefined : onClick}
    >
      {isBusy ? <Spinner /> : icon && <Icon icon={icon} />}
      {children}
    </button>
  );
});

interface IIconButtonProps extends Omit<React.ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'children'> {
  icon: LabIcon;
  /** Name for people who do not see the icon; also the tooltip. */
  label: string;
  /** The key that does the same, for the tooltip. */
  keys?: string;
}

export function IconButton({ icon, label, keys, className, ...rest }: IIconButtonProps): React.ReactElement {
  const title = keys ? `${label} (${keys})` : label;
  return (
    <button
      {...rest}
      type="button"
      className={`jp-cwm-IconButton ${className ?? ''}`.trim()}
      aria-label={label}
      title={title}
    >
      <Icon icon={icon} size={16} />
    </button>
  );
}

export function Icon({ icon, size = 14 }: { icon: LabIcon; size?: 12 | 14 | 16 | 20 }): React.ReactElement {
  return (
    <span className={`jp-cwm-Icon jp-mod-${size}`} aria-hidden="true">
      <icon.react tag={null} />
    </span>
  );
}

export function Spinner(): React.ReactElement {
  return <span className="jp-cwm-Spinner" aria-hidden="true" />;
}

export type Tone = 'info' | 'ok' | 'warn' | 'error' | 'neutral';

/** A status: sign and word, the tint only in addition. */
export function Chip(props: { tone: Tone; icon: LabIcon; children: React.ReactNode }): React.ReactElement {
  return (
    <span className={`jp-cwm-Chip jp-mod-${props.tone}`}>
      <Icon icon={props.icon} size={12} />
      {props.children}
    </span>
  );
}

/** A sentence about something that went wrong, announced to screen readers. */
export function Problem({ children, id }: { children: React.ReactNode; id?: string }): React.ReactElement {
  return (
    <p className="jp-cwm-Problem" role="alert" id={id}>
      <Icon icon={crossIcon} size={12} />
      <span>{children}</span>
    </p>
  );
}
