/** The sentences as they are written in the code, with their values put in. */
import { nullTranslator } from '@jupyterlab/translation';

export const trans = nullTranslator.load('codewithme');
