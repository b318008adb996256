/** Reads a pasted invitation. */

/** The path and query of an invitation on this server, or null for any other link. */
export function invitationPath(pasted: string, origin: string, baseUrl: string): string | null {
  let link: URL;
  try {
    link = new URL(pasted.trim(), origin);
  } catch {
    return null;
  }
  const isOurs = link.origin === origin && link.pathname.startsWith(`${baseUrl}codewithme/join/`);
  return isOurs ? link.pathname + link.search : null;
}
