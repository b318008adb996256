/** Our icons: 16 px line drawings that take the colour of the text around them. */
import { LabIcon } from '@jupyterlab/ui-components';

function lineIcon(name: string, drawing: string): LabIcon {
  const svgstr =
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16" fill="none" ' +
    'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">' +
    `${drawing}</svg>`;
  return new LabIcon({ name: `codewithme:${name}`, svgstr });
}

export const logoIcon = new LabIcon({
  name: 'codewithme:logo',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 24 24" fill="none">' +
    '<g class="jp-cwm-logo-tall"><path d="M6 2v20" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/>' +
    '<path d="M6 1.8h8.5v6H6z" fill="currentColor"/></g>' +
    '<g class="jp-cwm-logo-small"><path d="M17 11v11" stroke="currentColor" stroke-width="2.5" stroke-linecap="round"/>' +
    '<path d="M17 10.8h6v4.7h-6z" fill="currentColor"/></g></svg>'
});

export const interviewsIcon = lineIcon('interviews', '<path d="M4.5 2v12M4.5 2h5v3.5h-5M11.5 8v6M11.5 8h3v2.5h-3"/>');
export const talkIcon = lineIcon('talk', '<path d="M2 3h12v8.5H7.5L4.5 14v-2.5H2z"/>');
export const addIcon = lineIcon('add', '<path d="M8 3v10M3 8h10"/>');
export const refreshIcon = lineIcon('refresh', '<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.8v3h-3"/>');
export const linkIcon = lineIcon(
  'link',
  '<path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.7.7M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.7-.7"/>'
);
export const copyIcon = lineIcon(
  'copy',
  '<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M10.5 5.5v-3h-8v8h3"/>'
);
export const checkIcon = lineIcon('check', '<path d="m3 8.5 3.2 3.2L13 4.8"/>');
export const crossIcon = lineIcon('cross', '<path d="m4 4 8 8M12 4l-8 8"/>');
export const moreIcon = lineIcon('more', '<path d="M3.5 8h.1M8 8h.1M12.5 8h.1" stroke-width="2.2"/>');
export const enterIcon = lineIcon('enter', '<path d="M9.5 2.5h3v11h-3M2.5 8h7M7 5.2 9.8 8 7 10.8"/>');
export const leaveIcon = lineIcon('leave', '<path d="M6.5 2.5h-3v11h3M6.5 8h7.5M11.2 5.2 14 8l-2.8 2.8"/>');
export const endIcon = lineIcon('end', '<path d="M8 1.8v5.7M4.6 3.8a5.4 5.4 0 1 0 6.8 0"/>');
export const freezeIcon = lineIcon(
  'freeze',
  '<path d="M8 1.5v13M2.4 4.8l11.2 6.4M13.6 4.8 2.4 11.2M6.3 2.7 8 4.3l1.7-1.6M6.3 13.3 8 11.7l1.7 1.6"/>'
);
export const liveIcon = lineIcon('live', '<path d="M2 8h1.5M5.5 5v6M8 3v10M10.5 5.5v5M12.5 8H14"/>');
export const clockIcon = lineIcon('clock', '<circle cx="8" cy="8" r="6"/><path d="M8 4.5V8l2.4 1.6"/>');
export const codeIcon = lineIcon('code', '<path d="m5 4.5-3.5 3.5L5 11.5M11 4.5l3.5 3.5-3.5 3.5"/>');
export const penIcon = lineIcon('pen', '<path d="m2.5 13.5.7-3L11 2.7l2.3 2.3-7.8 7.8z"/>');
export const lockIcon = lineIcon(
  'lock',
  '<rect x="3" y="7" width="10" height="7" rx="1"/><path d="M5 7V5a3 3 0 0 1 6 0v2"/>'
);
export const eyeIcon = lineIcon(
  'eye',
  '<path d="M1.5 8c1.6-2.9 3.8-4.3 6.5-4.3s4.9 1.4 6.5 4.3c-1.6 2.9-3.8 4.3-6.5 4.3S3.1 10.9 1.5 8z"/><circle cx="8" cy="8" r="2"/>'
);
export const savedIcon = lineIcon(
  'saved',
  '<path d="M4.3 12.5a3 3 0 0 1-.3-6A4.2 4.2 0 0 1 12 6a3.3 3.3 0 0 1-.3 6.5zM6 9.2l1.5 1.5L10.3 8"/>'
);
export const offlineIcon = lineIcon(
  'offline',
  '<path d="M1.5 6.3A9.6 9.6 0 0 1 5 4.1M8 3.6c2.4 0 4.6.9 6.5 2.7M4 9c.8-.7 1.7-1.2 2.6-1.5M8 12.3h.1M2 2l12 12"/>'
);
export const onlineIcon = lineIcon(
  'online',
  '<path d="M1.5 6.3c3.7-3.6 9.3-3.6 13 0M4 9c2.3-2.2 5.7-2.2 8 0M8 12.3h.1"/>'
);
export const warnIcon = lineIcon('warn', '<path d="M8 2 1.5 13.5h13zM8 6.5v3.3M8 11.7h.1"/>');
export const playIcon = lineIcon('play', '<path d="M4.5 2.5v11l8.5-5.5z"/>');
export const stopIcon = lineIcon('stop', '<rect x="3.5" y="3.5" width="9" height="9" rx="1"/>');
export const outputIcon = lineIcon(
  'output',
  '<rect x="1.5" y="2.5" width="13" height="11" rx="1"/><path d="m4.5 6 2.2 2-2.2 2M8.5 10.5h3"/>'
);
export const binIcon = lineIcon('bin', '<path d="M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.7 6.5v4.5M9.3 6.5v4.5"/>');
export const sendIcon = lineIcon('send', '<path d="M13.8 2.2 2.2 6.7l4.6 2.5 2.5 4.6zM6.8 9.2l3-3"/>');
export const fileIcon = lineIcon('file', '<path d="M4 1.5h5L12.5 5v9.5H4zM9 1.5V5h3.5"/>');
export const personIcon = lineIcon('person', '<circle cx="8" cy="5" r="2.8"/><path d="M2.5 14a5.5 5.5 0 0 1 11 0"/>');
export const bookmarkIcon = lineIcon('bookmark', '<path d="M4 1.5h8v13l-4-3.2-4 3.2z"/>');
export const undoIcon = lineIcon('undo', '<path d="M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6"/>');
export const arrowIcon = lineIcon('arrow', '<path d="m6 4 4 4-4 4"/>');
export const folderIcon = lineIcon('folder', '<path d="M1.5 12.5v-9H6l1.5 2h7v7zM8 7.5v3M6.5 9h3"/>');
export const uploadIcon = lineIcon('upload', '<path d="M8 10.5V2.5M4.8 5.5 8 2.3l3.2 3.2M2.5 10.5v3h11v-3"/>');
