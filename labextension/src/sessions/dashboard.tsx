/** The tab "Interviews": a card for each that is live or coming, and the history of those that ended. */
import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useCallback, useMemo, useState } from 'react';

import { sentence } from '../api/errors';
import type { SessionCard } from '../api/shapes';
import { Button, Chip, Icon, IconButton, Problem } from '../controls/button';
import type { Weight } from '../controls/button';
import { CopyLink } from '../controls/copylink';
import { useClock, useFollow } from '../controls/follow';
import {
  addIcon,
  clockIcon,
  codeIcon,
  enterIcon,
  linkIcon,
  liveIcon,
  lockIcon,
  moreIcon,
  penIcon,
  personIcon
} from '../controls/icons';
import { openMenu } from '../controls/menu';
import { dayAndTime, lasted } from '../controls/time';
import { mayAdmit } from '../page';
import { askToEnd } from '../session/end';
import { askToDelete } from './delete';
import type { SessionsModel } from './model';

interface IDashboardProps {
  model: SessionsModel;
  enter: (sessionId: string) => void;
  create: () => void;
  /** Address of the page of one's own account. */
  account: string;
  trans: TranslationBundle;
}

const RENEW_EVERY_MS = 30_000;

export function Dashboard(props: IDashboardProps): React.ReactElement {
  const { model, create, account, trans } = props;
  useFollow(model.changed);
  if (!model.isLoaded) {
    return model.problem ? <NoAnswer model={model} trans={trans} /> : <div aria-busy="true" />;
  }
  const current = [...model.live, ...model.open];
  if (current.length + model.ended.length === 0) {
    return <FirstSteps create={create} trans={trans} />;
  }
  return (
    <div className="jp-cwm-Dashboard">
      <header>
        <h1>{trans.__('Interviews')}</h1>
        <a className="jp-cwm-Dashboard-account" href={account}>
          {trans.__('Your account')}
        </a>
        <Button weight={model.live.length > 0 ? 'plain' : 'primary'} icon={addIcon} onClick={create}>
          {trans.__('New interview')}
        </Button>
      </header>
      {model.problem && <Problem>{model.problem}</Problem>}
      {current.length > 0 ? (
        <ul className="jp-cwm-Cards">
          {current.map((card, index) => (
            <Card key={card.id} {...props} card={card} isFirstLive={index === 0 && card.status === 'live'} />
          ))}
        </ul>
      ) : (
        <p className="jp-cwm-muted">{trans.__('No live or coming interviews.')}</p>
      )}
      <History {...props} />
    </div>
  );
}

function NoAnswer({ model, trans }: { model: SessionsModel; trans: TranslationBundle }): React.ReactElement {
  return (
    <div className="jp-cwm-PanelError" role="alert">
      <p>{model.problem}</p>
      <Button onClick={() => void model.refresh()}>{trans.__('Try again')}</Button>
    </div>
  );
}

type ICardProps = IDashboardProps & { card: SessionCard; isFirstLive: boolean };

function Card({ model, card, isFirstLive, enter, trans }: ICardProps): React.ReactElement {
  const now = useClock(RENEW_EVERY_MS);
  const isLive = card.status === 'live';
  const fetchLink = useCallback(() => model.invitationLink(card.id), [model, card.id]);
  const weight: Weight = isFirstLive ? 'primary' : 'plain';
  const waiting = model.waitingAt(card.id).length;
  return (
    <li>
      <article className={`jp-cwm-Card ${isLive ? 'jp-mod-live' : ''}`.trim()} aria-label={card.title}>
        <div className="jp-cwm-Card-top">
          {isLive ? (
            <Chip tone="info" icon={liveIcon}>
              {card.started_at ? trans.__('Live, %1', lasted(card.started_at, now, trans)) : trans.__('Live')}
            </Chip>
          ) : (
            <Chip tone="neutral" icon={clockIcon}>
              {trans.__('Ready')}
            </Chip>
          )}
          {card.role === 'host' && <More model={model} card={card} trans={trans} />}
        </div>
        <div>
          <h2>{card.title}</h2>
          <p className="jp-cwm-Card-description">{card.description}</p>
        </div>
        <p className="jp-cwm-Card-meta">
          <span>
            <Icon icon={codeIcon} />
            {model.languageName(card.language)}
          </span>
          <span>
            <Icon icon={clockIcon} />
            {dayAndTime(card.started_at ?? card.created_at, now, trans)}
          </span>
          {card.has_password && (
            <span>
              <Icon icon={lockIcon} />
              {trans.__('Password')}
            </span>
          )}
        </p>
        <p className="jp-cwm-Card-people">
          <span>
            <Icon icon={personIcon} />
            {card.participants > 1
              ? trans._n('%1 person', '%1 people', card.participants)
              : card.role === 'host'
                ? trans.__('Only you so far')
                : card.host_name}
          </span>
          {waiting > 0 && (
            <span className="jp-mod-waits">
              <Icon icon={enterIcon} />
              {trans._n('%1 waits', '%1 wait', waiting)}
            </span>
          )}
        </p>
        <div className="jp-cwm-Card-actions">
          <Button weight={weight} aria-label={trans.__('Enter %1', card.title)} onClick={() => enter(card.id)}>
            {trans.__('Enter')}
          </Button>
          {mayAdmit(card.role) && <CopyLink fetchLink={fetchLink} trans={trans} />}
        </div>
      </article>
    </li>
  );
}

interface IMoreProps {
  model: SessionsModel;
  card: SessionCard;
  trans: TranslationBundle;
}

function More({ model, card, trans }: IMoreProps): React.ReactElement {
  const end = { label: trans.__('End interview…'), onClick: () => void askToEnd(() => model.end(card.id), trans) };
  const remove = { label: trans.__('Delete…'), onClick: () => void askToDelete(model, card, trans) };
  return (
    <IconButton
      icon={moreIcon}
      label={trans.__('More for %1', card.title)}
      aria-haspopup="menu"
      onClick={({ currentTarget }) => openMenu(currentTarget, card.status === 'live' ? [end, remove] : [remove])}
    />
  );
}

function History({ model, enter, trans }: IDashboardProps): React.ReactElement {
  const now = useClock(RENEW_EVERY_MS);
  const [filter, setFilter] = useState('');
  const rows = useMemo(() => {
    const wanted = filter.trim().toLocaleLowerCase();
    return model.ended.filter(card => card.title.toLocaleLowerCase().includes(wanted));
  }, [model.ended, filter]);

  return (
    <section className="jp-cwm-History" aria-label={trans.__('History')}>
      <header>
        <h2>{trans.__('History')}</h2>
        <span className="jp-cwm-muted">{model.ended.length > 0 ? model.ended.length : ''}</span>
        {model.ended.length > 0 && (
          <input
            className="jp-cwm-Input jp-mod-small"
            type="search"
            value={filter}
            placeholder={trans.__('Filter by title')}
            aria-label={trans.__('Filter by title')}
            onChange={event => setFilter(event.target.value)}
          />
        )}
      </header>
      {model.ended.length === 0 && (
        <p className="jp-cwm-muted">{trans.__('No past interviews. They appear here when they end.')}</p>
      )}
      {model.ended.length > 0 && rows.length === 0 && (
        <p className="jp-cwm-muted">{trans.__('Nothing matches. Clear the filter.')}</p>
      )}
      {rows.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>{trans.__('Title')}</th>
              <th>{trans.__('Host')}</th>
              <th>{trans.__('Language')}</th>
              <th>{trans.__('Held')}</th>
              <th>{trans.__('Length')}</th>
              <th>
                <span className="jp-cwm-hidden">{trans.__('Actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(card => (
              <tr key={card.id}>
                <th scope="row">{card.title}</th>
                <td>{card.host_name}</td>
                <td>{model.languageName(card.language)}</td>
                <td>{dayAndTime(card.started_at ?? card.created_at, now, trans)}</td>
                <td>{held(card, trans)}</td>
                <td>
                  <span className="jp-cwm-History-actions">
                    {mayAdmit(card.role) && (
                      <Button
                        size="small"
                        aria-label={trans.__('Look at %1', card.title)}
                        onClick={() => enter(card.id)}
                      >
                        {trans.__('Look at it')}
                      </Button>
                    )}
                    {card.role === 'host' && <More model={model} card={card} trans={trans} />}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {model.hasMoreEnded && <MoreHistory model={model} trans={trans} />}
    </section>
  );
}

function MoreHistory({ model, trans }: { model: SessionsModel; trans: TranslationBundle }): React.ReactElement {
  const [isBusy, setBusy] = useState(false);
  const onClick = (): void => {
    setBusy(true);
    model
      .loadMoreEnded()
      .catch((error: unknown) => showErrorMessage(trans.__('The list could not be read'), sentence(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Button size="small" isBusy={isBusy} onClick={onClick}>
      {trans.__('Show earlier')}
    </Button>
  );
}

/** How long it was held; an interview that ended before anybody entered was not. */
function held(card: SessionCard, trans: TranslationBundle): string {
  return card.started_at && card.ended_at
    ? lasted(card.started_at, Date.parse(card.ended_at), trans)
    : trans.__('not held');
}

function FirstSteps({ create, trans }: { create: () => void; trans: TranslationBundle }): React.ReactElement {
  const steps = [
    {
      icon: penIcon,
      name: trans.__('Create'),
      text: trans.__('Give it a title, a language and a problem. You can change all of it later.')
    },
    {
      icon: linkIcon,
      name: trans.__('Send the link'),
      text: trans.__('Candidates open it in a browser. They need no account and install nothing.')
    },
    {
      icon: enterIcon,
      name: trans.__('Admit'),
      text: trans.__('They wait until you let them in. Then you share editor, output and chat.')
    }
  ];
  return (
    <div className="jp-cwm-First">
      <div>
        <h1>{trans.__('Hold your first interview')}</h1>
        <p>{trans.__('Three steps, about two minutes.')}</p>
      </div>
      <ol>
        {steps.map(({ icon, name, text }, index) => (
          <li key={name}>
            <span className="jp-cwm-First-step">
              <Icon icon={icon} size={20} />
              {trans.__('Step %1', index + 1)}
            </span>
            <h2>{name}</h2>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <Button weight="primary" size="large" icon={addIcon} onClick={create}>
        {trans.__('New interview')}
      </Button>
    </div>
  );
}
