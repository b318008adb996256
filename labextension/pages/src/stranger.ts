/** A page that shows nothing to strangers: perhaps it is not a stranger. */
import { Api } from './api';
import { readPage } from './page';
import { recognise } from './renewal';

const page = readPage();
void recognise(new Api(page.baseUrl), page.isKnown);
