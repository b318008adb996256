/** Names of the roles for people. */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Role } from '../api/shapes';

export function roleName(role: Role, trans: TranslationBundle): string {
  switch (role) {
    case 'host':
      return trans.__('Host');
    case 'interviewer':
      return trans.__('Interviewer');
    case 'candidate':
      return trans.__('Candidate');
    case 'observer':
      return trans.__('Observer');
  }
}
