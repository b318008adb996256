/** How it came out. Shows what this browser kept of somebody's writing and could not send, since nobody else has it. */
import { forget, unsent } from '../../src/documents/kept';
import { element, readPage } from './page';
import { copyable, unsentTitle } from './unsent';

const { data } = readPage();
const owner = { userId: data.userId ?? '', sessionId: data.sessionId ?? '' };

async function show(): Promise<void> {
  const parts = await unsent(owner);
  if (parts.length === 0) {
    // Whoever left may come back; to all others nothing of this is of use any more.
    await (data.state === 'left' ? undefined : forget(owner));
    return;
  }
  const text = element('unsent-text') as HTMLTextAreaElement;
  text.value = copyable(parts);
  element('unsent-title').textContent = unsentTitle(parts);
  element('unsent-copy').addEventListener('click', () => void copy(text));
  element('unsent-forget').addEventListener('click', () => {
    void forget(owner).then(() => (element('unsent').hidden = true));
  });
  element('unsent').hidden = false;
}

async function copy(text: HTMLTextAreaElement): Promise<void> {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    element('unsent-said').textContent = 'Copied.';
  } catch {
    // Without HTTPS a page has no clipboard.
    element('unsent-said').textContent = 'It is selected: press Ctrl+C.';
  }
}

void show();
