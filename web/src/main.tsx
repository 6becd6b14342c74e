import { render } from 'preact';
import { followLinks } from './router/address.ts';
import { placeOf } from './router/place.ts';
import { showStatusInTab } from './shell/favicon.ts';
import { listenToKeys } from './shell/keys.ts';
import { Shell } from './shell/shell.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/tables.css';

const root = document.getElementById('page');
if (root !== null) {
  // While it is asked who is here, the view's file comes too; the outlet says what is wrong if it does not.
  placeOf(location.pathname)
    .entry?.load()
    .catch(() => {});
  followLinks(
    (path) => placeOf(path).entry !== null,
    // A part that cannot be loaded is told of when it is gone to.
    (path) =>
      void placeOf(path)
        .entry?.load()
        .catch(() => {}),
  );
  showStatusInTab();
  listenToKeys();
  root.replaceChildren();
  render(<Shell />, root);
}
