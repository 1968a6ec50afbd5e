/** A button with a choice beside it, which is remembered by who shows it. */
import * as React from 'react';

export interface IChoiceButtonProps {
  label: string;
  /** Of the choice: what is chosen. */
  choiceLabel: string;
  choices: readonly { value: string; label: string }[];
  value: string;
  accent?: boolean;
  onChoose: (value: string) => void;
  onClick: () => void;
}

/** As one control: the button does it, the list beside says how. */
export function ChoiceButton(props: IChoiceButtonProps): React.JSX.Element {
  return (
    <span className="jp-web3-choiceButton">
      <button
        type="button"
        className={`jp-mod-styled${props.accent ? ' jp-mod-accept' : ''}`}
        onClick={props.onClick}
      >
        {props.label}
      </button>
      <select
        className="jp-mod-styled"
        aria-label={props.choiceLabel}
        title={props.choiceLabel}
        value={props.value}
        onChange={event => props.onChoose(event.target.value)}
      >
        {props.choices.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
    </span>
  );
}
