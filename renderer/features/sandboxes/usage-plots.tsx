import type { SandboxStats } from '../../../schema/contract/sandbox.ts';
import { messages } from './messages.ts';
import { NEARLY_FULL, metersOf, plotLine } from './meters.ts';
import { samplesEvery } from './usage-store.ts';

/** In the plot's own units; it is as wide as its card. */
const BOX = { width: 240, height: 56, places: samplesEvery(1) };

/** The last minute of everything that a sandbox uses, as plots. */
export function UsagePlots({ samples }: { readonly samples: readonly SandboxStats[] }) {
  return (
    <ul className="usage-plots" aria-label={messages.title}>
      {metersOf(samples).map(({ name, label, value, about, shares }) => {
        const line = plotLine(shares, BOX);
        const [first = ''] = line.split(',');
        return (
          <li
            key={name}
            className="usage-card"
            data-plot={name}
            data-nearly-full={(name !== 'network' && (shares.at(-1) ?? 0) >= NEARLY_FULL) || undefined}
          >
            <p className="usage-card-head">
              <span>{label}</span>
              <strong>{value}</strong>
            </p>
            <svg viewBox={`0 0 ${BOX.width} ${BOX.height}`} preserveAspectRatio="none" aria-hidden>
              <polygon points={`${first},${BOX.height} ${line} ${BOX.width},${BOX.height}`} />
              <polyline points={line} vectorEffect="non-scaling-stroke" />
            </svg>
            <p className="usage-card-about">{about}</p>
          </li>
        );
      })}
    </ul>
  );
}
