import { render } from 'preact';
import { App } from './app.tsx';
import { AppState } from './state/app-state.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';

const state = new AppState(window, () => import('../client/index.ts'));
render(<App state={state} />, document.body);
