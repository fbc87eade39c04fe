import { type Dictionary, english } from './english.ts';
import { createFormat, type Format } from './format.ts';
import { german } from './german.ts';

export const languages = { en: english, de: german } as const;
export type Language = keyof typeof languages;

/** Each language in its own words, for the switch. */
export const languageNames: Record<Language, string> = { en: 'English', de: 'Deutsch' };

export interface Translation {
  language: Language;
  /** With region where the browser names one: dates are written differently in Vienna and Berlin. */
  locale: string;
  text: Dictionary;
  format: Format;
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languages, value);
}

/**
 * @param wished what the person has chosen; undefined: what the browser prefers
 * @param preferences the browser's list (`navigator.languages`), most wanted first
 */
export function translationFor(wished: Language | undefined, preferences: readonly string[]): Translation {
  const base = (tag: string) => tag.split('-')[0]?.toLowerCase();
  const language = wished ?? preferences.map(base).find(isLanguage) ?? 'en';
  const locale = preferences.find((tag) => base(tag) === language) ?? language;
  const format = createFormat(locale);
  return { language, locale, text: languages[language](format), format };
}
