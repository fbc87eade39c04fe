import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Translation } from '../languages/language.ts';
import type { AppState } from '../state/app-state.ts';

export const AppContext = createContext<AppState | undefined>(undefined);

export function useApp(): AppState {
  const app = useContext(AppContext);
  if (!app) throw new Error('no AppContext above this view');
  return app;
}

/** Texts and formats of the current language; the view is drawn again when it changes. */
export function useTranslation(): Translation {
  return useApp().translation.value;
}
