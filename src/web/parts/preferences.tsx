import { Check, Languages, SunMoon } from 'lucide-preact';
import { isLanguage, type Language, languageNames } from '../languages/language.ts';
import { type Theme, themes } from '../state/settings.ts';
import { useApp, useTranslation } from './app-context.ts';
import { Popover } from './popover.tsx';
import { Select } from './select.tsx';

const languageList = Object.keys(languageNames).filter(isLanguage);

/** Language and appearance as two small menus, for the head of the page. */
export function PreferenceMenus() {
  const { settings } = useApp();
  const { text, language } = useTranslation();
  const { theme } = settings.current.value;
  return (
    <div class="preferences">
      <Popover
        class="button"
        label={`${text.app.language}: ${languageNames[language]}`}
        button={
          <>
            <Languages size={20} aria-hidden="true" />
            <span>{languageNames[language]}</span>
          </>
        }
      >
        {(close) => (
          <Choices
            options={languageList.map((value) => ({ value, label: languageNames[value], lang: value }))}
            chosen={language}
            onChoose={(value) => {
              close();
              settings.change({ language: value });
            }}
          />
        )}
      </Popover>
      <Popover class="icon-button" label={text.app.theme} button={<SunMoon size={20} aria-hidden="true" />}>
        {(close) => (
          <Choices
            options={themes.map((value) => ({ value, label: text.app.themes[value] }))}
            chosen={theme}
            onChoose={(value) => {
              close();
              settings.change({ theme: value });
            }}
          />
        )}
      </Popover>
    </div>
  );
}

interface ChoicesProps<T extends string> {
  options: readonly { value: T; label: string; lang?: string }[];
  chosen: T;
  onChoose: (value: T) => void;
}

function Choices<T extends string>({ options, chosen, onChoose }: ChoicesProps<T>) {
  return (
    <ul>
      {options.map(({ value, label, lang }) => (
        <li key={value}>
          <button
            type="button"
            class="menu-item"
            aria-pressed={value === chosen}
            lang={lang}
            onClick={() => onChoose(value)}
          >
            {label}
            {value === chosen && <Check class="menu-mark" size={18} aria-hidden="true" />}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The same as fields, for the settings dialog. */
export function PreferenceFields() {
  const { settings } = useApp();
  const { text, language } = useTranslation();
  return (
    <>
      <Select
        label={text.app.language}
        value={language}
        options={languageList.map((value) => ({ value, label: languageNames[value] }))}
        onChange={(value) => settings.change({ language: value as Language })}
      />
      <Select
        label={text.app.theme}
        value={settings.current.value.theme}
        options={themes.map((value) => ({ value, label: text.app.themes[value] }))}
        onChange={(value) => settings.change({ theme: value as Theme })}
      />
    </>
  );
}
