import { Button } from '../../../ui/button.tsx';
import { FailureNotice } from '../../../ui/failure-notice.tsx';
import { messages } from '../messages.ts';
import { explanationOf } from '../package-problems.ts';
import { problemWords } from '../plugin-words.ts';
import type { Installing, InstallStore, UpdateRound } from './install-store.ts';
import { RoundActions } from './round-actions.tsx';

/** Codes whose remedy begins with whom to trust. */
const ABOUT_TRUST = new Set(['untrusted_publisher', 'missing_signature']);

export interface RefusedViewProps {
  readonly refused: Extract<Installing, { step: 'refused' }>;
  /** That it is one of. */
  readonly round: UpdateRound | undefined;
  readonly installs: InstallStore;
  readonly onTrust: (publisher: string | undefined) => void;
}

/** Why a package cannot be installed: in plain words, what to do, and then exactly what was found. */
export function RefusedView({ refused: { failure, problems, from }, round, installs, onTrust }: RefusedViewProps) {
  const [first] = problems;
  const explanation = first === undefined ? undefined : explanationOf(first.code);
  const shown =
    first === undefined || explanation === undefined
      ? failure
      : { code: first.code, message: explanation.what, why: messages.refusedText, fix: explanation.fix };
  const isAboutTrust = first !== undefined && ABOUT_TRUST.has(first.code);
  return (
    <>
      <div className="refused">
        <FailureNotice failure={shown} />
        {problems.length === 0 ? null : (
          <section className="consent-part" aria-label={messages.refusedDetails}>
            <h3>{messages.refusedDetails}</h3>
            <ul className="refused-problems">
              {problems.map(({ code, message, path }) => (
                <li key={`${code} ${path} ${message}`}>
                  <code className="selectable">{code}</code>
                  <span className="selectable">{problemWords(message)}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
        <p className="refused-source mono selectable">{from.source}</p>
      </div>
      <div className="dialog-actions">
        {round === undefined ? (
          <Button autoFocus onClick={() => installs.choose()}>
            {messages.chooseAnother}
          </Button>
        ) : (
          <RoundActions round={round} installs={installs} busy={false} />
        )}
        {isAboutTrust ? (
          <Button tone="primary" onClick={() => onTrust(first.publisher)}>
            {first.publisher === undefined ? messages.toPublishers : messages.toTrust(first.publisher)}
          </Button>
        ) : null}
      </div>
    </>
  );
}
