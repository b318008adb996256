/** Somebody who waits to be admitted: name, role, since when, Admit and Reject. Used in the interview and on the dashboard. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useEffect, useRef, useState } from 'react';

import { sentence } from '../api/errors';
import type { Role } from '../api/shapes';
import { Avatar, firstName } from '../controls/avatar';
import { Button, Problem } from '../controls/button';
import { useClock } from '../controls/follow';
import { checkIcon } from '../controls/icons';
import { lasted } from '../controls/time';
import { roleName } from './roles';

interface IWaitingRowProps {
  name: string;
  role: Role;
  /** ISO time since when the person waits. */
  since: string;
  isOnline: boolean;
  onAdmit: () => Promise<void>;
  onReject: (message: string) => Promise<void>;
  trans: TranslationBundle;
}

const RENEW_EVERY_MS = 15_000;

export function WaitingRow(props: IWaitingRowProps): React.ReactElement {
  const { name, role, since, isOnline, trans } = props;
  const [busy, setBusy] = useState<'admit' | 'reject' | null>(null);
  const [isRejecting, setRejecting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const now = useClock(RENEW_EVERY_MS);

  const act = (what: 'admit' | 'reject', doing: Promise<void>): void => {
    setBusy(what);
    setProblem(null);
    doing.catch((error: unknown) => setProblem(sentence(error))).finally(() => setBusy(null));
  };

  const wait = lasted(since, now, trans);
  return (
    <div className="jp-cwm-Waiting" role="group" aria-label={trans.__('%1 waits to be admitted', name)}>
      <div className="jp-cwm-Waiting-person">
        <Avatar name={name} />
        <div>
          <strong>{name}</strong>
          <p>
            {isOnline
              ? trans.__('%1, waits %2', roleName(role, trans), wait)
              : trans.__('%1, asked %2 ago, is not connected', roleName(role, trans), wait)}
          </p>
        </div>
      </div>
      {isRejecting ? (
        <Reject
          name={name}
          isBusy={busy === 'reject'}
          trans={trans}
          onCancel={() => setRejecting(false)}
          onReject={message => act('reject', props.onReject(message))}
        />
      ) : (
        <div className="jp-cwm-Waiting-actions">
          <Button
            weight="strong"
            size="small"
            icon={checkIcon}
            isBusy={busy === 'admit'}
            aria-label={trans.__('Admit %1', name)}
            onClick={() => act('admit', props.onAdmit())}
          >
            {trans.__('Admit')}
          </Button>
          <Button size="small" aria-label={trans.__('Reject %1', name)} onClick={() => setRejecting(true)}>
            {trans.__('Reject')}
          </Button>
        </div>
      )}
      {problem && <Problem>{problem}</Problem>}
    </div>
  );
}

interface IRejectProps {
  name: string;
  isBusy: boolean;
  trans: TranslationBundle;
  onCancel: () => void;
  onReject: (message: string) => void;
}

function Reject({ name, isBusy, trans, onCancel, onReject }: IRejectProps): React.ReactElement {
  const [message, setMessage] = useState('');
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      className="jp-cwm-Reject"
      onSubmit={event => {
        event.preventDefault();
        onReject(message.trim());
      }}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          onCancel();
        }
      }}
    >
      <label>
        {trans.__('A word to %1', firstName(name))} <span className="jp-cwm-optional">{trans.__('(optional)')}</span>
        <input
          ref={field}
          className="jp-cwm-Input jp-mod-small"
          value={message}
          maxLength={500}
          onChange={event => setMessage(event.target.value)}
        />
      </label>
      <div className="jp-cwm-Waiting-actions">
        <Button type="submit" weight="danger" size="small" isBusy={isBusy}>
          {trans.__('Reject')}
        </Button>
        <Button size="small" onClick={onCancel}>
          {trans.__('Back')}
        </Button>
      </div>
    </form>
  );
}
