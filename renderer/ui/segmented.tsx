import './segmented.css';

export interface SegmentedOption<T extends string> {
  readonly value: T;
  readonly label: string;
  /** Of what waits there; `about` says of what. */
  readonly count?: { readonly value: number; readonly about: string } | undefined;
}

export interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly SegmentedOption<T>[];
  readonly onChange: (value: T) => void;
}

/** One of a few, all visible. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <div className="segmented" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.label}
          {option.count ? <Count {...option.count} /> : null}
        </button>
      ))}
    </div>
  );
}

function Count({ value, about }: NonNullable<SegmentedOption<string>['count']>) {
  return (
    <>
      <span className="segmented-count" title={about} aria-hidden>
        {value}
      </span>
      <span className="visually-hidden">{about}</span>
    </>
  );
}
