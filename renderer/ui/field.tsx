import { Search, X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { messages } from './messages.ts';
import './field.css';

export function TextField(props: ComponentProps<'input'>) {
  return (
    <input
      type="text"
      spellCheck={false}
      autoComplete="off"
      {...props}
      className={`text-field ${props.className ?? ''}`}
    />
  );
}

export interface FilterFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly label: string;
  /** Enter: go to what was found. */
  readonly onEnter?: () => void;
}

/** A search box over a list; Escape empties it. */
export function FilterField({ value, onChange, label, onEnter }: FilterFieldProps) {
  return (
    <div className="filter-field">
      <Search size={13} aria-hidden />
      <input
        type="text"
        spellCheck={false}
        value={value}
        placeholder={label}
        aria-label={label}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onEnter?.();
          if (event.key !== 'Escape' || value === '') return;
          event.stopPropagation();
          onChange('');
        }}
      />
      {value === '' ? null : (
        <button type="button" className="filter-clear" aria-label={messages.clear} onClick={() => onChange('')}>
          <X size={12} aria-hidden />
        </button>
      )}
    </div>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly htmlFor: string;
  readonly required?: boolean;
  readonly hint?: string | undefined;
  readonly problem?: string | undefined;
  readonly children: ReactNode;
}

/** A labelled control with its hint and, when it is wrong, why. */
export function Field({ label, htmlFor, required, hint, problem, children }: FieldProps) {
  return (
    <div className="field" data-invalid={problem !== undefined || undefined}>
      <label className="field-label" htmlFor={htmlFor}>
        {label}
        {required ? (
          <span className="field-required" aria-hidden>
            *
          </span>
        ) : null}
      </label>
      {children}
      {problem === undefined ? null : (
        <p className="field-problem" id={`${htmlFor}-problem`}>
          {problem}
        </p>
      )}
      {hint === undefined ? null : <p className="field-hint">{hint}</p>}
    </div>
  );
}

export interface CheckboxProps {
  readonly checked: boolean | 'some';
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
  readonly id?: string;
}

export function Checkbox({ checked, onChange, label, hideLabel, disabled, id }: CheckboxProps) {
  return (
    <label className="checkbox">
      <input
        id={id}
        type="checkbox"
        checked={checked === true}
        disabled={disabled}
        aria-label={hideLabel ? label : undefined}
        ref={(input) => {
          if (input) input.indeterminate = checked === 'some';
        }}
        onChange={(event) => onChange(event.target.checked)}
      />
      {hideLabel ? null : <span>{label}</span>}
    </label>
  );
}
