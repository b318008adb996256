/** What JupyterLab's libraries expect of a browser when they are loaded, and jsdom does not have. */
class NoDrag extends MouseEvent {}

function noMatch(media: string): MediaQueryList {
  return Object.assign(new EventTarget(), {
    media,
    matches: false,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined
  });
}

Object.assign(globalThis, { DragEvent: NoDrag });
Object.assign(window, { matchMedia: noMatch });
