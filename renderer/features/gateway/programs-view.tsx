import { Check, Copy } from 'lucide-react';
import { useId, useState } from 'react';
import { useStore } from 'zustand';
import type { GatewayStatus } from '../../../schema/contract/gateway.ts';
import { type AgentProgram, agentPrograms, agentServer, KEY_PLACE } from '../../../schema/mcp/agent-programs.ts';
import { useServices } from '../../app/services.tsx';
import { Button } from '../../ui/button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import type { GatewayStore } from './gateway-store.ts';
import { messages } from './messages.ts';
import './programs-view.css';

/** Over its own standard input and output, or over the gateway with a key. */
type Way = 'started' | 'gateway';

/** What programs that steer a model need to use Cavern: the text that `cavern mcp config` prints. */
export function ProgramsView({ store }: { readonly store: GatewayStore }) {
  const status = useStore(store.store, (state) => state.status);
  const { settings } = useServices();
  const recent = useStore(settings.store, (state) => state.settings?.recentWorkspaces);
  const [id, setId] = useState(agentPrograms[0]?.id);
  const [wanted, setWay] = useState<Way>('started');
  const [folder, setFolder] = useState<string>();
  const program = agentPrograms.find((each) => each.id === id);
  if (status === undefined || program === undefined) return null;
  const way = program.remote === undefined ? 'started' : wanted;
  const folders = recent ?? [];
  const chosen = folder ?? folders[0] ?? '';
  const block = blockOf(program, status, { way, folder: chosen });
  return (
    <div className="programs-view">
      <ul className="programs-list" aria-label={messages.programs}>
        {agentPrograms.map((each) => (
          <li key={each.id}>
            <button type="button" aria-current={each.id === id || undefined} onClick={() => setId(each.id)}>
              {each.title}
            </button>
          </li>
        ))}
      </ul>
      <section className="program" aria-labelledby="program-title">
        <h3 id="program-title">{program.title}</h3>
        <p className="muted">{messages.programFile(program.file)}</p>
        <div className="program-choices">
          <Segmented<Way>
            label={messages.way}
            value={way}
            options={(['started', 'gateway'] as const)
              .filter((each) => each === 'started' || program.remote !== undefined)
              .map((value) => ({ value, label: messages.ways[value] }))}
            onChange={setWay}
          />
          {way === 'started' ? <FolderChoice folders={folders} value={chosen} onChange={setFolder} /> : null}
        </div>
        <p className="muted">{way === 'started' ? messages.startedText : messages.gatewayText(KEY_PLACE)}</p>
        {block === undefined ? <p className="program-off">{messages.needsGateway}</p> : <Block text={block} />}
        <p className="muted">{messages.programDocs}</p>
      </section>
    </div>
  );
}

function blockOf(
  program: AgentProgram,
  { url, program: cavern }: GatewayStatus,
  { way, folder }: { readonly way: Way; readonly folder: string },
): string | undefined {
  if (way === 'gateway') return url === null ? undefined : program.remote?.(`${url}/mcp`);
  const { command, args, home } = cavern;
  return program.block(
    agentServer({
      program: { command, args },
      folders: folder === '' ? [] : [folder],
      ...(home === null ? {} : { home }),
    }),
  );
}

interface FolderChoiceProps {
  readonly folders: readonly string[];
  readonly value: string;
  readonly onChange: (folder: string) => void;
}

/** Which folder the agent may work on; the program's own working directory where none was open yet. */
function FolderChoice({ folders, value, onChange }: FolderChoiceProps) {
  const id = useId();
  return (
    <span className="program-folder">
      <label htmlFor={id}>{messages.folder}</label>
      <select id={id} className="select-field" value={value} onChange={(event) => onChange(event.target.value)}>
        {folders.map((folder) => (
          <option key={folder} value={folder}>
            {folder}
          </option>
        ))}
        <option value="">{messages.ownFolder}</option>
      </select>
    </span>
  );
}

function Block({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState<string>();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  const isCopied = copied === text;
  return (
    <div className="program-block">
      <pre className="mono selectable" role="region" aria-label={messages.block} tabIndex={0}>
        {text}
      </pre>
      <Button tone="primary" icon={isCopied ? Check : Copy} onClick={() => void copy()}>
        {isCopied ? messages.copied : messages.copyBlock}
      </Button>
    </div>
  );
}
