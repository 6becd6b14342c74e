import { render } from 'preact';
import { followLinks } from './router/address.ts';
import { placeOf } from './router/place.ts';
import { Shell } from './shell/shell.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/tables.css';

const root = document.getElementById('page');
if (root !== null) {
  followLinks((path) => placeOf(path).entry !== null);
  root.replaceChildren();
  render(<Shell />, root);
}
