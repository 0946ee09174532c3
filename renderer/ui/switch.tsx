import './switch.css';

export interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly labelId: string;
  readonly disabled?: boolean;
}

/** Turns something on and off at once, where a checkbox would only note a wish. */
export function Switch({ checked, onChange, label, labelId, disabled }: SwitchProps) {
  return (
    <span className="switch">
      <button
        type="button"
        role="switch"
        aria-checked={checked}
        aria-labelledby={labelId}
        disabled={disabled}
        onClick={() => onChange(!checked)}
      >
        <span className="switch-knob" aria-hidden />
      </button>
      <span id={labelId} className="switch-label">
        {label}
      </span>
    </span>
  );
}
