import type { ProfileSummary, SandboxStats } from '../../../schema/contract/sandbox.ts';
import type { Sandbox } from '../../../schema/entities.ts';
import { StateDot, type Tone } from '../../ui/badge.tsx';
import { formatBytes, formatMoment, formatNumber } from '../../ui/format.ts';
import { messages } from './messages.ts';

const TONES: Record<Sandbox['state'], Tone> = {
  creating: 'accent',
  running: 'good',
  stopping: 'warn',
  destroyed: 'neutral',
  failed: 'bad',
};

export interface SandboxFactsProps {
  readonly sandbox: Sandbox;
  readonly profile: ProfileSummary | undefined;
  /** What it may use itself: less than its profile, where a workspace says so. */
  readonly sample: SandboxStats | undefined;
  readonly nowMs: number;
}

/** What it is and what it may use. */
export function SandboxFacts({ sandbox, profile, sample, nowMs }: SandboxFactsProps) {
  const { factNames, networks, states } = messages;
  const { state, image, engine, containerId = '', createdAt, pausedAt } = sandbox;
  const rows: readonly (readonly [name: string, value: string])[] = [
    [factNames.profile, sandbox.profile],
    [factNames.image, image],
    [factNames.engine, engine],
    [factNames.container, containerId.slice(0, 12)],
    [factNames.started, formatMoment(createdAt, nowMs)],
    [factNames.network, profile ? networks[profile.network] : ''],
    [factNames.limits, limitsOf(profile, sample)],
  ];
  return (
    <dl className="sandbox-facts">
      <div>
        <dt>{factNames.state}</dt>
        <dd className="sandbox-state" data-state={state}>
          <StateDot
            tone={pausedAt === undefined ? TONES[state] : 'warn'}
            pulsing={state === 'creating' || state === 'stopping'}
          />
          {pausedAt === undefined ? states[state] : messages.paused}
        </dd>
      </div>
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="selectable">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function limitsOf(profile: ProfileSummary | undefined, sample: SandboxStats | undefined): string {
  const memory = sample?.memoryLimitBytes ?? profile?.memoryBytes;
  const cpus = sample?.cpuLimit ?? profile?.cpus;
  const pids = sample?.pidsLimit ?? profile?.pids;
  const disk = sample?.diskLimitBytes ?? profile?.diskBytes;
  if (memory === undefined || cpus === undefined || pids === undefined || disk === undefined) return '';
  return messages.limits(formatBytes(memory), cpus, formatNumber(pids), formatBytes(disk));
}
