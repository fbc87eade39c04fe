import { render } from 'preact';
import { App } from './app.tsx';
import { AppState } from './state/app-state.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';

/** With what it would load when somebody joins: the lobby has time for that, and nothing is missing then. */
const loadSdk = async () => {
  const [sdk] = await Promise.all([import('../client/index.ts'), import('../client/engine/sfu-engine.ts')]);
  return sdk;
};

const state = new AppState(window, loadSdk);
render(<App state={state} />, document.body);
