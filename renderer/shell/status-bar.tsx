import { Box, CircleDot, FileCheck, Link2, ShieldQuestionMark, Waypoints } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import { useStore } from 'zustand';
import { sandboxOf } from '../app/sessions-store.ts';
import { useServices } from '../app/services.tsx';
import { useNow } from '../app/use-now.ts';
import { StateDot, type Tone } from '../ui/badge.tsx';
import { formatMoment } from '../ui/format.ts';
import { messages } from './messages.ts';
import type { ShellStores } from './shell-stores.ts';
import './status-bar.css';

interface Item {
  readonly tone: Tone;
  readonly text: string;
}

/** One line that says whether everything is as it should be. */
export function StatusBar({ stores }: { readonly stores: ShellStores }) {
  const { workbench, sessions } = useServices();
  const hasKernel = useStore(sessions.store, (state) => state.kernelFailure === undefined);
  const engine = useEngine(stores);
  const sandbox = useSandbox();
  const policy = usePolicy(stores);
  const recording = useRecording(stores);
  const audit = useAudit(stores);
  const gateway = useGateway(stores);
  const waiting = useStore(stores.approvals.store, (state) => state.approvals.length);
  if (!hasKernel) {
    return (
      <footer className="status-bar" aria-label={messages.status} data-region="status">
        <StatusItem title={messages.kernel} item={{ tone: 'bad', text: messages.noKernel }} name="kernel" />
      </footer>
    );
  }
  return (
    <footer className="status-bar" aria-label={messages.status} data-region="status">
      <StatusItem title={messages.engine} item={engine} name="engine" onClick={() => workbench.show('open')} />
      {sandbox ? <StatusItem title={messages.sandbox} item={sandbox} name="sandbox" icon={Box} /> : null}
      <StatusItem
        title={messages.policy}
        item={policy}
        name="policy"
        icon={FileCheck}
        onClick={() => workbench.show('policy')}
      />
      {recording ? (
        <StatusItem
          title={messages.recordingTitle}
          item={recording}
          name="recording"
          icon={CircleDot}
          onClick={() => workbench.show('policy')}
        />
      ) : null}
      <StatusItem
        title={messages.audit}
        item={audit}
        name="audit"
        icon={Link2}
        onClick={() => workbench.reveal('audit')}
      />
      <span className="grow" />
      <StatusItem
        title={messages.gatewayTitle}
        item={gateway}
        name="gateway"
        icon={Waypoints}
        onClick={() => workbench.show('gateway')}
      />
      <StatusItem
        title={messages.approvals}
        item={{ tone: waiting === 0 ? 'neutral' : 'review', text: messages.waiting(waiting) }}
        name="approvals"
        icon={ShieldQuestionMark}
        onClick={() => workbench.reveal('approvals')}
      />
    </footer>
  );
}

interface StatusItemProps {
  readonly title: string;
  readonly item: Item;
  readonly name: string;
  readonly icon?: LucideIcon;
  readonly onClick?: () => void;
}

function StatusItem({ title, item, name, icon: Icon, onClick }: StatusItemProps) {
  const content = (
    <>
      <StateDot tone={item.tone} />
      {Icon ? <Icon size={13} aria-hidden /> : null}
      {item.text}
    </>
  );
  const shared = { className: 'status-item', title, 'data-status': name, 'data-tone': item.tone } as const;
  if (onClick === undefined) return <span {...shared}>{content}</span>;
  return (
    <button type="button" {...shared} onClick={onClick}>
      {content}
    </button>
  );
}

function useEngine(stores: ShellStores): Item {
  const { doctor, failure } = useStore(stores.doctor.store);
  const { sessions } = useServices();
  // Sandboxes notice at once; the check of the machine was made when the window opened.
  const isGone = useStore(sessions.store, ({ sandboxes }) =>
    sandboxes.some(({ state, failure: why }) => state === 'running' && why?.code === 'engine_unavailable'),
  );
  if (isGone) return { tone: 'bad', text: messages.engineGone };
  if (doctor?.engine) {
    const { kind, version } = doctor.engine;
    return { tone: doctor.ok ? 'good' : 'warn', text: `${kind} ${version}` };
  }
  return doctor || failure
    ? { tone: 'bad', text: messages.noEngine }
    : { tone: 'neutral', text: messages.engineUnknown };
}

const SANDBOX_TONES: Readonly<Record<string, Tone>> = {
  running: 'good',
  creating: 'accent',
  stopping: 'warn',
  failed: 'bad',
};

function useSandbox(): Item | undefined {
  const { sessions, workbench } = useServices();
  const { selected, sandboxes } = useStore(sessions.store);
  const view = useStore(workbench.store, (state) => state.view);
  if (selected === undefined || view !== 'session') return undefined;
  const sandbox = sandboxOf(sandboxes, selected);
  if (sandbox === undefined || sandbox.state === 'destroyed') return { tone: 'neutral', text: messages.noSandbox };
  if (sandbox.state === 'running' && sandbox.failure) return { tone: 'warn', text: messages.noEngineForSandbox };
  if (sandbox.pausedAt !== undefined) return { tone: 'warn', text: messages.pausedSandbox(sandbox.profile) };
  return {
    tone: SANDBOX_TONES[sandbox.state] ?? 'neutral',
    text: `${sandbox.profile} · ${messages.sandboxStates[sandbox.state]}`,
  };
}

function usePolicy(stores: ShellStores): Item {
  const { documents, failure, loaded } = useStore(stores.policy.policy.store);
  if (failure || loaded === false) return { tone: 'bad', text: messages.policyMissing };
  if (documents === undefined || loaded === undefined) return { tone: 'neutral', text: messages.policy };
  const inForce = documents.filter((document) => document.inForce || document.lastValid);
  if (inForce.some((document) => document.errors.length > 0)) return { tone: 'bad', text: messages.policyBroken };
  const warnings = inForce.reduce((sum, document) => sum + document.warnings.length, 0);
  return warnings === 0
    ? { tone: 'good', text: messages.policyLoaded }
    : { tone: 'warn', text: messages.policyWarnings(warnings) };
}

function useGateway(stores: ShellStores): Item {
  const status = useStore(stores.gateway.store, (state) => state.status);
  if (status?.state === 'failed') return { tone: 'bad', text: messages.gatewayFailed };
  if (status === undefined || status.url === null) return { tone: 'neutral', text: messages.gatewayOff };
  return { tone: 'good', text: messages.gatewayOn(new URL(status.url).port) };
}

const MINUTE_MS = 60_000;

/** Sessions whose tools are let through: never out of sight. */
function useRecording(stores: ShellStores): Item | undefined {
  const { sessions } = useServices();
  const list = useStore(sessions.store, (state) => state.sessions);
  const recordings = useStore(stores.policy.recordings.store, (state) => state.recordings);
  const names = recordings
    .filter(({ state }) => state === 'recording')
    .map(({ session }) => list.find((one) => one.id === session)?.name ?? messages.goneSession);
  return names.length === 0 ? undefined : { tone: 'warn', text: messages.recording(names.join(', ')) };
}

/** The chain at a glance: its length, how far it is signed, when it was verified, where it is broken. */
function useAudit(stores: ShellStores): Item {
  const { headSeq, checkpoint, writable, startVerified, verification } = useStore(stores.audit.store);
  const now = useNow(MINUTE_MS);
  if (!writable) return { tone: 'bad', text: messages.auditReadOnly };
  if (verification?.firstBad) return { tone: 'bad', text: messages.auditBrokenAt(verification.firstBad.seq) };
  if (startVerified === false) return { tone: 'bad', text: messages.auditBroken };
  if (headSeq === undefined) return { tone: 'neutral', text: messages.auditEmpty };
  const signed = checkpoint ? [messages.auditSigned(checkpoint.seq - 1)] : [];
  const { done = 0, total = 0, endedAt } = verification ?? {};
  const verified =
    endedAt === undefined
      ? messages.auditPending
      : endedAt === null
        ? messages.auditVerifying(total === 0 ? 0 : Math.floor((done / total) * 100))
        : messages.auditVerified(formatMoment(endedAt, now));
  const tone = endedAt === undefined ? 'neutral' : endedAt === null ? 'accent' : 'good';
  return { tone, text: [messages.auditLength(headSeq), ...signed, verified].join(' · ') };
}
