import './spinner.css';

export function Spinner({ size = 14 }: { readonly size?: number }) {
  return (
    <svg className="spinner" width={size} height={size} viewBox="0 0 16 16" aria-hidden>
      <circle cx="8" cy="8" r="6" className="spinner-track" />
      <path d="M8 2a6 6 0 0 1 6 6" className="spinner-head" />
    </svg>
  );
}
