/** The form for a new interview, with what the candidate will see beside it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { useEffect, useId, useRef, useState } from 'react';

import { ApiError, sentence } from '../api/errors';
import type { Session } from '../api/shapes';
import { Avatar } from '../controls/avatar';
import { Button, Problem } from '../controls/button';
import { useFollow } from '../controls/follow';
import type { SessionsModel } from './model';

interface INewInterviewProps {
  model: SessionsModel;
  hostName: string;
  onCreated: (session: Session) => void;
  onCancel: () => void;
  trans: TranslationBundle;
}

type FieldName = 'title' | 'description' | 'language' | 'password' | 'problem_statement';

export function NewInterview(props: INewInterviewProps): React.ReactElement {
  const { model, hostName, onCreated, onCancel, trans } = props;
  useFollow(model.changed);
  const [values, setValues] = useState<Record<FieldName, string>>({
    title: '',
    description: '',
    language: 'python',
    password: '',
    problem_statement: ''
  });
  const [problems, setProblems] = useState<Partial<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const set = (name: FieldName, value: string): void => {
    setValues(before => ({ ...before, [name]: value }));
    setProblems(before => ({ ...before, [name]: undefined }));
  };

  const onFailure = (error: unknown): void => {
    setBusy(false);
    if (error instanceof ApiError && error.problems.length > 0) {
      setProblems(Object.fromEntries(error.problems.map(({ field, message }) => [field, message])));
    } else {
      setTrouble(sentence(error));
    }
  };

  const onSubmit = (): void => {
    if (!values.title.trim()) {
      setProblems({ title: trans.__('Give the interview a title.') });
      form.current?.querySelector('input')?.focus();
      return;
    }
    setBusy(true);
    setTrouble(null);
    const { password, ...rest } = values;
    model
      .create({ ...rest, title: values.title.trim(), ...(password ? { password } : {}) })
      .then(onCreated)
      .catch(onFailure);
  };

  const field = (name: FieldName): Pick<IFieldProps, 'value' | 'problem' | 'onChange'> => ({
    value: values[name],
    problem: problems[name],
    onChange: value => set(name, value)
  });

  return (
    <form
      ref={form}
      className="jp-cwm-Create"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="jp-cwm-Create-columns">
        <div className="jp-cwm-Create-fields">
          <h1>{trans.__('New interview')}</h1>
          <TextField
            {...field('title')}
            label={trans.__('Title')}
            hint={trans.__('People see it once they are admitted.')}
            maxLength={200}
            isFirst
          />
          <TextField
            {...field('description')}
            label={trans.__('Description')}
            isOptional
            hint={trans.__('A line for your list of interviews.')}
            maxLength={500}
            trans={trans}
          />
          <div className="jp-cwm-Create-pair">
            <LanguageField {...field('language')} model={model} label={trans.__('Language')} />
            <TextField
              {...field('password')}
              label={trans.__('Session password')}
              isOptional
              type="password"
              placeholder={trans.__('None')}
              hint={trans.__('Asked of everyone on the join page.')}
              maxLength={200}
              trans={trans}
            />
          </div>
          <TextField
            {...field('problem_statement')}
            label={trans.__('Problem')}
            isOptional
            isLong
            hint={trans.__('In Markdown. You can change it at any time.')}
            maxLength={100_000}
            trans={trans}
          />
        </div>
        <aside>
          <h2>{trans.__('What the candidate sees')}</h2>
          <div className="jp-cwm-Create-preview">
            <p>
              <Avatar name={hostName} size={32} />
              <span>
                <strong>{hostName}</strong> {trans.__('invites you to an interview')}
              </span>
            </p>
            <h3>{trans.__('What is recorded')}</h3>
            <p>
              {trans.__(
                'Your code, every edit, what you run, chat messages, and when you join and leave. Not video, sound or your screen.'
              )}
            </p>
            {values.password && <p>{trans.__('The session password is asked for.')}</p>}
          </div>
          <p className="jp-cwm-muted">{trans.__('You get the link to send after you create the interview.')}</p>
        </aside>
      </div>
      <footer>
        <Button type="submit" weight="primary" isBusy={isBusy}>
          {trans.__('Create interview')}
        </Button>
        <Button weight="quiet" onClick={onCancel}>
          {trans.__('Cancel')}
        </Button>
        {trouble && <Problem>{trouble}</Problem>}
        <span className="jp-cwm-muted">{trans.__('You can change everything later, except what was agreed to.')}</span>
      </footer>
    </form>
  );
}

interface IFieldProps {
  label: string;
  value: string;
  problem?: string;
  onChange: (value: string) => void;
}

interface ITextFieldProps extends IFieldProps {
  hint: string;
  maxLength: number;
  isFirst?: boolean;
  isOptional?: boolean;
  isLong?: boolean;
  type?: 'text' | 'password';
  placeholder?: string;
  trans?: TranslationBundle;
}

function TextField(props: ITextFieldProps): React.ReactElement {
  const { label, value, problem, hint, maxLength, isFirst, isOptional, isLong, type, placeholder, trans } = props;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) {
      input.current?.focus();
    }
  }, [isFirst]);
  const common = {
    id,
    value,
    maxLength,
    placeholder,
    className: 'jp-cwm-Input',
    'aria-invalid': problem ? true : undefined,
    'aria-describedby': `${id}-hint`,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => props.onChange(event.target.value)
  };
  return (
    <div className="jp-cwm-Field">
      <label htmlFor={id}>
        {label} {isOptional && trans && <span className="jp-cwm-optional">{trans.__('optional')}</span>}
      </label>
      {isLong ? (
        <textarea {...common} rows={7} />
      ) : (
        // `new-password` keeps password managers from filling in somebody's own password.
        <input {...common} ref={input} type={type ?? 'text'} autoComplete={type ? 'new-password' : 'off'} />
      )}
      {problem ? (
        <Problem id={`${id}-hint`}>{problem}</Problem>
      ) : (
        <span id={`${id}-hint`} className="jp-cwm-Field-hint">
          {hint}
        </span>
      )}
    </div>
  );
}

function LanguageField(props: IFieldProps & { model: SessionsModel }): React.ReactElement {
  const { label, value, problem, model, onChange } = props;
  const id = useId();
  const { languages } = model;
  return (
    <div className="jp-cwm-Field">
      <label htmlFor={id}>{label}</label>
      <select id={id} className="jp-cwm-Input" value={value} onChange={event => onChange(event.target.value)}>
        {languages.length === 0 && <option value={value}>{value}</option>}
        {languages.map(language => (
          <option key={language.id} value={language.id}>
            {`${language.name} ${language.version}`.trim()}
          </option>
        ))}
      </select>
      {problem && <Problem>{problem}</Problem>}
    </div>
  );
}
