import { ChartColumn } from 'lucide-react';
import { RecordsButton } from '../../../app/records-button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { Spinner } from '../../../ui/spinner.tsx';
import { messages } from '../messages.ts';
import { RECORDS_LIMIT, timesOf, type ToolStatistics } from './tool-statistics.ts';
import { useStatistics } from './use-statistics.ts';
import './statistics.css';

/** How often each tool of a plugin was called, what became of it and how long it took. */
export function StatisticsView({ tools }: { readonly tools: readonly string[] }) {
  const statistics = useStatistics(tools);
  if (statistics === undefined) return <Spinner />;
  const isCalled = [...statistics.values()].some(({ calls }) => calls > 0);
  if (!isCalled) {
    return (
      <EmptyState icon={ChartColumn} title={messages.noCalls}>
        {messages.noCallsText}
      </EmptyState>
    );
  }
  return (
    <div className="statistics">
      <p className="muted">{messages.statisticsText(RECORDS_LIMIT)}</p>
      <table className="statistics-table">
        <thead>
          <tr>
            <th scope="col">{messages.tool}</th>
            <th scope="col">{messages.calls}</th>
            <th scope="col">{messages.denied}</th>
            <th scope="col">{messages.failed}</th>
            <th scope="col">{messages.median}</th>
            <th scope="col">{messages.slowest}</th>
            <th scope="col">{messages.times}</th>
            <th scope="col">
              <span className="visually-hidden">{messages.recordsOf('')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tools.map((tool) => (
            <ToolRow key={tool} tool={tool} statistics={statistics.get(tool)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ToolRow({ tool, statistics }: { readonly tool: string; readonly statistics: ToolStatistics | undefined }) {
  const { calls = 0, denied = 0, failed = 0, timesMs = [] } = statistics ?? {};
  const times = timesOf(timesMs);
  return (
    <tr data-tool={tool}>
      <th scope="row" className="mono">
        {tool}
      </th>
      <td>{calls}</td>
      <td data-tone={denied > 0 ? 'warn' : undefined}>{denied}</td>
      <td data-tone={failed > 0 ? 'bad' : undefined}>{failed}</td>
      <td>{times ? formatDuration(times.medianMs) : '–'}</td>
      <td>{times ? formatDuration(times.slowestMs) : '–'}</td>
      <td>
        {times ? (
          <TimesPlot
            timesMs={timesMs}
            label={messages.timesOf(
              tool,
              timesMs.length,
              formatDuration(times.medianMs),
              formatDuration(times.slowestMs),
            )}
          />
        ) : null}
      </td>
      <td>{calls > 0 ? <RecordsButton filters={{ tool }} label={messages.recordsOf(tool)} /> : null}</td>
    </tr>
  );
}

/** In the plot's own units. */
const BAR = { step: 3, width: 2, height: 24, least: 1 };

/** A bar for each call, as high as its share of the slowest. */
function TimesPlot({ timesMs, label }: { readonly timesMs: readonly number[]; readonly label: string }) {
  const slowest = Math.max(1, ...timesMs);
  return (
    <svg
      className="times-plot"
      role="img"
      aria-label={label}
      width={timesMs.length * BAR.step}
      height={BAR.height}
      viewBox={`0 0 ${timesMs.length * BAR.step} ${BAR.height}`}
    >
      {timesMs.map((timeMs, index) => {
        const height = Math.max(BAR.least, (timeMs / slowest) * BAR.height);
        return <rect key={index} x={index * BAR.step} y={BAR.height - height} width={BAR.width} height={height} />;
      })}
    </svg>
  );
}
