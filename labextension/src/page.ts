/** What the server says about this page: who looks at it, and which interview it shows, if any. */
import { PageConfig } from '@jupyterlab/coreutils';

import type { Role } from './api/shapes';

/** The interview this page was opened for. */
export interface IInterview {
  sessionId: string;
  /** What the user of this page is in the interview. */
  role: Role;
  /** Contents path of the interview's files. */
  folder: string;
}

export interface IPage {
  /** Path under which the server answers, with a slash at both ends. */
  baseUrl: string;
  userId: string;
  userName: string;
  /** Absent on the dashboard. */
  interview: IInterview | null;
}

const ROLES: readonly Role[] = ['host', 'interviewer', 'candidate', 'observer'];

/** The page as the server describes it, or null where CodeWithMe is installed but does not serve: then we stay quiet. */
export function readPage(option: (name: string) => string = name => PageConfig.getOption(name)): IPage | null {
  if (!option('codewithmeVersion')) {
    return null;
  }
  const sessionId = option('codewithmeSessionId');
  const role = ROLES.find(known => known === option('codewithmeRole'));
  return {
    baseUrl: option('baseUrl') || '/',
    userId: option('codewithmeUserId'),
    userName: option('codewithmeUserName'),
    interview: sessionId && role ? { sessionId, role, folder: option('codewithmeFolder') } : null
  };
}

/** Whether `role` may admit, reject and remove people (the server decides; this only hides controls that it would refuse). */
export function mayAdmit(role: Role): boolean {
  return role === 'host' || role === 'interviewer';
}

/** Whether `role` may change files and run code. */
export function mayEdit(role: Role): boolean {
  return role !== 'observer';
}

/** Whether `role` may freeze the editor for the others, and goes on writing meanwhile. */
export function mayFreeze(role: Role): boolean {
  return role === 'host' || role === 'interviewer';
}

/** Whether `role` may bring a snapshot back for everyone. */
export function mayRestore(role: Role): boolean {
  return role === 'host' || role === 'interviewer';
}

/** Address of a page of ours outside JupyterLab. */
export function pageUrl(page: IPage, ...parts: string[]): string {
  return page.baseUrl + ['codewithme', ...parts.map(encodeURIComponent)].join('/');
}

/** Address of an interview in JupyterLab. */
export function interviewUrl(page: IPage, sessionId: string): string {
  return `${page.baseUrl}lab/workspaces/interview-${encodeURIComponent(sessionId)}`;
}
