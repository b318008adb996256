/** Who is in the interview, and on top of them who waits to be let in. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Participant } from '../api/shapes';
import { Avatar } from '../controls/avatar';
import { IconButton } from '../controls/button';
import { useFollow } from '../controls/follow';
import { moreIcon } from '../controls/icons';
import { openMenu } from '../controls/menu';
import { mayAdmit } from '../page';
import type { SessionModel } from '../session/model';
import { askToRemove } from './remove';
import { roleName } from './roles';
import { WaitingRow } from './waiting';

interface IPeopleProps {
  model: SessionModel;
  trans: TranslationBundle;
}

export function People({ model, trans }: IPeopleProps): React.ReactElement {
  useFollow(model.peopleChanged, model.sessionChanged);
  const mayRemove = mayAdmit(model.role) && !model.hasEnded;
  return (
    <>
      {model.waiting.length > 0 && (
        <div role="region" aria-label={trans.__('Waiting to be admitted')}>
          {model.waiting.map(person => (
            <WaitingRow
              key={person.userId}
              name={person.username}
              role={person.role}
              since={person.requestedAt}
              isOnline={person.isOnline}
              onAdmit={() => model.admit(person.userId)}
              onReject={message => model.reject(person.userId, message)}
              trans={trans}
            />
          ))}
        </div>
      )}
      <ul className="jp-cwm-People" aria-label={trans.__('In the interview')}>
        {model.participants.map(person => (
          <Person key={person.userId} person={person} isMe={person.userId === model.userId} trans={trans}>
            {mayRemove && person.role !== 'host' && person.userId !== model.userId && (
              <IconButton
                icon={moreIcon}
                label={trans.__('More for %1', person.username)}
                aria-haspopup="menu"
                onClick={({ currentTarget }) =>
                  openMenu(currentTarget, [
                    {
                      label: trans.__('Remove from the interview…'),
                      onClick: () => void askToRemove(model, person, trans)
                    }
                  ])
                }
              />
            )}
          </Person>
        ))}
      </ul>
    </>
  );
}

interface IPersonProps {
  person: Participant;
  isMe: boolean;
  trans: TranslationBundle;
  children: React.ReactNode;
}

function Person({ person, isMe, trans, children }: IPersonProps): React.ReactElement {
  const role = roleName(person.role, trans);
  const notes = [isMe ? trans.__('%1, you', role) : role, ...(person.isOnline ? [] : [trans.__('not connected')])];
  return (
    <li className={`jp-cwm-Person ${person.isOnline ? '' : 'jp-mod-away'}`.trim()}>
      <Avatar name={person.username} color={person.color} />
      <span className="jp-cwm-Person-text">
        <span className="jp-cwm-Person-name">{person.username}</span>
        <span className="jp-cwm-Person-role">{notes.join(', ')}</span>
      </span>
      {children}
    </li>
  );
}
