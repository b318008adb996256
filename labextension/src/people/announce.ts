/** Tells a host that somebody waits: once, without taking the focus. */
import { Notification } from '@jupyterlab/apputils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../api/errors';

const SETTINGS = '@codewithme/labextension:interview';
const TONES_HZ = [659, 880];
const TONE_S = 0.14;
const LOUDNESS = 0.05;

/** The notifications of people who wait; each goes when the person does not wait any more. */
export class WaitingNews {
  constructor(options: WaitingNews.IOptions) {
    this._options = options;
  }

  tell(person: WaitingNews.IPerson): void {
    const { trans, settings, isSeen } = this._options;
    void soundIfWanted(settings);
    const text = trans.__('%1 waits to be admitted', person.name);
    say(text);
    if (isSeen()) {
      return; // The row itself can be seen; a notification would only cover something else.
    }
    const act = (doing: () => Promise<void>) => () => {
      doing().catch((error: unknown) => Notification.error(sentence(error)));
    };
    const note = Notification.info(text, {
      autoClose: false,
      actions: [
        { label: trans.__('Admit'), callback: act(person.admit), displayType: 'accent' },
        { label: trans.__('Reject'), callback: act(person.reject) }
      ]
    });
    this._notes.set(person.key, note);
  }

  /** Those who still wait, by the key they were told with. */
  keep(keys: readonly string[]): void {
    countInTitle(keys.length);
    for (const [key, note] of this._notes) {
      if (!keys.includes(key)) {
        Notification.dismiss(note);
        this._notes.delete(key);
      }
    }
  }

  private readonly _notes = new Map<string, string>();
  private readonly _options: WaitingNews.IOptions;
}

export namespace WaitingNews {
  export interface IOptions {
    /** Whether the rows of waiting people can be seen now. */
    isSeen: () => boolean;
    settings: ISettingRegistry | null;
    trans: TranslationBundle;
  }

  export interface IPerson {
    /** Tells this wait from any other. */
    key: string;
    name: string;
    admit: () => Promise<void>;
    reject: () => Promise<void>;
  }
}

/** Puts "(1)" before the title of the browser's tab, and keeps it there when JupyterLab changes the title. */
function countInTitle(count: number): void {
  shownCount = count;
  writeTitle();
  if (!titleObserver) {
    const title = document.querySelector('title');
    if (title) {
      titleObserver = new MutationObserver(writeTitle);
      titleObserver.observe(title, { childList: true });
    }
  }
}

// There is one title and one live region in a page.
let shownCount = 0;
let titleObserver: MutationObserver | null = null;
let region: HTMLElement | null = null;

function writeTitle(): void {
  const plain = document.title.replace(/^\(\d+\) /, '');
  const wanted = shownCount > 0 ? `(${shownCount}) ${plain}` : plain;
  if (document.title !== wanted) {
    document.title = wanted;
  }
}

function say(sentenceToSay: string): void {
  if (!region) {
    region = document.createElement('div');
    region.className = 'jp-cwm-hidden';
    region.setAttribute('role', 'status');
    document.body.append(region);
  }
  region.textContent = sentenceToSay;
}

async function soundIfWanted(settings: ISettingRegistry | null): Promise<void> {
  try {
    const isWanted = (await settings?.get(SETTINGS, 'waitingSound'))?.composite ?? true;
    if (isWanted === true) {
      await playSoftly();
    }
  } catch {
    // No settings for this person, or no sound before the first click: the notification is there all the same.
  }
}

async function playSoftly(): Promise<void> {
  const audio = new AudioContext();
  const gain = audio.createGain();
  gain.gain.value = LOUDNESS;
  gain.connect(audio.destination);
  TONES_HZ.forEach((frequency, index) => {
    const tone = audio.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start(audio.currentTime + index * TONE_S);
    tone.stop(audio.currentTime + (index + 1) * TONE_S);
  });
  await new Promise(resolve => window.setTimeout(resolve, TONES_HZ.length * TONE_S * 1000 + 100));
  await audio.close();
}
