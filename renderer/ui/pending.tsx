import './pending.css';

/** Stands where something is being loaded: nothing at first, grey lines when it takes longer than a person notices. */
export function Pending() {
  return (
    <div className="pending" aria-hidden>
      <span />
      <span />
      <span />
    </div>
  );
}
