import { render } from 'preact';
import { followLinks } from './router/address.ts';
import { Shell } from './shell/shell.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/tables.css';

const root = document.getElementById('page');
if (root !== null) {
  followLinks();
  root.replaceChildren();
  render(<Shell />, root);
}
