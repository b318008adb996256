/** What the server reports of a document's edits, on the document's own websocket (see `jupyter/messages.py` of the server). */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** Kinds of messages: the first is Yjs's, the second JupyterLab's, the third ours. */
export const DOCUMENT = 0;
export const COMMAND = 2;
export const REPORT = 100;

const VERSION = 1;
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;
const UPDATE = 2;

export type Report =
  | { kind: 'stored'; count: number }
  | { kind: 'refused'; number: number }
  | { kind: 'may-edit'; mayEdit: boolean }
  | { kind: 'trouble'; text: string };

/** Asks the server to report on this connection. */
export function askForReports(): Uint8Array {
  return encoding.encode(encoder => {
    encoding.writeVarUint(encoder, REPORT);
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, VERSION);
  });
}

/** A report after its kind was read; null for one that a newer server has and we do not know. */
export function readReport(decoder: decoding.Decoder): Report | null {
  switch (decoding.readVarUint(decoder)) {
    case 1:
      return { kind: 'stored', count: decoding.readVarUint(decoder) };
    case 2:
      return { kind: 'refused', number: decoding.readVarUint(decoder) };
    case 3:
      return { kind: 'may-edit', mayEdit: decoding.readVarUint(decoder) === 1 };
    case 4:
      return { kind: 'trouble', text: decoding.readVarString(decoder) };
    default:
      return null;
  }
}

/** Whether a message that is sent carries edits, and whether all that the server lacks; null for any other message. */
export function editsIn(message: Uint8Array): 'whole' | 'part' | null {
  const decoder = decoding.createDecoder(message);
  if (decoding.readVarUint(decoder) !== DOCUMENT) {
    return null;
  }
  switch (decoding.readVarUint(decoder)) {
    case SYNC_STEP_2:
      return 'whole';
    case UPDATE:
      return 'part';
    default:
      return null;
  }
}

/** What the other side says it has, if that is what the message is about (sync step 1). */
export function stateVectorIn(message: Uint8Array): Uint8Array | null {
  const decoder = decoding.createDecoder(message);
  const isStep1 = decoding.readVarUint(decoder) === DOCUMENT && decoding.readVarUint(decoder) === SYNC_STEP_1;
  return isStep1 ? decoding.readVarUint8Array(decoder) : null;
}

/** Asks the server to write the document's file now, as JupyterLab's Save does. */
export function askToSave(): Uint8Array {
  return encoding.encode(encoder => {
    encoding.writeVarUint(encoder, COMMAND);
    encoding.writeVarString(encoder, 'save');
    encoding.writeVarUint(encoder, 0);
  });
}
