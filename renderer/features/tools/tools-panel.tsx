import { Hammer, ScrollText } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Session, Tool } from '../../../schema/entities.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FailureNotice } from '../../ui/failure-notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Split } from '../../ui/split.tsx';
import { messages } from './messages.ts';
import { RunView } from './run-view.tsx';
import { ToolForm } from './tool-form.tsx';
import { ToolList } from './tool-list.tsx';
import type { ToolsStore } from './tools-store.ts';
import './tools.css';

const VIEW = 'tools';

export interface ToolsPanelProps {
  readonly session: Session;
  readonly tools: ToolsStore;
  /** Tools whose calls wait for a person's answer. */
  readonly waitingFor: ReadonlySet<string>;
}

export function ToolsPanel(props: ToolsPanelProps) {
  const { tools: store } = props;
  useEffect(() => void store.load(), [store]);
  return (
    <Panel name={VIEW}>
      <Content {...props} />
    </Panel>
  );
}

function Content(props: ToolsPanelProps) {
  const { tools: store } = props;
  const { tools, loadFailure, selected } = useStore(store.store);
  if (loadFailure) return <FailureNotice failure={loadFailure} />;
  if (tools === undefined) return null;
  if (tools.length === 0) {
    return (
      <EmptyState icon={Hammer} title={messages.none}>
        {messages.noneText}
      </EmptyState>
    );
  }
  const tool = tools.find((one) => one.name === selected);
  return (
    <Split
      label={messages.width}
      initial={196}
      start={<ToolList tools={tools} selected={selected} onSelect={(one) => store.select(one.name)} />}
      end={tool === undefined ? <NoTool /> : <ToolWork key={tool.name} tool={tool} {...props} />}
    />
  );
}

function NoTool() {
  return (
    <EmptyState icon={Hammer} title={messages.pick}>
      {messages.pickText}
    </EmptyState>
  );
}

/** A tool's form and, beside or below it, its runs. */
function ToolWork({ tool, session, tools: store, waitingFor }: ToolsPanelProps & { readonly tool: Tool }) {
  const { inputs, runs } = useStore(store.store);
  const runsOfTool = runs.filter((run) => run.tool === tool.name);
  return (
    <div className="tool-work">
      <ToolForm
        tool={tool}
        input={inputs[tool.name]}
        runnable={session.state === 'running'}
        onInput={(input) => store.setInput(tool.name, input)}
        onRun={(input) => void store.run(tool.name, input)}
      />
      <div className="tool-runs" aria-live="polite">
        {runsOfTool.length === 0 ? (
          <EmptyState icon={ScrollText} title={messages.noRuns}>
            {messages.noRunsText}
          </EmptyState>
        ) : (
          runsOfTool.map((run) => (
            <RunView
              key={run.id}
              session={session.id}
              run={run}
              waiting={waitingFor.has(run.tool)}
              onCancel={() => store.cancel(run.id)}
            />
          ))
        )}
      </div>
    </div>
  );
}
