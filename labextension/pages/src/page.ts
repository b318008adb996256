/** What the server wrote into the page for its script, and finding elements that must be there. */

export interface Page {
  baseUrl: string;
  /** Whether the server knew who looks at the page, guests included. */
  isKnown: boolean;
  data: DOMStringMap;
}

export function readPage(): Page {
  const data = element('page').dataset;
  return { baseUrl: data.baseUrl ?? '/', isKnown: data.isKnown === 'true', data };
}

/** The element with this id; the template has it, or the page is broken and says so. */
export function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) {
    throw new Error(`The page has no element #${id}.`);
  }
  return found;
}
