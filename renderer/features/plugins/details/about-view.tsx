import { Play } from 'lucide-react';
import { useStore } from 'zustand';
import type { PluginSummary } from '../../../../schema/contract/plugin.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { messages } from '../messages.ts';
import { pluginWords } from '../plugin-words.ts';
import type { PluginsStore } from '../plugins-store.ts';

const DIGEST_SHOWN = 16;

export interface AboutViewProps {
  readonly plugin: PluginSummary;
  readonly plugins: PluginsStore;
  readonly onTry: (tool: string) => void;
}

/** What a plugin may do, its tools, and what identifies it. */
export function AboutView({ plugin, plugins, onTry }: AboutViewProps) {
  const offered = useStore(plugins.store, (state) => state.tools);
  const { id, digest, tags, tools, mayDo = [] } = plugin;
  return (
    <>
      <section className="plugin-section">
        <h3>{messages.mayDo}</h3>
        {mayDo.length === 0 ? (
          <p>{messages.mayDoNothing}</p>
        ) : (
          <ul className="may-do">
            {mayDo.map((sentence) => (
              <li key={sentence}>{pluginWords(sentence)}</li>
            ))}
          </ul>
        )}
        <p className="muted">{messages.mayDoNote}</p>
      </section>
      <section className="plugin-section">
        <h3>{messages.tools}</h3>
        <ul className="plugin-tools">
          {tools.map((name) => {
            const tool = offered.find((one) => one.name === name);
            return (
              <li key={name} className="plugin-tool" data-tool={name}>
                <span className="mono truncate">{name}</span>
                <span className="plugin-tool-about truncate" title={tool?.description}>
                  {tool?.description}
                </span>
                {tool?.effects.map((effect) => (
                  <Badge key={effect} tone={effect === 'read' ? 'neutral' : 'warn'}>
                    {messages.effects[effect] ?? effect}
                  </Badge>
                ))}
                {tool ? (
                  <Button size="small" icon={Play} aria-label={messages.tryToolOf(name)} onClick={() => onTry(name)}>
                    {messages.tryTool}
                  </Button>
                ) : null}
              </li>
            );
          })}
        </ul>
      </section>
      <section className="plugin-section">
        <h3>{messages.identity}</h3>
        <dl className="plugin-facts">
          <dt>{messages.id}</dt>
          <dd className="mono selectable">{id}</dd>
          <dt>{messages.digest}</dt>
          <dd className="mono plugin-digest">
            <span className="selectable" title={digest}>
              {digest.slice(0, DIGEST_SHOWN)}…
            </span>
            <CopyButton text={digest} label={messages.copyDigest} />
          </dd>
          <dt>{messages.tags}</dt>
          <dd className="mono selectable">{tags.join(', ')}</dd>
        </dl>
      </section>
    </>
  );
}
