import { CircleAlert, Download, ShieldCheck, ShieldQuestionMark, X } from 'lucide-react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.tsx';
import { useNow } from '../../app/use-now.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { formatBytes, formatMoment } from '../../ui/format.ts';
import type { AuditStore } from './audit-store.ts';
import { chainCondition } from './chain-condition.ts';
import { messages } from './messages.ts';

const MINUTE_MS = 60_000;
const MEBIBYTE = 1024 ** 2;
const ICONS = { good: ShieldCheck, pending: ShieldQuestionMark, bad: CircleAlert } as const;

/** Always in sight: how long the chain is, how far it is signed, when it was verified, and where it is broken. */
export function AuditChain({ audit }: { readonly audit: AuditStore }) {
  const state = useStore(audit.store);
  const retention = useStore(useServices().settings.store, ({ settings }) => settings?.retention);
  const now = useNow(MINUTE_MS);
  const { headSeq, checkpoint, verification, verifying } = state;
  const { tone, text, badSeq } = chainCondition(state);
  const Icon = ICONS[tone];
  const running = verification !== null && verification.endedAt === null ? verification : undefined;
  return (
    <div className="audit-chain" data-tone={tone} role="status" aria-live="polite">
      <Icon size={15} aria-hidden />
      <span className="audit-chain-text selectable">{text}</span>
      {badSeq === undefined ? null : (
        <Button size="small" onClick={() => void audit.showRecord(badSeq)}>
          {messages.showBad}
        </Button>
      )}
      <span className="audit-chain-facts">
        {headSeq === undefined || tone === 'bad' ? null : (
          <span
            title={retention && messages.kept(retention.auditDays, formatBytes(retention.auditLimitMiB * MEBIBYTE))}
          >
            {messages.length(headSeq)}
          </span>
        )}
        <span>
          {checkpoint
            ? messages.checkpoint(checkpoint.seq - 1, formatMoment(checkpoint.at, now))
            : messages.noCheckpoint}
        </span>
        {verification !== null && verification.endedAt !== null && tone !== 'bad' ? (
          <span>{messages.verified(verification.done, formatMoment(verification.endedAt, now))}</span>
        ) : null}
      </span>
      <span className="grow" />
      <Saving audit={audit} />
      {running ? <Meter {...running} label={messages.verifying(running.done, running.total)} /> : null}
      {verifying ? (
        <IconButton icon={X} label={messages.cancelVerify} onClick={() => audit.cancelVerify()} />
      ) : (
        <Button size="small" icon={ShieldCheck} busy={running !== undefined} onClick={() => void audit.verify()}>
          {messages.verify}
        </Button>
      )}
    </div>
  );
}

function Saving({ audit }: { readonly audit: AuditStore }) {
  const saving = useStore(audit.store, (state) => state.saving);
  if (saving === undefined) {
    return (
      <Button size="small" icon={Download} onClick={() => void audit.save()}>
        {messages.save}
      </Button>
    );
  }
  const { done, total } = saving;
  return (
    <>
      <Meter {...saving} label={total === 0 ? messages.saveStarting : messages.saving(done, total)} />
      <IconButton icon={X} label={messages.cancelSave} onClick={() => audit.cancelSave()} />
    </>
  );
}

interface MeterProps {
  readonly done: number;
  readonly total: number;
  readonly label: string;
}

function Meter({ done, total, label }: MeterProps) {
  return (
    <span className="audit-meter">
      <progress aria-label={label} {...(total === 0 ? {} : { value: done, max: total })} />
      <span>{label}</span>
    </span>
  );
}
