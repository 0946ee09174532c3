import { CircleCheck, CircleX, RefreshCw } from 'lucide-react';
import { useStore } from 'zustand';
import type { Check } from '../../../schema/contract/app.ts';
import { useServices } from '../../app/services.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { FailureNotice, Remedy } from '../../ui/failure-notice.tsx';
import { PathText } from '../../ui/path-text.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { DoctorStore } from './doctor-store.ts';
import { ImageProgress } from './image-progress.tsx';
import { messages } from './messages.ts';

/** What a session needs, each failure with its remedy. */
export function SystemChecks({ doctor }: { readonly doctor: DoctorStore }) {
  const { doctor: report, checking, failure } = useStore(doctor.store);
  return (
    <section className="welcome-checks" aria-labelledby="checks-title">
      <header className="welcome-heading">
        <h2 id="checks-title">{messages.checks}</h2>
        <IconButton icon={RefreshCw} label={messages.recheck} disabled={checking} onClick={() => void doctor.check()} />
      </header>
      {failure ? <FailureNotice failure={failure} compact /> : null}
      {report ? (
        <Summary checks={report.checks} checking={checking} />
      ) : (
        <p className="checks-summary">
          {checking ? <Spinner /> : null}
          {messages.checking}
        </p>
      )}
      <ul className="checks" aria-busy={checking}>
        {[...(report?.checks ?? [])]
          .sort((a, b) => Number(a.ok) - Number(b.ok))
          .map((check) => (
            <CheckRow key={check.name} check={check} />
          ))}
      </ul>
      <ImageProgress />
    </section>
  );
}

function Summary({ checks, checking }: { readonly checks: readonly Check[]; readonly checking: boolean }) {
  const bad = checks.filter((check) => !check.ok).length;
  return (
    <p className="checks-summary" role="status">
      {checking ? <Spinner /> : null}
      {bad === 0 ? messages.allGood : messages.someBad(bad)}
    </p>
  );
}

function CheckRow({ check }: { readonly check: Check }) {
  const { workbench } = useServices();
  return (
    <li className="check" data-ok={check.ok}>
      {check.ok ? (
        <CircleCheck size={15} aria-label={messages.passed} />
      ) : (
        <CircleX size={15} aria-label={messages.failed} />
      )}
      <div className="grow">
        <p className="check-name">{messages.checkNames[check.name] ?? check.name}</p>
        <p className="check-message selectable">
          <PathText text={check.message} />
        </p>
        {check.ok || check.fix === null ? null : <Remedy text={check.fix} />}
        {check.ok || check.name !== 'policy' ? null : (
          <Button size="small" onClick={() => workbench.show('policy')}>
            {messages.openPolicy}
          </Button>
        )}
      </div>
    </li>
  );
}
