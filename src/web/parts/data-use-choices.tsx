import { Leaf } from 'lucide-preact';
import { useId } from 'preact/hooks';
import { dataChoices } from '../state/data-choice.ts';
import type { DataUse } from '../state/data-use.ts';
import { useApp, useTranslation } from './app-context.ts';
import { Switch } from './switch.tsx';

/** How much may be spent: in the lobby and in the meeting. */
export function DataUseChoices({ dataUse }: { dataUse: DataUse }) {
  const { text } = useTranslation();
  const words = text.dataUse;
  const id = useId();
  const chosen = dataUse.choice.value;
  return (
    <fieldset class="choices" aria-describedby={`${id}-lead`}>
      <legend class="visually-hidden">{words.title}</legend>
      <p id={`${id}-lead`} class="soft">
        {words.lead} {words.remembered}
      </p>
      {dataChoices.map((choice) => (
        <label key={choice} class="choice">
          <input
            type="radio"
            name={id}
            value={choice}
            checked={choice === chosen}
            onChange={() => dataUse.choose(choice)}
          />
          <span class="choice-mark" aria-hidden="true" />
          <span class="choice-words">
            <strong>{words.choices[choice]}</strong>
            <span class="soft">{words.hints[choice]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The device decides as long as nobody else does. */
export function SavingNotice({ dataUse }: { dataUse: DataUse }) {
  const { text } = useTranslation();
  const words = text.dataUse;
  if (!dataUse.byDevice) return null;
  return (
    <p class="notice">
      <Leaf size={20} aria-hidden="true" />
      {words.byDevice(words.choices[dataUse.choice.value])}
    </p>
  );
}

/** Not how much is spent, but who learns where we are: a direct path costs that. */
export function AddressSwitch() {
  const { settings } = useApp();
  const { text } = useTranslation();
  const words = text.dataUse;
  return (
    <>
      <Switch on={settings.current.value.hideAddress} onChange={(on) => settings.change({ hideAddress: on })}>
        {words.hideAddress}
      </Switch>
      <p class="field-hint">{words.hideAddressHint}</p>
    </>
  );
}
